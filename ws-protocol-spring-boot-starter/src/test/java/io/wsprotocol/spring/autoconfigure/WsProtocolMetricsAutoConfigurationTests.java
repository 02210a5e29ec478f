package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.metrics.HandleMetrics;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tests of {@link WsProtocolMetricsAutoConfiguration}. */
class WsProtocolMetricsAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolMetricsAutoConfiguration.class,
                    WsProtocolAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class));

    @Test
    void handlesOfTheFactoryShowInTheRegistryOfBoot() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            try (var handle = context.getBean(WebSocketHandleFactory.class).createServerHandle()) {
                assertThat(handle.isServer()).isTrue();
                assertThat(active(registry)).isOne();
            }
            assertThat(active(registry)).isZero();
        });
    }

    @Test
    void metersCanBeTurnedOff() {
        runner.withPropertyValues("ws-protocol.metrics.enabled=false").run(context -> {
            assertThat(context).doesNotHaveBean(HandleMetrics.class);
            assertThat(context.getBean(MeterRegistry.class)
                            .find("ws.protocol.handles.active")
                            .meter())
                    .isNull();
            assertThat(context).hasSingleBean(WebSocketHandleFactory.class);
        });
    }

    @Test
    void thereAreNoneWithoutARegistry() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        WsProtocolMetricsAutoConfiguration.class, WsProtocolAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(HandleMetrics.class));
    }

    @Test
    void thereAreNoneWhenTheStarterIsDisabled() {
        runner.withPropertyValues("ws-protocol.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HandleMetrics.class));
    }

    @Test
    void thereAreNoneWithoutMicrometer() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        WsProtocolMetricsAutoConfiguration.class, WsProtocolAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(WebSocketHandleFactory.class));
    }

    @Test
    void theApplicationsOwnMetricsWin() {
        runner.withUserConfiguration(OwnMetrics.class)
                .run(context -> assertThat(context).getBean(HandleMetrics.class).isSameAs(OwnMetrics.METRICS));
    }

    private static double active(MeterRegistry registry) {
        return registry.get("ws.protocol.handles.active")
                .tag("role", "server")
                .gauge()
                .value();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnMetrics {

        static final HandleMetrics METRICS = new HandleMetrics(new SimpleMeterRegistry(), 5);

        @Bean
        HandleMetrics ownMetrics() {
            return METRICS;
        }
    }
}
