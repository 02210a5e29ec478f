package io.wsprotocol.sample;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * STOMP as in any Spring application: topics and queues by a broker in memory, or by one that all instances share.
 *
 * <p>Immutable.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
@EnableConfigurationProperties(StompProperties.class)
class StompEndpoint implements WebSocketMessageBrokerConfigurer {

    static final String STOMP = "/stomp";

    private static final String[] BROKER_PREFIXES = {"/topic/", "/queue/"};

    private final StompProperties properties;

    StompEndpoint(StompProperties properties) {
        this.properties = properties;
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        registry.addEndpoint(STOMP);
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        registry.setApplicationDestinationPrefixes("/app");
        StompProperties.Relay relay = properties.relay();
        if (relay == null) {
            registry.enableSimpleBroker(BROKER_PREFIXES);
            return;
        }
        registry.enableStompBrokerRelay(BROKER_PREFIXES)
                .setRelayHost(relay.host())
                .setRelayPort(relay.port())
                .setClientLogin(relay.login())
                .setClientPasscode(relay.passcode())
                .setSystemLogin(relay.login())
                .setSystemPasscode(relay.passcode())
                // A user may be connected to another instance than the one that has something for them.
                .setUserDestinationBroadcast("/topic/unresolved-user-destination")
                .setUserRegistryBroadcast("/topic/user-registry");
    }
}
