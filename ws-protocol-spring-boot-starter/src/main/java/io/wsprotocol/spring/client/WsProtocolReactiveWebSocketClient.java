package io.wsprotocol.spring.client;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.reactive.ReactiveClientSessions;
import io.wsprotocol.spring.server.SessionSettings;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.util.CollectionUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * WebFlux's client on the engine. Each connection has a thread that reads and one that writes; handlers are
 * called on the former, and may block there. Thread-safe.
 *
 * <p>The {@link Mono} of {@code execute} connects for each subscriber. It is complete when the handler is and the connection has ended. It fails
 * with an {@link IOException} when the server cannot be reached, with a {@link WebSocketHandshakeException} when it refuses, and with the
 * handler's own failure. Who cancels it closes the connection with 1000 and cancels the handler, or, before it is open, gives the
 * attempt up.
 *
 * @since 0.1.0
 */
public final class WsProtocolReactiveWebSocketClient implements WebSocketClient {

    /* What the handshake says itself: a copy of another handshake's headers does no harm. */
    private static final Set<String> HANDSHAKES_OWN = caseless(
            "Cache-Control",
            "Connection",
            "Host",
            "Pragma",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Version",
            "Upgrade");

    private final ClientConnector connector;
    private final ReactiveClientSessions sessions;
    private final SessionSettings settings;
    private final ConnectionObserverFactory observers;
    private final Executor threads;
    private final List<HttpHeader> ownHeaders;
    private final List<String> ownSubprotocols;

    /**
     * Makes a client.
     *
     * @param connector opens the connections
     * @param sessions makes the sessions
     * @param settings what the sessions get
     * @param observers hears how handshakes end
     * @param threads runs each task on a thread of its own, without a bound
     */
    public WsProtocolReactiveWebSocketClient(
            ClientConnector connector,
            ReactiveClientSessions sessions,
            SessionSettings settings,
            ConnectionObserverFactory observers,
            Executor threads) {
        this(connector, sessions, settings, observers, threads, List.of(), List.of());
    }

    private WsProtocolReactiveWebSocketClient(
            ClientConnector connector,
            ReactiveClientSessions sessions,
            SessionSettings settings,
            ConnectionObserverFactory observers,
            Executor threads,
            List<HttpHeader> ownHeaders,
            List<String> ownSubprotocols) {
        this.connector = Objects.requireNonNull(connector, "connector");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        // A reactive message is whole, whatever a handler of the servlet world would want.
        this.settings = settings.partial(false);
        this.observers = Objects.requireNonNull(observers, "observers");
        this.threads = Objects.requireNonNull(threads, "threads");
        this.ownHeaders = List.copyOf(ownHeaders);
        this.ownSubprotocols = List.copyOf(ownSubprotocols);
    }

    /**
     * {@return the same client with headers and sub-protocols for each of its handshakes}
     *
     * @param headers sent ahead of those of the call
     * @param subprotocols offered when the handler names none
     */
    public WsProtocolReactiveWebSocketClient with(Map<String, String> headers, List<String> subprotocols) {
        return new WsProtocolReactiveWebSocketClient(
                connector, sessions, settings, observers, threads, SocketHandshake.headers(headers), subprotocols);
    }

    @Override
    public Mono<Void> execute(URI url, WebSocketHandler handler) {
        return execute(url, new HttpHeaders(), handler);
    }

    @Override
    public Mono<Void> execute(URI url, HttpHeaders headers, WebSocketHandler handler) {
        List<HttpHeader> sent = new ArrayList<>(ownHeaders);
        headers.forEach((name, values) -> {
            if (!HANDSHAKES_OWN.contains(name)) {
                values.forEach(value -> sent.add(new HttpHeader(name, value)));
            }
        });
        List<String> spoken = handler.getSubProtocols();
        List<String> offered = spoken.isEmpty() ? ownSubprotocols : spoken;
        return Mono.deferContextual(context -> {
            ClientConnector ours = connector.within(key -> context.getOrDefault(key, null));
            Attempt attempt = new Attempt(ours, url, offered, sent, handler, context);
            threads.execute(attempt);
            return attempt.outcome();
        });
    }

    private static Set<String> caseless(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }

    /** One connection, and the handler's life on it. */
    private final class Attempt implements Runnable, WebSocketHandler {

        private final ClientConnector way;
        private final URI url;
        private final List<String> subprotocols;
        private final List<HttpHeader> headers;
        private final WebSocketHandler handler;
        private final ContextView context;
        private final Sinks.Empty<Void> done = Sinks.empty();
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private final Sinks.Empty<Void> cancelled = Sinks.empty();
        private final ConnectAttempt attempt = new ConnectAttempt();

        Attempt(
                ClientConnector way,
                URI url,
                List<String> subprotocols,
                List<HttpHeader> headers,
                WebSocketHandler handler,
                ContextView context) {
            this.way = way;
            this.url = url;
            this.subprotocols = subprotocols;
            this.headers = headers;
            this.handler = handler;
            this.context = context;
        }

        /** {@return complete when the handler is and the connection has ended} */
        Mono<Void> outcome() {
            return Mono.whenDelayError(done.asMono(), ended.asMono()).doOnCancel(() -> {
                attempt.giveUp();
                cancelled.tryEmitEmpty();
            });
        }

        @Override
        public void run() {
            try {
                ClientConnector.Opened opened = attempt.open(way, url, subprotocols, headers, settings.options());
                opened.start(
                        transport -> sessions.open(
                                opened.handle(),
                                settings,
                                opened.compression(),
                                transport,
                                described(opened),
                                this,
                                context),
                        threads);
            } catch (WebSocketHandshakeException e) {
                observers.handshakeRefused(HandleRole.CLIENT, e.violation());
                fail(e);
            } catch (IOException | RuntimeException | Error e) {
                if (attempt.isGivenUp()) {
                    // Whoever asked has cancelled, and is told nothing any more, also while the cancellation is on its
                    // way.
                    return;
                }
                observers.handshakeRefused(HandleRole.CLIENT, null);
                fail(e);
            }
        }

        private void fail(Throwable cause) {
            done.tryEmitError(cause);
            ended.tryEmitEmpty();
        }

        private HandshakeInfo described(ClientConnector.Opened opened) {
            HttpHeaders answered = new HttpHeaders();
            opened.responseHeaders().forEach(header -> answered.add(header.name(), header.value()));
            MultiValueMap<String, HttpCookie> none = CollectionUtils.toMultiValueMap(Map.of());
            return new HandshakeInfo(
                    opened.uri(),
                    answered,
                    none,
                    Mono.empty(),
                    opened.result().subprotocol(),
                    opened.link().remoteAddress(),
                    Map.of(),
                    null);
        }

        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        /** The application's handler, until the caller cancels: an end of it is what closes the connection. */
        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return Mono.defer(() -> handled(session))
                    .doOnSuccess(nothing -> done.tryEmitEmpty())
                    .doOnError(done::tryEmitError)
                    .takeUntilOther(cancelled.asMono());
        }

        private Mono<Void> handled(WebSocketSession session) {
            try {
                return handler.handle(session);
            } finally {
                // Behind the handler's own look at it, so that the handler has heard of the end first.
                session.closeStatus().subscribe(status -> ended.tryEmitEmpty());
            }
        }
    }
}
