package io.wsprotocol.spring.server;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.WebSocketHandleFactory;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Answers opening handshakes with the engine and runs the sessions on it, in a servlet container. Thread-safe.
 *
 * <p>Spring's {@code AbstractHandshakeHandler} asks first and refuses the plainly wrong by itself; the engine then judges
 * every header of the request (RFC 6455 §4.2.1).
 *
 * @since 0.1.0
 */
public final class WsProtocolRequestUpgradeStrategy implements RequestUpgradeStrategy {

    private static final String[] VERSIONS = {"13"};

    private final WebSocketHandleFactory handles;
    private final ConnectionObserverFactory observers;
    private final SessionFactory sessions;
    private final List<TransportUpgrade> upgrades;
    private final ConnectionRegistry registry;
    private final Duration retryAfter;

    /**
     * Makes a strategy.
     *
     * @param handles makes the handle of each connection
     * @param observers hears how handshakes end
     * @param sessions makes the sessions
     * @param upgrades ways to take a socket over; the first that supports a request's container is used
     * @param registry says whether new connections are welcome
     * @param retryAfter when those that are not may come again
     */
    public WsProtocolRequestUpgradeStrategy(
            WebSocketHandleFactory handles,
            ConnectionObserverFactory observers,
            SessionFactory sessions,
            List<TransportUpgrade> upgrades,
            ConnectionRegistry registry,
            Duration retryAfter) {
        this.handles = Objects.requireNonNull(handles, "handles");
        this.observers = Objects.requireNonNull(observers, "observers");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.upgrades = List.copyOf(upgrades);
        this.registry = Objects.requireNonNull(registry, "registry");
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** {@return the names of the ways to take a socket over, the preferred one first} */
    public List<String> transportNames() {
        return upgrades.stream().map(TransportUpgrade::name).toList();
    }

    /** {@return whether sessions of the endpoint with that mapping are compressed when their client offers it} */
    boolean compresses(String mapping) {
        return sessions.compresses(mapping);
    }

    @Override
    public String[] getSupportedVersions() {
        return VERSIONS.clone();
    }

    /**
     * {@return none} Compression is agreed on in {@link #upgrade}, on the header as the client wrote it: Spring's own choice compares offers
     * with their parameters and would miss most.
     */
    @Override
    public List<WebSocketExtension> getSupportedExtensions(ServerHttpRequest request) {
        return List.of();
    }

    @Override
    public void upgrade(
            ServerHttpRequest request,
            ServerHttpResponse response,
            @Nullable String selectedProtocol,
            List<WebSocketExtension> selectedExtensions,
            @Nullable Principal user,
            WebSocketHandler wsHandler,
            Map<String, Object> attributes) {
        HttpServletRequest servletRequest = ((ServletServerHttpRequest) request).getServletRequest();
        HttpServletResponse servletResponse = ((ServletServerHttpResponse) response).getServletResponse();
        if (refusedUnseen(servletRequest, response) || refusedWhileDraining(response)) {
            return;
        }
        TransportUpgrade upgrade = upgradeFor(servletRequest);
        ConnectionCap cap = sessions.check(servletRequest.getRemoteAddr());
        if (cap != null) {
            refuse(response, cap);
            return;
        }
        SessionSettings settings = sessions.settingsFor(mappingOf(servletRequest), wsHandler);
        ConnectionOptions options = settings.options();
        ServerHandle handle = handles.createServerHandle(options);
        boolean handedOver = false;
        try {
            List<HttpHeader> headers = headersOf(servletRequest);
            Agreement compression = compression(options, headers);
            List<String> extensions = compression == null ? List.of() : List.of(compression.extension());
            List<HttpHeader> answer = handle.beginHandshake(selectedProtocol, extensions, headers);
            WsProtocolWebSocketSession session =
                    sessions.session(request, user, selectedProtocol, compression, attributes, settings);
            SessionFactory.Pending pending = sessions.pending(
                    handle,
                    options,
                    compression,
                    session,
                    wsHandler,
                    new SessionFactory.Login(servletRequest.getRemoteAddr(), servletRequest.getSession(false)));
            upgrade.upgrade(servletRequest, pending);
            answer.forEach(header -> servletResponse.addHeader(header.name(), header.value()));
            handedOver = true;
        } catch (WebSocketHandshakeException e) {
            refuse(response, HttpStatusCode.valueOf(e.httpStatus()), e.responseHeaders(), e.violation());
        } catch (IllegalArgumentException e) {
            // A header of the request that can be none, or a sub-protocol of the application's that the client did not
            // offer.
            refuse(response, HttpStatus.BAD_REQUEST, List.of(), null);
        } catch (IOException | ServletException e) {
            throw new HandshakeFailureException("The container did not give its connection away", e);
        } finally {
            if (!handedOver) {
                handle.close();
            }
        }
    }

    private static @Nullable Agreement compression(ConnectionOptions options, List<HttpHeader> request) {
        DeflateOptions wanted = options.compression();
        return wanted == null ? null : DeflateNegotiation.answer(wanted, request);
    }

    /** What the container has already parsed away, so that the engine would not see it. */
    private boolean refusedUnseen(HttpServletRequest request, ServerHttpResponse response) {
        // RFC 6455 §4.1, §4.2.1: a GET of HTTP/1.1 or higher. RFC 9110 §7.8: no upgrade from HTTP/1.0.
        if (!"GET".equals(request.getMethod())) {
            refuse(response, HttpStatus.METHOD_NOT_ALLOWED, List.of(new HttpHeader(HttpHeaders.ALLOW, "GET")), null);
            return true;
        }
        boolean body = request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
        // A body would be taken for frames by one side and not by the other.
        if (body || "HTTP/1.0".equals(request.getProtocol())) {
            refuse(response, HttpStatus.BAD_REQUEST, List.of(), null);
            return true;
        }
        return false;
    }

    private boolean refusedWhileDraining(ServerHttpResponse response) {
        if (!registry.isDraining()) {
            return false;
        }
        // RFC 9110 §15.6.4: seconds, of which there is at least one.
        String seconds = Long.toString(Math.max(1, retryAfter.toSeconds()));
        HttpHeader later = new HttpHeader(HttpHeaders.RETRY_AFTER, seconds);
        refuse(response, HttpStatus.SERVICE_UNAVAILABLE, List.of(later), null);
        return true;
    }

    /** {@return the pattern that Spring found the endpoint by} Not the request's own path, which has many spellings. */
    private static @Nullable String mappingOf(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? null : pattern.toString();
    }

    private void refuse(ServerHttpResponse response, ConnectionCap cap) {
        observers.handshakeCapped(HandleRole.SERVER, cap);
        String seconds = cap == ConnectionCap.HANDSHAKE_RATE ? "2" : "30";
        HttpHeader later = new HttpHeader(HttpHeaders.RETRY_AFTER, seconds);
        answer(response, HttpStatusCode.valueOf(cap.httpStatus()), List.of(later));
    }

    private void refuse(
            ServerHttpResponse response,
            HttpStatusCode status,
            List<HttpHeader> headers,
            @Nullable Violation violation) {
        observers.handshakeRefused(HandleRole.SERVER, violation);
        answer(response, status, headers);
    }

    private static void answer(ServerHttpResponse response, HttpStatusCode status, List<HttpHeader> headers) {
        response.setStatusCode(status);
        headers.forEach(header -> response.getHeaders().set(header.name(), header.value()));
        // RFC 6455 §4.2.1: stop processing the handshake; what the client may have sent after it is nobody's.
        response.getHeaders().set(HttpHeaders.CONNECTION, "close");
    }

    private TransportUpgrade upgradeFor(HttpServletRequest request) {
        for (TransportUpgrade upgrade : upgrades) {
            if (upgrade.supports(request)) {
                return upgrade;
            }
        }
        throw new HandshakeFailureException(
                "None of the transports " + transportNames() + " can take a connection of this container");
    }

    private static List<HttpHeader> headersOf(HttpServletRequest request) {
        List<HttpHeader> headers = new ArrayList<>();
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); ) {
                headers.add(new HttpHeader(name, values.nextElement()));
            }
        }
        return headers;
    }
}
