package io.wsprotocol.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.spring.broadcast.redis.RedisBroadcastBus;
import io.wsprotocol.spring.metrics.BroadcastMetrics;
import io.wsprotocol.spring.metrics.CompressionMetrics;
import io.wsprotocol.spring.metrics.HandleMetrics;
import io.wsprotocol.spring.metrics.StompMetrics;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.WebSocketMessageBrokerStats;

/**
 * Auto-configuration of the meters, where Micrometer is on the class path and has a registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = {WsProtocolAutoConfiguration.class, WsProtocolBroadcastAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, WsProtocolProperties.class})
@ConditionalOnBooleanProperty(name = "ws-protocol.metrics.enabled", matchIfMissing = true)
public final class WsProtocolMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    HandleMetrics webSocketHandleMetrics(MeterRegistry registry, WsProtocolProperties properties) {
        WsProtocolProperties.Metrics metrics = properties.metrics();
        return new HandleMetrics(
                registry,
                new HandleMetrics.Settings(metrics.sampleRate(), metrics.receiveWait(), metrics.messageSize()));
    }

    @Bean
    @ConditionalOnMissingBean
    CompressionMetrics webSocketCompressionMetrics(MeterRegistry registry, CoderPool coders) {
        return new CompressionMetrics(registry, coders);
    }

    /** Where broadcasts pass between instances. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.data.redis.connection.RedisConnectionFactory")
    @ConditionalOnBean(type = "io.wsprotocol.spring.broadcast.redis.RedisBroadcastBus")
    static class RedisBroadcast {

        @Bean
        @ConditionalOnMissingBean
        BroadcastMetrics webSocketBroadcastMetrics(MeterRegistry registry, RedisBroadcastBus bus) {
            return new BroadcastMetrics(registry, bus);
        }
    }

    /** Where the application has STOMP: Spring keeps its figures. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.messaging.simp.SimpMessagingTemplate",
                "org.springframework.web.socket.config.WebSocketMessageBrokerStats"
            })
    @ConditionalOnBean(type = "org.springframework.web.socket.config.WebSocketMessageBrokerStats")
    static class Stomp {

        @Bean
        @ConditionalOnMissingBean
        StompMetrics webSocketStompMetrics(MeterRegistry registry, WebSocketMessageBrokerStats stats) {
            return new StompMetrics(registry, stats);
        }
    }
}
