package io.wsprotocol.spring.client;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

/**
 * Reactive clients by name, as {@code ws-protocol.client.<name>} in {@code application.yml} describes them. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactiveWebSocketClientFactory {

    private static final Log LOG = LogFactory.getLog(ReactiveWebSocketClientFactory.class);

    private final NamedClients<NamedClient> clients;
    private final SecureRandom random = new SecureRandom();

    /**
     * One client. Immutable.
     *
     * @param url where it connects to
     * @param client WebFlux's client with its settings
     * @param reconnect when it comes back
     * @since 0.1.0
     */
    public record NamedClient(URI url, WsProtocolReactiveWebSocketClient client, ReconnectPolicy reconnect) {

        /** Checks what must be there. */
        public NamedClient {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(reconnect, "reconnect");
        }
    }

    /**
     * Makes a factory.
     *
     * @param clients by name
     */
    public ReactiveWebSocketClientFactory(Map<String, NamedClient> clients) {
        this.clients = new NamedClients<>(clients);
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
    public WsProtocolReactiveWebSocketClient client(String name) {
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
     * Connects once for each subscriber.
     *
     * @param name as configured
     * @param handler hears of the session
     * @return the outcome of the connection, as {@link WsProtocolReactiveWebSocketClient} says
     * @throws IllegalArgumentException when there is no client of that name
     */
    public Mono<Void> execute(String name, WebSocketHandler handler) {
        NamedClient named = clients.get(name);
        return named.client().execute(named.url(), handler);
    }

    /**
     * Connects for each subscriber, and again whenever the connection ended or failed, as {@code reconnect} says; by default not more
     * often than RFC 6455 §7.2.3 wants. Ends only when its subscriber cancels, which closes the connection.
     *
     * @param name as configured
     * @param handler hears of each session
     * @return never complete
     * @throws IllegalArgumentException when there is no client of that name
     */
    public Mono<Void> keepConnected(String name, WebSocketHandler handler) {
        NamedClient named = clients.get(name);
        return Mono.defer(() -> {
            Lives lives = new Lives(name, handler, named.reconnect());
            return named.client()
                    .execute(named.url(), lives)
                    .onErrorResume(lives::failed)
                    .then(Mono.defer(lives::delay))
                    .repeat()
                    .then();
        });
    }

    /** The lives of one connection that comes back, one after another. */
    private final class Lives implements WebSocketHandler {

        private final String name;
        private final WebSocketHandler handler;
        private final ReconnectPolicy policy;
        private volatile long openedAt;
        private volatile boolean opened;
        private volatile int failures;

        Lives(String name, WebSocketHandler handler, ReconnectPolicy policy) {
            this.name = name;
            this.handler = handler;
            this.policy = policy;
        }

        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            openedAt = System.nanoTime();
            opened = true;
            return handler.handle(session);
        }

        Mono<Void> failed(Throwable cause) {
            LOG.info("The connection '" + name + "' failed: " + cause);
            return Mono.empty();
        }

        /** {@return done when the next life may begin} */
        Mono<Long> delay() {
            boolean lasted = opened
                    && System.nanoTime() - openedAt >= policy.resetAfter().toNanos();
            int before = lasted ? 0 : failures;
            opened = false;
            failures = before + 1;
            Duration wait = policy.delay(before, random);
            LOG.info("The connection '" + name + "' is over; next attempt in " + wait.toMillis() + " ms");
            return Mono.delay(wait);
        }
    }
}
