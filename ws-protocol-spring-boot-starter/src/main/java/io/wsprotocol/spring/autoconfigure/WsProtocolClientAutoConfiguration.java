package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.ClientSettings;
import io.wsprotocol.spring.client.WebSocketClientFactory;
import io.wsprotocol.spring.client.WsProtocolWebSocketClient;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.ConnectionRegistry;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
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
public final class WsProtocolClientAutoConfiguration {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    @Bean
    @ConditionalOnMissingBean
    ClientSessions webSocketClientSessions(
            ObjectProvider<ConnectionObserverFactory> observers, DeadlineScheduler scheduler) {
        // Its own registry: what the server drains is not the client's.
        return new ClientSessions(WsProtocolAutoConfiguration.all(observers), scheduler, new ConnectionRegistry());
    }

    @Bean
    @ConditionalOnMissingBean(WebSocketClient.class)
    WsProtocolWebSocketClient webSocketClient(
            WebSocketHandleFactory handles,
            ClientSessions sessions,
            WsProtocolProperties properties,
            ConnectionOptions options,
            ObjectProvider<ConnectionObserverFactory> observers,
            Environment environment) {
        ClientSettings reach =
                new ClientSettings(CONNECT_TIMEOUT, HANDSHAKE_TIMEOUT, 0, null, WsProtocolClientAutoConfiguration::jdk);
        return new WsProtocolWebSocketClient(
                handles,
                sessions,
                new SessionProfilesMapper(properties, options).general(),
                reach,
                WsProtocolAutoConfiguration.all(observers),
                threads(environment));
    }

    @Bean
    @ConditionalOnMissingBean
    WebSocketClientFactory webSocketClientFactory(
            WsProtocolProperties properties,
            WebSocketHandleFactory handles,
            ClientSessions sessions,
            ConnectionOptions options,
            ObjectProvider<ConnectionObserverFactory> observers,
            ObjectProvider<SslBundles> bundles,
            DeadlineScheduler scheduler,
            Environment environment) {
        ConnectionObserverFactory observer = WsProtocolAutoConfiguration.all(observers);
        Executor threads = threads(environment);
        SessionProfilesMapper profiles = new SessionProfilesMapper(properties, options);
        WebSocketClientsMapper mapper = new WebSocketClientsMapper(
                (settings, reach) ->
                        new WsProtocolWebSocketClient(handles, sessions, settings, reach, observer, threads),
                profiles::named,
                name -> reloaded(bundles.getObject(), name),
                profiles.general(),
                WsProtocolClientAutoConfiguration::jdk);
        return new WebSocketClientFactory(mapper.map(properties.client()), scheduler);
    }

    /** A bundle that is reloaded is another object from then on. */
    private static Supplier<SSLContext> reloaded(SslBundles bundles, String name) {
        SslBundle first = bundles.getBundle(name);
        return new Supplier<>() {

            private SslBundle last = first;
            private SSLContext context = first.createSslContext();

            @Override
            public synchronized SSLContext get() {
                SslBundle now = bundles.getBundle(name);
                if (now != last) {
                    context = now.createSslContext();
                    last = now;
                }
                return context;
            }
        };
    }

    private static SSLContext jdk() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no default TLS context", e);
        }
    }

    private static Executor threads(Environment environment) {
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("ws-protocol-client-");
        threads.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
        threads.setDaemon(true);
        return threads;
    }
}
