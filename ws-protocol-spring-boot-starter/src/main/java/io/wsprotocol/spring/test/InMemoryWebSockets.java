package io.wsprotocol.spring.test;

import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.WsProtocolWebSocketClient;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.SessionSettings;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.client.WebSocketClient;

/**
 * The way into an application's WebSocket endpoints for a test without a port: handshakes run through the application's filters, handler mappings,
 * interceptors and origin checks, and the connections through the engine, on both ends where {@link #client} is used. Nothing is faked but the
 * socket and the container. A bean of tests with {@link AutoConfigureInMemoryWebSockets}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class InMemoryWebSockets {

    private static final String AUTHORITY = "localhost";

    private final InMemoryServer server;
    private final WebSocketHandleFactory handles;
    private final ClientSessions sessions;
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
    InMemoryWebSockets(
            InMemoryServer server,
            WebSocketHandleFactory handles,
            ClientSessions sessions,
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
     * {@return Spring's client, for whatever takes one: a {@code WebSocketStompClient}, a {@code WebSocketTransport} of SockJS} Of its URLs, such as
     * {@code ws://localhost/echo}, host and port are only what the application sees in the request.
     */
    public WebSocketClient client() {
        return new WsProtocolWebSocketClient(
                new InMemoryConnector(server, handles, user),
                sessions,
                settings,
                ConnectionObserverFactory.NONE,
                server.threads());
    }

    /**
     * {@return the same for a user who is logged in, as the container would have it}
     *
     * @param principal who asks
     */
    public InMemoryWebSockets as(Principal principal) {
        return new InMemoryWebSockets(
                server, handles, sessions, settings, Objects.requireNonNull(principal, "principal"));
    }
}
