package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.ClientConnector;
import io.wsprotocol.spring.client.ReactiveWebSocketClientFactory;
import io.wsprotocol.spring.client.WsProtocolReactiveWebSocketClient;
import io.wsprotocol.spring.reactive.ReactiveClientSessions;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.SessionSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;

/**
 * Auto-configuration of reactive clients: WebFlux's {@code WebSocketClient} on the engine, and those that
 * {@code ws-protocol.client.<name>} names.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolAutoConfiguration.class,
        afterName = "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration")
@ConditionalOnClass({WebSocketClient.class, Mono.class})
@ConditionalOnBean(WebSocketHandleFactory.class)
@Import(ClientParts.class)
public final class WsProtocolReactiveClientAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ReactiveClientSessions webSocketReactiveClientSessions(
            ObjectProvider<ConnectionObserverFactory> observers, DeadlineScheduler scheduler) {
        // Its own registry: what the server drains is not the client's.
        return new ReactiveClientSessions(
                WsProtocolAutoConfiguration.all(observers), scheduler, new ConnectionRegistry());
    }

    @Bean
    @ConditionalOnMissingBean(WebSocketClient.class)
    WsProtocolReactiveWebSocketClient wsProtocolReactiveWebSocketClient(
            ClientParts parts, ReactiveClientSessions sessions) {
        return client(parts, sessions, parts.general(), parts.connector());
    }

    @Bean
    @ConditionalOnMissingBean
    ReactiveWebSocketClientFactory reactiveWebSocketClientFactory(ClientParts parts, ReactiveClientSessions sessions) {
        return new ReactiveWebSocketClientFactory(parts.named(plan -> new ReactiveWebSocketClientFactory.NamedClient(
                plan.url(),
                client(parts, sessions, plan.settings(), parts.connector(plan))
                        .with(plan.properties().headers(), plan.properties().subProtocols()),
                plan.reconnect())));
    }

    private static WsProtocolReactiveWebSocketClient client(
            ClientParts parts, ReactiveClientSessions sessions, SessionSettings settings, ClientConnector connector) {
        return new WsProtocolReactiveWebSocketClient(connector, sessions, settings, parts.observers(), parts.threads());
    }
}
