package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.server.SessionProfiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** {@code ws-protocol.compression.*}, from the configuration to what a connection wants. */
class CompressionPropertiesTests {

    private static final String PREFIX = "ws-protocol.compression.";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolAutoConfiguration.class,
                    WsProtocolServerAutoConfiguration.class,
                    WsProtocolServletAutoConfiguration.class));

    private static final String[] ALL = {
        PREFIX + "enabled=true",
        PREFIX + "level=1",
        PREFIX + "threshold=2KB",
        PREFIX + "server-max-window-bits=9",
        PREFIX + "client-max-window-bits=10",
        PREFIX + "server-context-takeover=true",
        PREFIX + "client-context-takeover=true",
        PREFIX + "max-ratio=unlimited",
        PREFIX + "max-coders=7"
    };

    @Test
    void nothingIsWantedUnlessEnabled() {
        runner.withPropertyValues(PREFIX + "level=9").run(context -> {
            assertThat(context.getBean(ConnectionOptions.class).compression()).isNull();
            assertThat(context.getBean(CoderPool.class).maxCoders()).isEqualTo(CoderPool.defaultMaxCoders());
        });
    }

    @Test
    void enabledAloneMeansTheDefaultsOfTheCore() {
        runner.withPropertyValues(PREFIX + "enabled=true")
                .run(context -> assertThat(
                                context.getBean(ConnectionOptions.class).compression())
                        .isEqualTo(DeflateOptions.defaults()));
    }

    @Test
    void everyPropertyReachesTheConnection() {
        runner.withPropertyValues(ALL).run(context -> {
            ConnectionOptions options = context.getBean(ConnectionOptions.class);
            assertThat(options.compression())
                    .isEqualTo(new DeflateOptions(1, 2048, 9, 10, true, true, DeflateOptions.UNLIMITED_RATIO));
            assertThat(options.coderPool().maxCoders()).isEqualTo(7);
        });
    }

    @Test
    void anApplicationMayBringItsOwnPool() {
        CoderPool own = new CoderPool(1);
        runner.withBean(CoderPool.class, () -> own)
                .run(context -> assertThat(
                                context.getBean(ConnectionOptions.class).coderPool())
                        .isSameAs(own));
    }

    @Test
    void aProfileTurnsItOffOnOrChangesIt() {
        assertThat(profile(ALL, "enabled=false")).isNull();
        assertThat(profile(ALL, "level=3"))
                .isEqualTo(new DeflateOptions(3, 2048, 9, 10, true, true, DeflateOptions.UNLIMITED_RATIO));
        assertThat(profile(
                        new String[0],
                        "enabled=true",
                        "level=2",
                        "threshold=1B",
                        "server-max-window-bits=8",
                        "client-max-window-bits=11",
                        "server-context-takeover=true",
                        "client-context-takeover=true",
                        "max-ratio=50"))
                .isEqualTo(new DeflateOptions(2, 1, 8, 11, true, true, 50));
        assertThat(profile(new String[0], "level=2")).isNull();
    }

    private @Nullable DeflateOptions profile(String[] general, String... own) {
        DeflateOptions[] wanted = new DeflateOptions[1];
        WebApplicationContextRunner configured = runner.withPropertyValues(general)
                .withPropertyValues(
                        "ws-protocol.server.path-settings[0].path=/p", "ws-protocol.server.path-settings[0].profile=p");
        for (String property : own) {
            configured = configured.withPropertyValues("ws-protocol.profiles.p.compression." + property);
        }
        configured.run(context -> wanted[0] = context.getBean(SessionProfiles.class)
                .settingsFor("/p", false)
                .options()
                .compression());
        return wanted[0];
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "level=0",
                "level=10",
                "threshold=-1B",
                "server-max-window-bits=7",
                "server-max-window-bits=16",
                "client-max-window-bits=7",
                "client-max-window-bits=16",
                "max-ratio=0",
                "max-coders=0",
                "max-coders=257"
            })
    void valuesOutOfRangeStopTheStartAndNameTheProperty(String property) {
        String name = property.substring(0, property.indexOf('='));
        runner.withPropertyValues(PREFIX + property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidPropertyValueException.class)
                        .hasMessageContaining(PREFIX + name));
        if (!name.equals("max-coders")) {
            runner.withPropertyValues("ws-protocol.profiles.p.compression." + property)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidPropertyValueException.class)
                            .hasMessageContaining("ws-protocol.profiles.p.compression." + name));
        }
    }
}
