package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.actuate.WsProtocolHealthIndicator;
import io.wsprotocol.spring.server.ConnectionRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Tests of {@link WsProtocolHealthAutoConfiguration}. */
class WsProtocolHealthAutoConfigurationTests {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolAutoConfiguration.class,
                    WsProtocolServerAutoConfiguration.class,
                    WsProtocolHealthAutoConfiguration.class));

    @Test
    void aServerHasTheIndicator() {
        runner.run(context -> assertThat(context).hasSingleBean(WsProtocolHealthIndicator.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws-protocol.enabled=false",
                "management.health.wsprotocol.enabled=false",
                "management.health.defaults.enabled=false"
            })
    void switchedOffItIsNotThere(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WsProtocolHealthIndicator.class));
    }

    @Test
    void withoutBootsHealthTheApplicationStarts() {
        runner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(ConnectionRegistry.class)
                        .doesNotHaveBean("wsprotocolHealthIndicator"));
    }

    @Test
    void theApplicationsOwnIndicatorWins() {
        HealthIndicator own = () -> Health.up().build();
        runner.withBean("wsprotocolHealthIndicator", HealthIndicator.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(HealthIndicator.class).isSameAs(own));
    }
}
