package io.wsprotocol.spring.server;

import io.wsprotocol.ServerHandle;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.HandleRole;
import jakarta.servlet.http.HttpSession;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;

/**
 * Makes sessions, and the shells that carry them once their socket is there. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SessionFactory {

    private final SessionProfiles profiles;
    private final ConnectionObserverFactory observers;
    private final DeadlineScheduler scheduler;
    private final ConnectionRegistry registry;
    private final ConnectionCaps caps;
    private final @Nullable HttpSessionEnd httpSessions;

    /**
     * Makes a factory.
     *
     * @param profiles the settings of each endpoint's sessions
     * @param observers hears of each connection
     * @param scheduler the timer of all connections
     * @param registry keeps each connection while it is open
     * @param caps counts the sessions
     * @param httpSessions ends sessions with the HTTP session of their user; null if nothing shall
     */
    public SessionFactory(
            SessionProfiles profiles,
            ConnectionObserverFactory observers,
            DeadlineScheduler scheduler,
            ConnectionRegistry registry,
            ConnectionCaps caps,
            @Nullable HttpSessionEnd httpSessions) {
        this.profiles = Objects.requireNonNull(profiles, "profiles");
        this.observers = Objects.requireNonNull(observers, "observers");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.caps = Objects.requireNonNull(caps, "caps");
        this.httpSessions = httpSessions;
    }

    /**
     * {@return the settings of a session whose messages go to that handler}
     *
     * @param mapping the pattern that the endpoint is mapped to; null when that is not known
     * @param handler says whether it takes messages in parts
     */
    SessionSettings settingsFor(@Nullable String mapping, WebSocketHandler handler) {
        return profiles.settingsFor(mapping, handler.supportsPartialMessages());
    }

    /**
     * {@return whether sessions of an endpoint are compressed when their client offers it}
     *
     * @param mapping the pattern that the endpoint is mapped to
     */
    boolean compresses(String mapping) {
        return profiles.settingsFor(mapping, false).options().compression() != null;
    }

    /** {@return the bound that another session of that address would break; null when it is welcome} */
    @Nullable
    ConnectionCap check(@Nullable String remoteAddress) {
        return caps.check(remoteAddress);
    }

    /**
     * {@return a session without a connection} Everything is copied: the container uses the request's objects again.
     *
     * @param request the handshake's request
     * @param user who asked, if known
     * @param subprotocol what was agreed, or null
     * @param compression what was agreed, or null
     * @param attributes put there by handshake interceptors
     * @param settings those of its endpoint
     */
    WsProtocolWebSocketSession session(
            ServerHttpRequest request,
            @Nullable Principal user,
            @Nullable String subprotocol,
            @Nullable Agreement compression,
            Map<String, Object> attributes,
            SessionSettings settings) {
        WsProtocolWebSocketSession.Request known = new WsProtocolWebSocketSession.Request(
                request.getURI(),
                HttpHeaders.copyOf(request.getHeaders()),
                user,
                address(request::getLocalAddress),
                address(request::getRemoteAddress),
                subprotocol,
                compression == null ? List.of() : WebSocketExtension.parseExtensions(compression.extension()));
        return new WsProtocolWebSocketSession(known, attributes, settings);
    }

    /**
     * {@return what starts the session's connection as soon as its socket is there}
     *
     * @param handle the handle, its handshake answered
     * @param options the options it was made with
     * @param compression what was agreed, or null
     * @param session the session
     * @param handler the application's handler
     * @param login who asked, and from where
     */
    Pending pending(
            ServerHandle handle,
            ConnectionOptions options,
            @Nullable Agreement compression,
            WsProtocolWebSocketSession session,
            WebSocketHandler handler,
            Login login) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        registry.expect(session.getId());
        return transport -> {
            ShellListener listener = new HandlerDispatcher(handler, session, registry, loader);
            if (httpSessions != null && login.httpSession() != null && session.getPrincipal() != null) {
                listener = httpSessions.tied(login.httpSession(), session, listener);
            }
            ConnectionShell shell;
            ShellListener counted = caps.entered(login.remoteAddress(), listener);
            try {
                shell = new ConnectionShell(
                        handle,
                        options,
                        compression == null ? null : compression.parameters(),
                        transport,
                        counted,
                        observers.connectionOpened(HandleRole.SERVER),
                        scheduler);
            } catch (RuntimeException e) {
                // Without a shell, nobody tells the listener of an end.
                caps.left(login.remoteAddress());
                throw e;
            }
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

    /**
     * Where a handshake came from. Immutable.
     *
     * @param remoteAddress the peer's address as text, if known
     * @param httpSession the HTTP session that its request had
     */
    record Login(@Nullable String remoteAddress, @Nullable HttpSession httpSession) {}

    /** A session that waits for its socket. */
    interface Pending extends TransportUpgrade.ShellStarter {}
}
