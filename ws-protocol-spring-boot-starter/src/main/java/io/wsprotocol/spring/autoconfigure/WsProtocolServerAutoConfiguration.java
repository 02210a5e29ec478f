package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.server.ConnectionCaps;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.SessionProfiles;
import io.wsprotocol.spring.server.ShellFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of what every server has, whatever its HTTP stack: who answers handshakes, which settings a session gets, the
 * register of open connections, their bounds and their end.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WsProtocolAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@Conditional({OnWebSocketServerCondition.class, OnEndpointModeCondition.class})
public final class WsProtocolServerAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    SessionProfiles webSocketSessionProfiles(
            WsProtocolProperties properties, ConnectionOptions options, Environment environment) {
        return new SessionProfilesMapper(properties, options).map(key -> isSet(environment, key));
    }

    /** {@return whether the configuration names a property, in any spelling, or one below it} */
    private static boolean isSet(Environment environment, String key) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(name) != null
                    || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }

    @Bean
    @ConditionalOnMissingBean
    ConnectionCaps webSocketConnectionCaps(WsProtocolProperties properties, DeadlineScheduler scheduler) {
        WsProtocolProperties.Limits limits = properties.limits();
        return new ConnectionCaps(
                new ConnectionCaps.Settings(
                        limits.maxSessions().count(),
                        limits.maxSessionsPerAddress().count(),
                        limits.handshakeRate().count()),
                scheduler::now);
    }

    @Bean
    @ConditionalOnMissingBean
    ConnectionRegistry webSocketConnectionRegistry() {
        return new ConnectionRegistry();
    }

    @Bean
    @ConditionalOnMissingBean
    GracefulDrain webSocketGracefulDrain(ConnectionRegistry registry, WsProtocolProperties properties) {
        return new GracefulDrain(registry, properties.shutdown().settings());
    }

    @Bean
    @ConditionalOnMissingBean
    ServerHandshakes webSocketServerHandshakes(
            WebSocketHandleFactory handles,
            ObjectProvider<ConnectionObserverFactory> observers,
            SessionProfiles profiles,
            ConnectionRegistry registry,
            ConnectionCaps caps,
            WsProtocolProperties properties) {
        return new ServerHandshakes(
                handles,
                WsProtocolAutoConfiguration.all(observers),
                profiles,
                registry,
                caps,
                properties.shutdown().retryAfter());
    }

    @Bean
    @ConditionalOnMissingBean
    ShellFactory webSocketShellFactory(
            ObjectProvider<ConnectionObserverFactory> observers, DeadlineScheduler scheduler, ConnectionCaps caps) {
        return new ShellFactory(WsProtocolAutoConfiguration.all(observers), scheduler, caps);
    }
}
