package io.wsprotocol.spring.client;

import io.wsprotocol.spring.DeadlineScheduler;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;

/**
 * Clients by name, as {@code ws-protocol.client.<name>} in {@code application.yml} describes them. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WebSocketClientFactory {

    private final NamedClients<NamedClient> clients;
    private final DeadlineScheduler scheduler;
    private final SecureRandom random = new SecureRandom();

    /**
     * One client. Immutable.
     *
     * @param url where it connects to
     * @param client Spring's client with its settings
     * @param reconnect when it comes back; null for never
     * @since 0.1.0
     */
    public record NamedClient(
            URI url,
            WsProtocolWebSocketClient client,
            @Nullable ReconnectPolicy reconnect) {

        /** Checks what must be there. */
        public NamedClient {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(client, "client");
        }
    }

    /**
     * Makes a factory.
     *
     * @param clients by name
     * @param scheduler wakes those that come back
     */
    public WebSocketClientFactory(Map<String, NamedClient> clients, DeadlineScheduler scheduler) {
        this.clients = new NamedClients<>(clients);
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    }

    /** {@return the names of all clients} */
    public Set<String> names() {
        return clients.names();
    }

    /**
     * {@return the client of that name} To be used as any of Spring's; the URL is {@link #url}.
     *
     * @param name as configured
     * @throws IllegalArgumentException when there is none; the message lists those that are
     */
    public WsProtocolWebSocketClient client(String name) {
        return clients.get(name).client();
    }

    /**
     * {@return where the client of that name connects to}
     *
     * @param name as configured
     * @throws IllegalArgumentException when there is none
     */
    public URI url(String name) {
        return clients.get(name).url();
    }

    /**
     * Connects once.
     *
     * @param name as configured
     * @param handler hears of the session
     * @return the session, once the handler has heard of it
     * @throws IllegalArgumentException when there is no client of that name
     */
    public CompletableFuture<WebSocketSession> connect(String name, WebSocketHandler handler) {
        NamedClient named = clients.get(name);
        return named.client().execute(handler, new WebSocketHttpHeaders(), named.url());
    }

    /**
     * Connects, and again whenever the connection is lost, as {@code reconnect} says; by default not more often than RFC 6455
     * §7.2.3 wants.
     *
     * @param name as configured
     * @param handler hears of each session
     * @return the connection; close it to stop
     * @throws IllegalArgumentException when there is no client of that name
     */
    public ReconnectingConnection keepConnected(String name, WebSocketHandler handler) {
        ReconnectPolicy policy = Objects.requireNonNullElse(clients.get(name).reconnect(), ReconnectPolicy.DEFAULT);
        return new ReconnectingConnection(name, life -> connect(name, life), handler, policy, random, scheduler)
                .start();
    }
}
