package io.wsprotocol.spring.server;

import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
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

    private final ShellFactory shells;
    private final ConnectionRegistry registry;
    private final @Nullable HttpSessionEnd httpSessions;

    /**
     * Makes a factory.
     *
     * @param shells makes the connections
     * @param registry keeps each connection while it is open
     * @param httpSessions ends sessions with the HTTP session of their user; null if nothing shall
     */
    public SessionFactory(ShellFactory shells, ConnectionRegistry registry, @Nullable HttpSessionEnd httpSessions) {
        this.shells = Objects.requireNonNull(shells, "shells");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.httpSessions = httpSessions;
    }

    /**
     * {@return a session without a connection} Everything is copied: the container uses the request's objects again.
     *
     * @param request the handshake's request
     * @param user who asked, if known
     * @param subprotocol what was agreed, or null
     * @param handshake what was agreed
     * @param attributes put there by handshake interceptors
     */
    WsProtocolWebSocketSession session(
            ServerHttpRequest request,
            @Nullable Principal user,
            @Nullable String subprotocol,
            ServerHandshakes.Answer.Accepted handshake,
            Map<String, Object> attributes) {
        Agreement compression = handshake.compression();
        WsProtocolWebSocketSession.Request known = new WsProtocolWebSocketSession.Request(
                request.getURI(),
                HttpHeaders.copyOf(request.getHeaders()),
                user,
                address(request::getLocalAddress),
                address(request::getRemoteAddress),
                subprotocol,
                compression == null ? List.of() : WebSocketExtension.parseExtensions(compression.extension()));
        return new WsProtocolWebSocketSession(known, attributes, handshake.settings());
    }

    /**
     * {@return what starts the session's connection as soon as its socket is there}
     *
     * @param handshake what was agreed
     * @param session the session
     * @param handler the application's handler
     * @param login who asked, and from where
     */
    Pending pending(
            ServerHandshakes.Answer.Accepted handshake,
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
            ConnectionShell shell = shells.shell(handshake, transport, listener, login.remoteAddress());
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
    interface Pending extends ShellStarter {}
}
