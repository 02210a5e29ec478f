package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.broadcast.BroadcastBus;
import io.wsprotocol.spring.broadcast.BroadcastGroups;
import io.wsprotocol.spring.broadcast.redis.RedisBroadcastBus;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration of broadcast groups, and of what carries them between instances where that is asked for.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolServletAutoConfiguration.class,
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(name = "org.springframework.web.socket.WebSocketSession")
@ConditionalOnBean(type = "io.wsprotocol.spring.server.WebSocketBroadcaster")
public final class WsProtocolBroadcastAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    BroadcastGroups webSocketBroadcastGroups(WebSocketBroadcaster broadcaster, ObjectProvider<BroadcastBus> bus) {
        return new BroadcastGroups(broadcaster, bus.getIfAvailable(() -> BroadcastBus.LOCAL));
    }

    /** Redis, where the application has it and says so. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.data.redis.connection.RedisConnectionFactory")
    @ConditionalOnBooleanProperty(name = "ws-protocol.broadcast.redis.enabled")
    static class Redis {

        @Bean
        @ConditionalOnBean(RedisConnectionFactory.class)
        @ConditionalOnMissingBean(BroadcastBus.class)
        RedisBroadcastBus webSocketRedisBroadcastBus(
                RedisConnectionFactory connections, WsProtocolProperties properties) {
            BroadcastProperties.Redis redis = properties.broadcast().redis();
            return new RedisBroadcastBus(connections, redis.channel(), redis.queueMessages());
        }
    }
}
