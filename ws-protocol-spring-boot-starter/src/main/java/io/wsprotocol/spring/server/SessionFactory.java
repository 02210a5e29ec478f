package io.wsprotocol.spring.server;

import io.wsprotocol.ServerHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.OverflowPolicy;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.HandleRole;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;

/**
 * Makes sessions, and the shells that carry them once their socket is there. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SessionFactory {

    private final ConnectionOptions whole;
    private final ConnectionOptions partial;
    private final ConnectionObserverFactory observers;
    private final DeadlineScheduler scheduler;
    private final ConnectionRegistry registry;
    private final Duration sendTimeout;

    /**
     * Makes a factory.
     *
     * @param options the options of all connections; whether messages arrive in parts is the handler's choice
     * @param observers hears of each connection
     * @param scheduler the timer of all connections
     * @param registry keeps each connection while it is open
     * @param sendTimeout how long a send waits for a slow peer
     */
    public SessionFactory(
            ConnectionOptions options,
            ConnectionObserverFactory observers,
            DeadlineScheduler scheduler,
            ConnectionRegistry registry,
            Duration sendTimeout) {
        this.whole = options.toBuilder().partialMessages(false).build();
        this.partial = options.toBuilder().partialMessages(true).build();
        this.observers = Objects.requireNonNull(observers, "observers");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.sendTimeout = Objects.requireNonNull(sendTimeout, "sendTimeout");
    }

    /**
     * {@return the options of a connection whose messages go to that handler}
     *
     * @param handler says whether it takes messages in parts
     */
    ConnectionOptions optionsFor(WebSocketHandler handler) {
        return handler.supportsPartialMessages() ? partial : whole;
    }

    /**
     * {@return a session without a connection} Everything is copied: the container uses the request's objects again.
     *
     * @param request the handshake's request
     * @param user who asked, if known
     * @param subprotocol what was agreed, or null
     * @param attributes put there by handshake interceptors
     * @param options the options of its connection
     */
    WsProtocolWebSocketSession session(
            ServerHttpRequest request,
            @Nullable Principal user,
            @Nullable String subprotocol,
            Map<String, Object> attributes,
            ConnectionOptions options) {
        WsProtocolWebSocketSession.Request known = new WsProtocolWebSocketSession.Request(
                request.getURI(),
                HttpHeaders.copyOf(request.getHeaders()),
                user,
                address(request::getLocalAddress),
                address(request::getRemoteAddress),
                subprotocol);
        // The other policies say what becomes of a message that finds the queue full; waiting would keep them from ever
        // applying.
        boolean waits = options.overflowPolicy() == OverflowPolicy.REJECT;
        long maxMessageBytes = options.partialMessages() ? ConnectionOptions.UNLIMITED : options.maxMessageBytes();
        return new WsProtocolWebSocketSession(known, attributes, maxMessageBytes, sendTimeout, waits);
    }

    /**
     * {@return what starts the session's connection as soon as its socket is there}
     *
     * @param handle the handle, its handshake answered
     * @param options the options it was made with
     * @param session the session
     * @param handler the application's handler
     */
    Pending pending(
            ServerHandle handle,
            ConnectionOptions options,
            WsProtocolWebSocketSession session,
            WebSocketHandler handler) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        registry.expect(session.getId());
        return transport -> {
            ConnectionShell shell = new ConnectionShell(
                    handle,
                    options,
                    transport,
                    new HandlerDispatcher(handler, session, registry, loader),
                    observers.connectionOpened(HandleRole.SERVER),
                    scheduler);
            session.initializeNativeSession(shell);
            return shell;
        };
    }

    private static @Nullable InetSocketAddress address(Supplier<InetSocketAddress> source) {
        try {
            return source.get();
        } catch (IllegalArgumentException e) {
            // A container behind a Unix domain socket reports ports that are none.
            return null;
        }
    }

    /** A session that waits for its socket. */
    interface Pending extends TransportUpgrade.ShellStarter {}
}
