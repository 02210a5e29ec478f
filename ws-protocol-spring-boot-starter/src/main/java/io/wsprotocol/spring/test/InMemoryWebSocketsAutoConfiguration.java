package io.wsprotocol.spring.test;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.autoconfigure.WsProtocolClientAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolServletAutoConfiguration;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.SessionSettings;
import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration of tests with {@link AutoConfigureInMemoryWebSockets}, of servlet applications.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = {WsProtocolServletAutoConfiguration.class, WsProtocolClientAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean({WsProtocolRequestUpgradeStrategy.class, ClientSessions.class})
public final class InMemoryWebSocketsAutoConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    InMemoryUpgrade inMemoryUpgrade() {
        return new InMemoryUpgrade();
    }

    @Bean
    InMemoryServer inMemoryServer(WebApplicationContext context) {
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("ws-protocol-memory-");
        threads.setDaemon(true);
        return new InMemoryServer(new ServletRequests(context), threads);
    }

    @Bean
    InMemoryWebSockets inMemoryWebSockets(
            InMemoryServer server, WebSocketHandleFactory handles, ClientSessions sessions, ConnectionOptions options) {
        SessionSettings settings = new SessionSettings(options, SendOverflow.BLOCK, FrameClient.PATIENCE);
        return new InMemoryWebSockets(server, handles, sessions, settings, null);
    }
}
