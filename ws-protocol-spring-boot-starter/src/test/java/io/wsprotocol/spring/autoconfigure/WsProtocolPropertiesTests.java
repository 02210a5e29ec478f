package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

/** Tests of {@link WsProtocolProperties}: what is refused, and how the failed start explains itself. */
@ExtendWith(OutputCaptureExtension.class)
class WsProtocolPropertiesTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(WsProtocolAutoConfiguration.class));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ws-protocol.receive-buffer-size          | 255B   | from 256B to 16MB
            ws-protocol.receive-buffer-size          | 17MB   | from 256B to 16MB
            ws-protocol.send-buffer-size             | 15B    | from 16B to 16MB
            ws-protocol.keepalive-interval           | 0s     | at least 1ms
            ws-protocol.keepalive-interval           | -1s    | at least 1ms
            ws-protocol.supported-versions           | 8,13   | 13 alone
            ws-protocol.supported-versions           | 8      | 13 alone
            ws-protocol.idle-timeout                 | 0s     | at least 1ms, or the word 'off'
            ws-protocol.spring.exclude-paths         | echo   | path patterns that begin with '/'
            ws-protocol.limits.max-message-size      | 124B   | at least 125B, or the word 'unlimited'
            ws-protocol.limits.max-message-size      | -1B    | at least 125B, or the word 'unlimited'
            ws-protocol.limits.max-fragments         | 0      | at least 1, or the word 'unlimited'
            ws-protocol.limits.max-empty-fragments   | -1     | at least 1, or the word 'unlimited'
            ws-protocol.limits.message-timeout       | -5s    | at least 1ms, or the word 'off'
            ws-protocol.limits.control-frame-rate    | 0      | at least 1, or the word 'unlimited'
            ws-protocol.limits.control-frame-burst   | 0      | at least 1
            ws-protocol.limits.max-sessions          | 0      | at least 1, or the word 'unlimited'
            ws-protocol.limits.max-sessions-per-address | 0   | at least 1, or the word 'unlimited'
            ws-protocol.limits.handshake-rate        | 0      | at least 1, or the word 'unlimited'
            ws-protocol.limits.max-session-age       | 0s     | at least 1ms, or the word 'off'
            ws-protocol.send.queue-bytes             | 0B     | at least 1B, or the word 'unlimited'
            ws-protocol.send.queue-messages          | 0      | at least 1, or the word 'unlimited'
            ws-protocol.send.high-water              | 1MB    | from 0B to ws-protocol.send.queue-bytes, which is 512KB
            ws-protocol.send.low-water               | 257KB  | from 0B to ws-protocol.send.high-water, which is 256KB
            ws-protocol.send.timeout                 | 0s     | at least 1ms
            ws-protocol.keepalive.interval           | 0s     | at least 1ms
            ws-protocol.keepalive.timeout            | 0s     | at least 1ms
            ws-protocol.keepalive.missed             | -1     | at least 0
            ws-protocol.close.timeout                | 0s     | at least 1ms
            ws-protocol.close.failure-timeout        | 0s     | at least 1ms
            ws-protocol.metrics.sample-rate          | 0      | at least 1
            """)
    void aValueOutOfItsRangeStopsTheStartWithAnExplanation(String key, String value, String expected) {
        MockEnvironment environment = new MockEnvironment().withProperty(key, value);
        runner.withPropertyValues(key + "=" + value).run(context -> {
            FailureAnalysis analysis =
                    new InvalidPropertyValueFailureAnalyzer(environment).analyze(context.getStartupFailure());
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription())
                    .startsWith("The property '" + key + "' is '")
                    .contains(expected);
            String lastPart = key.substring(key.lastIndexOf('.') + 1);
            assertThat(analysis.getAction()).contains("  ws-protocol:").contains(lastPart + ": ");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ws-protocol.limits.max-message-size | big    | write a size such as 64KB or 1MB, or the word 'unlimited'
            ws-protocol.limits.max-fragments    | many   | write a number such as 1024, or the word 'unlimited'
            ws-protocol.idle-timeout            | never  | write a duration such as 30s or 500ms, or the word 'off'
            ws-protocol.idle-timeout            | true   | write a duration such as 30s or 500ms, or the word 'off'
            """)
    void aValueThatIsNoneStopsTheStart(String key, String value, String reason) {
        runner.withPropertyValues(key + "=" + value)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(reason));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ws-protocol.limits.max-mesage-size               | 'ws-protocol.limits.max-message-size', if that was meant
            ws-protocol.profiles.feed.limits.max-mesage-size | 'ws-protocol.profiles.feed.limits.max-message-size', if
            ws-protocol.client.prices.urll                   | 'ws-protocol.client.prices.url', if that was meant
            ws-protocol.limit                                | 'ws-protocol.limits', if that was meant
            ws-protocol.keepalive.heartbeat                  | below 'ws-protocol.keepalive': mode, interval,
            ws-protocol.idle-timeout.seconds                 | a value for 'ws-protocol.idle-timeout': nothing is below it
            """)
    void aNameThatIsNoneStopsTheStartAndIsNamedWithOneThatIs(String key, String advice, CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(java.util.Map.of(key, "1MB"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(application::run))
                .isNotNull();
        assertThat(output).contains("APPLICATION FAILED TO START", "There is no property '" + key + "' (from ", advice);
    }

    @Test
    void aRealStartPrintsWhatToWriteInstead(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(java.util.Map.of("ws-protocol.supported-versions", "8"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(application::run))
                .isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The property 'ws-protocol.supported-versions' is '[8]'")
                .contains("  ws-protocol:\n    supported-versions: 13");
    }

    @Test
    void theDescriptionSaysWhereAValueCameFrom() {
        MockEnvironment environment = new MockEnvironment().withProperty("ws-protocol.metrics.sample-rate", "0");
        FailureAnalysis analysis = new InvalidPropertyValueFailureAnalyzer(environment)
                .analyze(new IllegalStateException(
                        new InvalidPropertyValueException("ws-protocol.metrics.sample-rate", 0, "at least 1", "1")));
        assertThat(analysis.getDescription()).contains("from \"ws-protocol.metrics.sample-rate\"");
    }

    @Test
    void theTextOfALimitIsUnderstoodAgain() {
        for (String text : List.of("unlimited", "1MB", "3KB", "125B")) {
            assertThat(SizeLimit.of(text)).hasToString(text);
        }
        for (String text : List.of("unlimited", "7")) {
            assertThat(CountLimit.of(text)).hasToString(text);
        }
        for (String text : List.of("off", "PT30S")) {
            assertThat(TimeLimit.of(text)).hasToString(text);
        }
    }

    @Test
    void everyPropertyIsDescribed() throws IOException {
        String metadata = read("/META-INF/spring-configuration-metadata.json");
        List<String> keys = new ArrayList<>();
        collect("ws-protocol", WsProtocolProperties.class, keys);
        assertThat(keys).hasSizeGreaterThan(30);
        for (String key : keys) {
            int start = metadata.indexOf("\"name\": \"" + key + "\",\n      \"type\"");
            assertThat(start).as(key).isNotNegative();
            String entry = metadata.substring(start, metadata.indexOf('}', start));
            assertThat(entry).as(key).contains("\"description\"");
        }
    }

    private static void collect(String prefix, Class<?> type, List<String> keys) {
        Arrays.stream(type.getRecordComponents()).forEach(component -> {
            String key = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
            if (component.getType().getEnclosingClass() == WsProtocolProperties.class
                    || component.getType().getEnclosingClass() == BroadcastProperties.class
                    || component.getType() == BroadcastProperties.class
                    || component.getType() == CompressionProperties.class) {
                collect(key, component.getType(), keys);
            } else {
                keys.add(key);
            }
        });
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = WsProtocolProperties.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(WsProtocolAutoConfiguration.class)
    static class Application {}
}
