package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.SessionIds;
import io.wsprotocol.spring.server.ShellFactory;
import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.SocketTransport;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Answers opening handshakes with the engine and runs the sessions on it, under WebFlux. Thread-safe.
 *
 * <p>A handshake from a page of another origin is refused with 403, unless the CORS configuration of the endpoint's handler mapping
 * (or a CORS filter) allowed it before. WebFlux itself lets all of them in, and browsers send the user's cookies along.
 *
 * @since 0.1.0
 */
public final class WsProtocolReactiveRequestUpgradeStrategy implements RequestUpgradeStrategy {

    private static final Log LOG = LogFactory.getLog(WsProtocolReactiveRequestUpgradeStrategy.class);

    private final ServerHandshakes handshakes;
    private final ShellFactory shells;
    private final ConnectionRegistry registry;
    private final List<ReactiveTransportUpgrade> upgrades;
    private final AtomicBoolean foreignSeen = new AtomicBoolean();

    /**
     * Makes a strategy.
     *
     * @param handshakes answers each request
     * @param shells makes the connections
     * @param registry keeps each connection while it is open
     * @param upgrades ways to take a connection over; the first that supports an exchange's server is used
     */
    public WsProtocolReactiveRequestUpgradeStrategy(
            ServerHandshakes handshakes,
            ShellFactory shells,
            ConnectionRegistry registry,
            List<ReactiveTransportUpgrade> upgrades) {
        this.handshakes = Objects.requireNonNull(handshakes, "handshakes");
        this.shells = Objects.requireNonNull(shells, "shells");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.upgrades = List.copyOf(upgrades);
    }

    /** {@return the names of the ways to take a connection over, the preferred one first} */
    public List<String> transportNames() {
        return upgrades.stream().map(ReactiveTransportUpgrade::name).toList();
    }

    /** {@return whether sessions of the endpoint with that mapping are compressed when their client offers it} */
    boolean compresses(String mapping) {
        return handshakes.compresses(mapping);
    }

    /** {@return whether the exchange came through a server whose connections can be taken} */
    boolean supports(ServerWebExchange exchange) {
        return upgradeFor(exchange) != null;
    }

    @Override
    public Mono<Void> upgrade(
            ServerWebExchange exchange,
            WebSocketHandler handler,
            @Nullable String subProtocol,
            Supplier<HandshakeInfo> handshakeInfo) {
        ReactiveTransportUpgrade upgrade = upgradeFor(exchange);
        if (upgrade == null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_IMPLEMENTED,
                    "None of the transports " + transportNames() + " can take a connection of this server");
        }
        ServerHandshakes.Request request = upgrade.request(exchange);
        if (isForeign(exchange)) {
            if (foreignSeen.compareAndSet(false, true)) {
                LOG.warn("A WebSocket handshake from another origin was refused with 403 (this is said once): name the "
                        + "origins that are welcome in the CORS configuration of the endpoint's handler mapping");
            }
            return refuse(exchange, request, new Answer.Refused(HttpStatus.FORBIDDEN.value(), List.of()));
        }
        String chosen = subProtocol == null ? chosen(exchange, handler.getSubProtocols()) : subProtocol;
        Answer answer = handshakes.answer(request, mappingOf(exchange), false, chosen);
        if (answer instanceof Answer.Refused refused) {
            return refuse(exchange, request, refused);
        }
        Answer.Accepted accepted = (Answer.Accepted) answer;
        String remoteAddress = request.remoteAddress();
        return Mono.deferContextual(context -> {
            Opening opening =
                    new Opening(accepted, handler, named(handshakeInfo.get(), chosen), remoteAddress, context);
            return upgrade.upgrade(exchange, accepted, opening)
                    .doOnError(cause -> opening.release())
                    .doOnCancel(opening::release);
        });
    }

    /** Spring compares names together with the blank in front of them, and so sees the first of several only. */
    private static @Nullable String chosen(ServerWebExchange exchange, List<String> spoken) {
        return exchange.getRequest().getHeaders().getOrEmpty("Sec-WebSocket-Protocol").stream()
                .flatMap(line -> Arrays.stream(StringUtils.tokenizeToStringArray(line, ",")))
                .filter(spoken::contains)
                .findFirst()
                .orElse(null);
    }

    private static HandshakeInfo named(HandshakeInfo known, @Nullable String subprotocol) {
        return Objects.equals(known.getSubProtocol(), subprotocol)
                ? known
                : new HandshakeInfo(
                        known.getUri(),
                        known.getHeaders(),
                        known.getCookies(),
                        known.getPrincipal(),
                        subprotocol,
                        known.getRemoteAddress(),
                        known.getAttributes(),
                        known.getLogPrefix());
    }

    private static boolean isForeign(ServerWebExchange exchange) {
        if (exchange.getResponse().getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            // Spring's CORS processor says so when the configuration knows the origin.
            return false;
        }
        try {
            return CorsUtils.isCorsRequest(exchange.getRequest());
        } catch (IllegalArgumentException e) {
            // An origin that is none.
            return true;
        }
    }

    private static Mono<Void> refuse(
            ServerWebExchange exchange, ServerHandshakes.Request request, Answer.Refused refused) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(refused.status()));
        refused.headers().forEach(header -> response.getHeaders().set(header.name(), header.value()));
        if (request.protocol().startsWith("HTTP/1.")) {
            // RFC 9113 §8.2.2: HTTP/2 has no such field, and other streams.
            response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
        return response.setComplete();
    }

    private @Nullable ReactiveTransportUpgrade upgradeFor(ServerWebExchange exchange) {
        for (ReactiveTransportUpgrade upgrade : upgrades) {
            if (upgrade.supports(exchange)) {
                return upgrade;
            }
        }
        return null;
    }

    /** {@return the pattern that Spring found the endpoint by} Not the request's own path, which has many spellings. */
    static @Nullable String mappingOf(ServerWebExchange exchange) {
        Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? null : pattern.toString();
    }

    /** One accepted handshake that waits for its connection. */
    private final class Opening implements ShellStarter {

        private final Answer.Accepted accepted;
        private final WebSocketHandler handler;
        private final HandshakeInfo handshake;
        private final @Nullable String remoteAddress;
        private final ContextView context;
        private final String id = SessionIds.next();
        private final AtomicBoolean taken = new AtomicBoolean();

        Opening(
                Answer.Accepted accepted,
                WebSocketHandler handler,
                HandshakeInfo handshake,
                @Nullable String remoteAddress,
                ContextView context) {
            this.accepted = accepted;
            this.handler = handler;
            this.handshake = handshake;
            this.remoteAddress = remoteAddress;
            this.context = context;
            registry.expect(id);
        }

        @Override
        public ConnectionShell start(SocketTransport transport) {
            if (!taken.compareAndSet(false, true)) {
                throw new IllegalStateException("The handshake was given up before its connection came");
            }
            ReactiveDispatcher dispatcher = new ReactiveDispatcher(handler, registry, Context.of(context));
            ConnectionShell shell = shells.shell(accepted, transport, dispatcher, remoteAddress);
            boolean waits = accepted.settings().waits();
            dispatcher.session(new WsProtocolReactiveSession(id, shell, handshake, waits));
            return shell;
        }

        /** Lets go of the handle if nobody took it. */
        void release() {
            if (taken.compareAndSet(false, true)) {
                accepted.handle().close();
            }
        }
    }
}
