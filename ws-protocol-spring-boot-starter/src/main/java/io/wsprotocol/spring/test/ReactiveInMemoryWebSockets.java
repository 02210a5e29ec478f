package io.wsprotocol.spring.test;

import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.WsProtocolReactiveWebSocketClient;
import io.wsprotocol.spring.reactive.ReactiveClientSessions;
import io.wsprotocol.spring.server.SessionSettings;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.client.WebSocketClient;

/**
 * The way into a WebFlux application's WebSocket endpoints for a test without a port, what {@code InMemoryWebSockets} is for a servlet
 * application: handshakes run through the application's {@code WebFilter}s, handler mappings, CORS and origin checks, and the connections
 * through the engine, on both ends where {@link #client} is used. A bean of tests with {@link AutoConfigureInMemoryWebSockets}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactiveInMemoryWebSockets {

    private static final String AUTHORITY = "localhost";

    private final InMemoryServer server;
    private final WebSocketHandleFactory handles;
    private final ReactiveClientSessions sessions;
    private final SessionSettings settings;
    private final @Nullable Principal user;

    /**
     * Makes one.
     *
     * @param server the application
     * @param handles makes the handles of clients
     * @param sessions makes the sessions of clients
     * @param settings what those get
     * @param user who asks; null for nobody
     */
    ReactiveInMemoryWebSockets(
            InMemoryServer server,
            WebSocketHandleFactory handles,
            ReactiveClientSessions sessions,
            SessionSettings settings,
            @Nullable Principal user) {
        this.server = server;
        this.handles = handles;
        this.sessions = sessions;
        this.settings = settings;
        this.user = user;
    }

    /**
     * {@return a client whose connection is open, to talk in frames}
     *
     * @param target path and query, such as {@code /echo}
     * @throws AssertionError when the application refuses
     */
    public FrameClient open(String target) {
        return handshake(target).open();
    }

    /**
     * {@return a handshake, to be made as the test wants it}
     *
     * @param target path and query
     */
    public Handshake handshake(String target) {
        return new Handshake(head -> server.open(head, user), target, AUTHORITY);
    }

    /**
     * {@return WebFlux's client} Of its URLs, such as {@code ws://localhost/echo}, host and port are only what the application sees in the
     * request.
     */
    public WebSocketClient client() {
        return new WsProtocolReactiveWebSocketClient(
                new InMemoryConnector(server, handles, user),
                sessions,
                settings,
                ConnectionObserverFactory.NONE,
                server.threads());
    }

    /**
     * {@return the same for a user who is logged in, as the server would have it}
     *
     * @param principal who asks
     */
    public ReactiveInMemoryWebSockets as(Principal principal) {
        return new ReactiveInMemoryWebSockets(
                server, handles, sessions, settings, Objects.requireNonNull(principal, "principal"));
    }
}
