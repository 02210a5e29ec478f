package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.HttpSessionEnd;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ServletHandshake;
import io.wsprotocol.spring.server.ShellFactory;
import io.wsprotocol.spring.server.ShellListener;
import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.ServerEndpointConfig.Configurator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.util.WebUtils;

/**
 * Answers handshakes for endpoints of Jakarta WebSocket: asks the endpoint's configurator what Jakarta WebSocket §3.2 lets it say, and the
 * engine for everything else. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EndpointUpgrade {

    private final ServerHandshakes handshakes;
    private final ShellFactory shells;
    private final ConnectionRegistry registry;
    private final DeadlineScheduler scheduler;
    private final List<TransportUpgrade> upgrades;
    private final @Nullable HttpSessionEnd httpSessions;

    /**
     * Makes one.
     *
     * @param handshakes answers each request
     * @param shells makes the connections
     * @param registry keeps each connection while it is open
     * @param scheduler the timer of all connections
     * @param upgrades ways to take a socket over; the first that supports a request's container is used
     * @param httpSessions ends sessions with the HTTP session of their user; null if nothing shall
     */
    public EndpointUpgrade(
            ServerHandshakes handshakes,
            ShellFactory shells,
            ConnectionRegistry registry,
            DeadlineScheduler scheduler,
            List<TransportUpgrade> upgrades,
            @Nullable HttpSessionEnd httpSessions) {
        this.handshakes = Objects.requireNonNull(handshakes, "handshakes");
        this.shells = Objects.requireNonNull(shells, "shells");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.upgrades = List.copyOf(upgrades);
        this.httpSessions = httpSessions;
    }

    /** {@return the names of the ways to take a socket over, the preferred one first} */
    List<String> transportNames() {
        return upgrades.stream().map(TransportUpgrade::name).toList();
    }

    /** {@return whether sessions of the endpoint with that path are compressed when their client offers it} */
    boolean compresses(String path) {
        return handshakes.compresses(path);
    }

    /** Answers one handshake. */
    void upgrade(
            HttpServletRequest request,
            HttpServletResponse response,
            DeployedEndpoint endpoint,
            Map<String, String> pathParameters,
            EngineServerContainer container)
            throws IOException, DeploymentException {
        Configurator configurator = endpoint.config().getConfigurator();
        if (!allows(configurator, request)) {
            refuse(response, new Answer.Refused(HttpServletResponse.SC_FORBIDDEN, List.of()));
            return;
        }
        TransportUpgrade transport = transportFor(request);
        String subprotocol = configurator.getNegotiatedSubprotocol(
                endpoint.config().getSubprotocols(), requestedSubprotocols(request));
        Answer answer = handshakes.answer(
                new ServletHandshake(request, transport.extendedConnect(request)),
                endpoint.config().getPath(),
                endpoint.takesParts(),
                StringUtils.hasLength(subprotocol) ? subprotocol : null);
        if (answer instanceof Answer.Refused refused) {
            refuse(response, refused);
            return;
        }
        Answer.Accepted accepted = (Answer.Accepted) answer;
        boolean handedOver = false;
        try {
            accept(new Exchange(request, response, transport), endpoint, pathParameters, container, accepted);
            handedOver = true;
        } catch (ServletException | InstantiationException e) {
            throw new DeploymentException(
                    "The handshake of " + endpoint.config().getPath() + " failed", e);
        } finally {
            if (!handedOver) {
                accepted.handle().close();
            }
        }
    }

    /** A request, its response, and what takes their socket. */
    private record Exchange(HttpServletRequest request, HttpServletResponse response, TransportUpgrade transport) {}

    private void accept(
            Exchange exchange,
            DeployedEndpoint endpoint,
            Map<String, String> pathParameters,
            EngineServerContainer container,
            Answer.Accepted accepted)
            throws IOException, ServletException, InstantiationException {
        SessionEndpointConfig config = new SessionEndpointConfig(endpoint.config(), pathParameters);
        OpeningRequest opening = new OpeningRequest(exchange.request(), pathParameters);
        Map<String, List<String>> headers = headersOf(accepted);
        HandshakeResponse opened = () -> headers;
        config.getConfigurator().modifyHandshake(config, opening, opened);
        opening.answered();
        Endpoint instance = endpoint.newEndpoint(config);
        EngineSession session =
                new EngineSession(container, endpoint, config, opening, agreed(accepted, headers), scheduler);
        ShellListener listener = listener(opening.getHttpSession(), instance, config, session);
        String address = exchange.request().getRemoteAddr();
        ShellStarter starter = socket -> {
            ConnectionShell shell = shells.shell(accepted, socket, listener, address);
            session.attach(shell);
            return shell;
        };
        registry.expect(session.getId());
        exchange.transport().upgrade(exchange.request(), starter);
        exchange.response().setStatus(accepted.status());
        headers.forEach(
                (name, values) -> values.forEach(value -> exchange.response().addHeader(name, value)));
    }

    private ShellListener listener(
            @Nullable HttpSession httpSession, Endpoint endpoint, SessionEndpointConfig config, EngineSession session) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ShellListener listener = new EndpointDispatcher(endpoint, config, session, registry, loader);
        return httpSessions == null || httpSession == null || session.getUserPrincipal() == null
                ? listener
                : httpSessions.tied(httpSession, new LoggedInSession(session), listener);
    }

    private static Map<String, List<String>> headersOf(Answer.Accepted accepted) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HttpHeader header : accepted.headers()) {
            headers.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
        }
        return headers;
    }

    private static EngineSession.Agreed agreed(Answer.Accepted accepted, Map<String, List<String>> headers) {
        Agreement compression = accepted.compression();
        List<Extension> extensions = compression == null
                ? List.of()
                : WebSocketExtension.parseExtensions(compression.extension()).stream()
                        .<Extension>map(AgreedExtension::new)
                        .toList();
        List<String> subprotocols = headers.getOrDefault("Sec-WebSocket-Protocol", List.of());
        return new EngineSession.Agreed(
                accepted.settings(), subprotocols.isEmpty() ? null : subprotocols.get(0), extensions);
    }

    /**
     * {@return whether pages of the request's origin may connect} A configurator that has something to say about it is asked. Jakarta
     * WebSocket's own allows all, which lets every page on the web act as its visitor; so without one it is the page's own server alone.
     */
    private static boolean allows(Configurator configurator, HttpServletRequest request) {
        try {
            Class<?> decides = configurator
                    .getClass()
                    .getMethod("checkOrigin", String.class)
                    .getDeclaringClass();
            boolean applications =
                    decides != Configurator.class && !decides.getName().startsWith("org.apache.tomcat.");
            return applications
                    ? configurator.checkOrigin(request.getHeader(HttpHeaders.ORIGIN))
                    : WebUtils.isSameOrigin(new ServletServerHttpRequest(request));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a configurator always has this method", e);
        }
    }

    private static List<String> requestedSubprotocols(HttpServletRequest request) {
        List<String> subprotocols = new ArrayList<>();
        request.getHeaders("Sec-WebSocket-Protocol")
                .asIterator()
                .forEachRemaining(line -> subprotocols.addAll(List.of(StringUtils.tokenizeToStringArray(line, ","))));
        return subprotocols;
    }

    private static void refuse(HttpServletResponse response, Answer.Refused refused) {
        response.setStatus(refused.status());
        refused.headers().forEach(header -> response.setHeader(header.name(), header.value()));
        // RFC 6455 §4.2.1, §7.2.2: a failed handshake ends the connection
        response.setHeader(HttpHeaders.CONNECTION, "close");
    }

    private TransportUpgrade transportFor(HttpServletRequest request) throws DeploymentException {
        for (TransportUpgrade upgrade : upgrades) {
            if (upgrade.supports(request)) {
                return upgrade;
            }
        }
        throw new DeploymentException(
                "None of the transports " + transportNames() + " can take a connection of this container");
    }
}
