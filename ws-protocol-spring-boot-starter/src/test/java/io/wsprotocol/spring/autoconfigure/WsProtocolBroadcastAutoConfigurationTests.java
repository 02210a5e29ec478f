package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.spring.broadcast.BroadcastBus;
import io.wsprotocol.spring.broadcast.BroadcastGroups;
import io.wsprotocol.spring.broadcast.redis.RedisBroadcastBus;
import io.wsprotocol.spring.metrics.BroadcastMetrics;
import io.wsprotocol.spring.metrics.HandleMetrics;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Tests of {@link WsProtocolBroadcastAutoConfiguration}. */
class WsProtocolBroadcastAutoConfigurationTests {

    private static final String ENABLED = "ws-protocol.broadcast.redis.enabled=true";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withBean(SimpleMeterRegistry.class)
            .withBean(WebSocketBroadcaster.class)
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolAutoConfiguration.class,
                    WsProtocolBroadcastAutoConfiguration.class,
                    WsProtocolMetricsAutoConfiguration.class));

    private final ApplicationContextRunner withRedis =
            runner.withBean(RedisConnectionFactory.class, () -> mock(RedisConnectionFactory.class));

    @Test
    void groupsAreLocalUnlessRedisIsAskedFor() {
        withRedis.run(context -> {
            assertThat(context).hasSingleBean(BroadcastGroups.class).doesNotHaveBean(BroadcastBus.class);
            assertThat(context.getBean(BroadcastGroups.class)
                            .open("here", List.of())
                            .send("hello")
                            .recipients())
                    .isZero();
        });
    }

    @Test
    void redisCarriesThemWhereItIsAskedFor() {
        withRedis.withPropertyValues(ENABLED).run(context -> {
            assertThat(context).hasSingleBean(BroadcastBus.class).hasSingleBean(BroadcastMetrics.class);
            assertThat(context.getBean(RedisBroadcastBus.class).isRunning()).isTrue();
            assertThat(context.getBean(SimpleMeterRegistry.class)
                            .get("ws.protocol.broadcast.connected")
                            .gauge()
                            .value())
                    .isZero();
        });
    }

    @Test
    void theApplicationsOwnBusWins() {
        withRedis
                .withPropertyValues(ENABLED)
                .withBean("own", BroadcastBus.class, () -> BroadcastBus.LOCAL)
                .run(context -> assertThat(context).getBean(BroadcastBus.class).isSameAs(BroadcastBus.LOCAL));
    }

    @Test
    void thereIsNoBusWithoutAConnectionFactoryOrWithoutItsClass() {
        runner.withPropertyValues(ENABLED)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(BroadcastGroups.class)
                        .doesNotHaveBean(BroadcastBus.class));
        runner.withPropertyValues(ENABLED)
                .withClassLoader(new FilteredClassLoader("org.springframework.data.redis"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(BroadcastGroups.class)
                        .hasSingleBean(HandleMetrics.class)
                        .doesNotHaveBean(BroadcastBus.class));
    }

    @Test
    void thereAreNoGroupsWithoutABroadcaster() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        WsProtocolAutoConfiguration.class, WsProtocolBroadcastAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(BroadcastGroups.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws-protocol.broadcast.redis.queue-messages=0", "ws-protocol.broadcast.redis.channel= "})
    void wrongValuesStopTheStart(String property) {
        runner.withPropertyValues(property)
                .run(context ->
                        assertThat(context).getFailure().rootCause().isInstanceOf(InvalidPropertyValueException.class));
    }
}
