package io.wsprotocol.spring.client;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.SessionSettings;
import io.wsprotocol.spring.server.WsProtocolWebSocketSession;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.AbstractWebSocketClient;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * Spring's client on the engine, over sockets of the JDK. Give it to a {@code WebSocketStompClient}, a {@code WebSocketTransport} of
 * SockJS or a {@code WebSocketConnectionManager}, or call {@code execute}. Each connection has a thread that reads and one that
 * writes; handlers run on the former. Thread-safe.
 *
 * <p>The future of {@code execute} is done when the handler has heard of its session; it fails with an {@link IOException} when the
 * server cannot be reached, and with a {@link WebSocketHandshakeException} when it refuses. Who cancels it, or lets it time out, gives the
 * attempt up: the socket is closed at once.
 *
 * @since 0.1.0
 */
public final class WsProtocolWebSocketClient extends AbstractWebSocketClient {

    private final ClientConnector connector;
    private final ClientSessions sessions;
    private final SessionSettings settings;
    private final ConnectionObserverFactory observers;
    private final Executor threads;
    private final List<HttpHeader> ownHeaders;
    private final List<String> ownSubprotocols;

    /**
     * Makes a client.
     *
     * @param handles makes the handle of each connection
     * @param sessions makes the sessions
     * @param settings what the sessions get
     * @param reach how servers are reached
     * @param observers hears how handshakes end
     * @param threads runs each task on a thread of its own, without a bound
     */
    public WsProtocolWebSocketClient(
            WebSocketHandleFactory handles,
            ClientSessions sessions,
            SessionSettings settings,
            ClientSettings reach,
            ConnectionObserverFactory observers,
            Executor threads) {
        this(new SocketHandshake(handles, reach), sessions, settings, observers, threads);
    }

    /**
     * Makes a client on other ways than sockets.
     *
     * @param connector opens the connections
     * @param sessions makes the sessions
     * @param settings what the sessions get
     * @param observers hears how handshakes end
     * @param threads runs each task on a thread of its own, without a bound
     */
    public WsProtocolWebSocketClient(
            ClientConnector connector,
            ClientSessions sessions,
            SessionSettings settings,
            ConnectionObserverFactory observers,
            Executor threads) {
        this(connector, sessions, settings, observers, threads, List.of(), List.of());
    }

    private WsProtocolWebSocketClient(
            ClientConnector connector,
            ClientSessions sessions,
            SessionSettings settings,
            ConnectionObserverFactory observers,
            Executor threads,
            List<HttpHeader> ownHeaders,
            List<String> ownSubprotocols) {
        this.connector = Objects.requireNonNull(connector, "connector");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.observers = Objects.requireNonNull(observers, "observers");
        this.threads = Objects.requireNonNull(threads, "threads");
        this.ownHeaders = List.copyOf(ownHeaders);
        this.ownSubprotocols = List.copyOf(ownSubprotocols);
    }

    /**
     * {@return the same client with headers and sub-protocols for each of its handshakes}
     *
     * @param headers sent ahead of those of the call
     * @param subprotocols offered when the call names none
     */
    public WsProtocolWebSocketClient with(Map<String, String> headers, List<String> subprotocols) {
        List<HttpHeader> own = SocketHandshake.headers(headers);
        return new WsProtocolWebSocketClient(connector, sessions, settings, observers, threads, own, subprotocols);
    }

    @Override
    public CompletableFuture<WebSocketSession> executeInternal(
            WebSocketHandler webSocketHandler,
            HttpHeaders headers,
            URI uri,
            List<String> subProtocols,
            List<WebSocketExtension> extensions,
            Map<String, Object> attributes) {
        if (!extensions.isEmpty()) {
            // permessage-deflate is offered by the settings; of others the engine knows nothing.
            throw new IllegalArgumentException("extensions are offered by ws-protocol.compression, not by headers");
        }
        List<HttpHeader> sent = new ArrayList<>(ownHeaders);
        headers.forEach((name, values) -> values.forEach(value -> sent.add(new HttpHeader(name, value))));
        List<String> offered = subProtocols.isEmpty() ? ownSubprotocols : subProtocols;
        ClientConnector way = connector.within(key -> null);
        Attempt attempt = new Attempt(way, uri, offered, sent, Map.copyOf(attributes), webSocketHandler);
        threads.execute(attempt);
        return attempt.wanted();
    }

    /** One connection on its way. */
    private final class Attempt implements Runnable {

        final CompletableFuture<WebSocketSession> session = new CompletableFuture<>();

        private final ClientConnector way;
        private final URI uri;
        private final List<String> subprotocols;
        private final List<HttpHeader> headers;
        private final Map<String, Object> attributes;
        private final WebSocketHandler handler;
        private final ConnectAttempt attempt = new ConnectAttempt();

        Attempt(
                ClientConnector way,
                URI uri,
                List<String> subprotocols,
                List<HttpHeader> headers,
                Map<String, Object> attributes,
                WebSocketHandler handler) {
            this.way = way;
            this.uri = uri;
            this.subprotocols = subprotocols;
            this.headers = headers;
            this.attributes = attributes;
            this.handler = handler;
        }

        /** {@return the session, as long as somebody waits for it: a time-out of the caller's is an end of the attempt, too} */
        CompletableFuture<WebSocketSession> wanted() {
            CompletableFuture<WebSocketSession> unused = session.whenComplete((opened, failure) -> {
                if (failure != null) {
                    attempt.giveUp();
                }
            });
            return session;
        }

        @Override
        public void run() {
            try {
                SessionSettings wanted = settings.partial(handler.supportsPartialMessages());
                ClientConnector.Opened opened = attempt.open(way, uri, subprotocols, headers, wanted.options());
                opened.start(
                        transport -> sessions.open(
                                opened.handle(),
                                wanted,
                                opened.compression(),
                                transport,
                                described(opened),
                                attributes,
                                new Told(handler)),
                        threads);
            } catch (WebSocketHandshakeException e) {
                observers.handshakeRefused(HandleRole.CLIENT, e.violation());
                session.completeExceptionally(e);
            } catch (IOException | RuntimeException | Error e) {
                if (!attempt.isGivenUp()) {
                    observers.handshakeRefused(HandleRole.CLIENT, null);
                }
                session.completeExceptionally(e);
            }
        }

        private WsProtocolWebSocketSession.Request described(ClientConnector.Opened opened) {
            HttpHeaders sent = new HttpHeaders();
            headers.forEach(header -> sent.add(header.name(), header.value()));
            return new WsProtocolWebSocketSession.Request(
                    opened.uri(),
                    sent,
                    null,
                    opened.link().localAddress(),
                    opened.link().remoteAddress(),
                    opened.result().subprotocol(),
                    WebSocketExtension.parseExtensions(
                            String.join(", ", opened.result().extensions())));
        }

        /** Completes the future once the handler has heard; a session that nobody waits for any more is closed. */
        private final class Told extends WebSocketHandlerDecorator {

            Told(WebSocketHandler handler) {
                super(handler);
            }

            @Override
            public void afterConnectionEstablished(WebSocketSession opened) throws Exception {
                try {
                    super.afterConnectionEstablished(opened);
                } finally {
                    if (!session.complete(opened)) {
                        opened.close();
                    }
                }
            }
        }
    }
}
