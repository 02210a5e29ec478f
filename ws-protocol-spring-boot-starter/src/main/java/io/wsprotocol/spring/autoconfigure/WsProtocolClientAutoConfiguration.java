package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.ClientConnector;
import io.wsprotocol.spring.client.WebSocketClientFactory;
import io.wsprotocol.spring.client.WsProtocolWebSocketClient;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.SessionSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.socket.client.WebSocketClient;

/**
 * Auto-configuration of clients: Spring's {@code WebSocketClient} on the engine, and those that {@code ws-protocol.client.<name>}
 * names.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolAutoConfiguration.class,
        afterName = "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration")
@ConditionalOnClass(WebSocketClient.class)
@ConditionalOnBean(WebSocketHandleFactory.class)
@Import(ClientParts.class)
public final class WsProtocolClientAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ClientSessions webSocketClientSessions(
            ObjectProvider<ConnectionObserverFactory> observers, DeadlineScheduler scheduler) {
        // Its own registry: what the server drains is not the client's.
        return new ClientSessions(WsProtocolAutoConfiguration.all(observers), scheduler, new ConnectionRegistry());
    }

    @Bean
    @ConditionalOnMissingBean(WebSocketClient.class)
    WsProtocolWebSocketClient wsProtocolWebSocketClient(ClientParts parts, ClientSessions sessions) {
        return client(parts, sessions, parts.general(), parts.connector());
    }

    @Bean
    @ConditionalOnMissingBean
    WebSocketClientFactory webSocketClientFactory(
            ClientParts parts, ClientSessions sessions, DeadlineScheduler scheduler) {
        return new WebSocketClientFactory(
                parts.named(plan -> new WebSocketClientFactory.NamedClient(
                        plan.url(),
                        client(parts, sessions, plan.settings(), parts.connector(plan))
                                .with(
                                        plan.properties().headers(),
                                        plan.properties().subProtocols()),
                        plan.reconnect())),
                scheduler);
    }

    private static WsProtocolWebSocketClient client(
            ClientParts parts, ClientSessions sessions, SessionSettings settings, ClientConnector connector) {
        return new WsProtocolWebSocketClient(connector, sessions, settings, parts.observers(), parts.threads());
    }
}
