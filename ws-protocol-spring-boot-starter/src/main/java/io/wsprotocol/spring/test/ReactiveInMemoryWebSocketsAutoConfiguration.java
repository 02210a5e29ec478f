package io.wsprotocol.spring.test;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.autoconfigure.WsProtocolReactiveAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolReactiveClientAutoConfiguration;
import io.wsprotocol.spring.reactive.ReactiveClientSessions;
import io.wsprotocol.spring.reactive.WsProtocolReactiveRequestUpgradeStrategy;
import io.wsprotocol.spring.server.SessionSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.server.reactive.HttpHandler;

/**
 * Auto-configuration of tests with {@link AutoConfigureInMemoryWebSockets}, of WebFlux applications.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = {WsProtocolReactiveAutoConfiguration.class, WsProtocolReactiveClientAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean({WsProtocolReactiveRequestUpgradeStrategy.class, ReactiveClientSessions.class})
public final class ReactiveInMemoryWebSocketsAutoConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ReactiveInMemoryUpgrade reactiveInMemoryUpgrade() {
        return new ReactiveInMemoryUpgrade();
    }

    @Bean
    InMemoryServer reactiveInMemoryServer(ObjectProvider<HttpHandler> application) {
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("ws-protocol-memory-");
        threads.setDaemon(true);
        return new InMemoryServer(new ReactiveRequests(application::getObject), threads);
    }

    @Bean
    ReactiveInMemoryWebSockets reactiveInMemoryWebSockets(
            InMemoryServer server,
            WebSocketHandleFactory handles,
            ReactiveClientSessions sessions,
            ConnectionOptions options) {
        SessionSettings settings = new SessionSettings(options, SendOverflow.BLOCK, FrameClient.PATIENCE);
        return new ReactiveInMemoryWebSockets(server, handles, sessions, settings, null);
    }
}
