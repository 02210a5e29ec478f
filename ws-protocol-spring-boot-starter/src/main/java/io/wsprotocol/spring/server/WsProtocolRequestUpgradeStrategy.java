package io.wsprotocol.spring.server;

import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
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

    private final ServerHandshakes handshakes;
    private final SessionFactory sessions;
    private final List<TransportUpgrade> upgrades;

    /**
     * Makes a strategy.
     *
     * @param handshakes answers each request
     * @param sessions makes the sessions
     * @param upgrades ways to take a socket over; the first that supports a request's container is used
     */
    public WsProtocolRequestUpgradeStrategy(
            ServerHandshakes handshakes, SessionFactory sessions, List<TransportUpgrade> upgrades) {
        this.handshakes = Objects.requireNonNull(handshakes, "handshakes");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.upgrades = List.copyOf(upgrades);
    }

    /** {@return the names of the ways to take a socket over, the preferred one first} */
    public List<String> transportNames() {
        return upgrades.stream().map(TransportUpgrade::name).toList();
    }

    /** {@return whether sessions of the endpoint with that mapping are compressed when their client offers it} */
    boolean compresses(String mapping) {
        return handshakes.compresses(mapping);
    }

    /** Takes over what the application said about the endpoint with that mapping, and returns what there is to say about it. */
    List<String> declare(String mapping, DeclaredLimits limits) {
        return handshakes.declare(mapping, limits);
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
        TransportUpgrade upgrade = upgradeFor(servletRequest);
        Answer answer = handshakes.answer(
                new ServletHandshake(servletRequest, upgrade.extendedConnect(servletRequest)),
                mappingOf(servletRequest),
                wsHandler.supportsPartialMessages(),
                selectedProtocol);
        if (answer instanceof Answer.Refused refused) {
            refuse(servletRequest, response, refused);
            return;
        }
        Answer.Accepted accepted = (Answer.Accepted) answer;
        boolean handedOver = false;
        try {
            WsProtocolWebSocketSession session =
                    sessions.session(request, user, selectedProtocol, accepted, attributes);
            SessionFactory.Login login =
                    new SessionFactory.Login(servletRequest.getRemoteAddr(), servletRequest.getSession(false));
            upgrade.upgrade(servletRequest, sessions.pending(accepted, session, wsHandler, login));
            servletResponse.setStatus(accepted.status());
            accepted.headers().forEach(header -> servletResponse.addHeader(header.name(), header.value()));
            handedOver = true;
        } catch (IOException | ServletException e) {
            throw new HandshakeFailureException("The container did not give its connection away", e);
        } finally {
            if (!handedOver) {
                accepted.handle().close();
            }
        }
    }

    /** {@return the pattern that Spring found the endpoint by} Not the request's own path, which has many spellings. */
    private static @Nullable String mappingOf(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? null : pattern.toString();
    }

    private static void refuse(HttpServletRequest request, ServerHttpResponse response, Answer.Refused refused) {
        response.setStatusCode(HttpStatusCode.valueOf(refused.status()));
        refused.headers().forEach(header -> response.getHeaders().set(header.name(), header.value()));
        if (RefusalInterceptor.endsConnection(request)) {
            response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
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
}
