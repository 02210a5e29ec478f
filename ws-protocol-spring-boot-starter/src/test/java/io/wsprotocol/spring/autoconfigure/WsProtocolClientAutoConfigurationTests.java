package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.wsprotocol.spring.client.WebSocketClientFactory;
import io.wsprotocol.spring.server.ClientSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.socket.client.WebSocketClient;

/** Tests of {@link WsProtocolClientAutoConfiguration}. */
class WsProtocolClientAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(WsProtocolAutoConfiguration.class, WsProtocolClientAutoConfiguration.class));

    @Test
    void anApplicationNeedsNoServerToHaveClients() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(WebSocketClient.class)
                .hasSingleBean(WebSocketClientFactory.class)
                .hasSingleBean(ClientSessions.class));
    }

    @Test
    void switchedOffOrWithoutSpringsSupportThereAreNone() {
        runner.withPropertyValues("ws-protocol.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketClientFactory.class));
        runner.withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketClientFactory.class));
    }

    @ParameterizedTest
    @ValueSource(classes = {WebSocketClient.class, WebSocketClientFactory.class, ClientSessions.class})
    <T> void eachBeanGivesWayToOneOfTheApplication(Class<T> type) {
        T own = mock(type);
        runner.withBean("own", type, () -> own)
                .run(context -> assertThat(context).getBean(type).isSameAs(own));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ssl.bundle        | nope | a bundle under spring.ssl.bundle        | nope: truststore: certificate: classpath:ca.pem
            profile           | nope | a name under ws-protocol.profiles       | profiles: nope: limits: max-message-size: 1MB
            reconnect.initial | 10m  | ws-protocol.client.prices.reconnect.initial | reconnect: max: PT10M
            """)
    void theExampleMendsWhatIsWrongOrMissingElsewhere(String key, String value, String expected, String action) {
        runner.withPropertyValues(
                        "ws-protocol.client.prices.url=wss://example.org/",
                        "ws-protocol.client.prices." + key + "=" + value)
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .run(context -> {
                    FailureAnalysis analysis = new InvalidPropertyValueFailureAnalyzer(new MockEnvironment())
                            .analyze(context.getStartupFailure());
                    assertThat(analysis).isNotNull();
                    assertThat(analysis.getDescription()).contains(expected);
                    assertThat(analysis.getAction().replaceAll("\\s+", " ")).endsWith(action);
                });
    }
}
