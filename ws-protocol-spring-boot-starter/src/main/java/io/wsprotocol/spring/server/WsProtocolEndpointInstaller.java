package io.wsprotocol.spring.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;
import org.springframework.web.socket.sockjs.transport.handler.WebSocketTransportHandler;

/**
 * Moves the WebSocket endpoints that Spring maps onto the engine, without a change in the application: gives each endpoint's
 * handshake handler the engine's strategy. Handlers, interceptors, origin checks and paths stay as they are; an endpoint without
 * a check of the origin gets Spring's. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WsProtocolEndpointInstaller
        implements InstantiationAwareBeanPostProcessor, SmartInitializingSingleton, EndpointInstaller {

    private static final Log LOG = LogFactory.getLog(WsProtocolEndpointInstaller.class);

    private final Supplier<Policy> policy;
    private final Supplier<WsProtocolRequestUpgradeStrategy> strategy;
    private final Supplier<List<LimitSource>> limits;
    private final EndpointDecisions decisions = new EndpointDecisions(WsProtocolEndpointInstaller.class);

    // Guarded by this.
    private final List<OnEngine> waiting = new ArrayList<>();
    private boolean started;

    /**
     * Makes an installer. The suppliers are asked only when there is an endpoint, so that nothing is created too early.
     *
     * @param policy which endpoints are moved
     * @param strategy what they are moved to
     * @param limits where applications say what sessions may do, other than properties; the first one that says something counts
     */
    public WsProtocolEndpointInstaller(
            Supplier<Policy> policy,
            Supplier<WsProtocolRequestUpgradeStrategy> strategy,
            Supplier<List<LimitSource>> limits) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /**
     * An endpoint that runs on the engine. Immutable.
     *
     * @param path its path or pattern
     * @param handler the application's handler
     * @param replaced the strategy it had before
     */
    private record OnEngine(
            String path, WebSocketHandler handler, @Nullable RequestUpgradeStrategy replaced) {}

    @Override
    public List<Decision> decisions() {
        return decisions.list();
    }

    @Override
    public List<String> transportNames() {
        return strategy.get().transportNames();
    }

    @Override
    public boolean postProcessAfterInstantiation(Object bean, String beanName) {
        if (bean instanceof WebSocketHandlerMapping mapping) {
            Policy asked = policy.get();
            IdentityHashMap<HandshakeHandler, RequestUpgradeStrategy> before = strategiesOf(mapping.getUrlMap());
            if (asked.move()) {
                move(mapping.getUrlMap(), asked);
            }
            mapping.getUrlMap().forEach((path, endpoint) -> noteIfOnEngine(path, endpoint, before));
        }
        return true;
    }

    /** Only now may the beans be asked that set a container up: they need it started. No request comes before. */
    @Override
    public void afterSingletonsInstantiated() {
        List<OnEngine> all;
        synchronized (this) {
            started = true;
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(this::declare);
    }

    private void noteIfOnEngine(
            String path, Object endpoint, IdentityHashMap<HandshakeHandler, RequestUpgradeStrategy> before) {
        WebSocketHandler handler = webSocketHandlerOf(endpoint);
        if (handler == null
                || !(handshakeHandlerOf(endpoint) instanceof AbstractHandshakeHandler handshakes)
                || !(StrategyField.read(handshakes) instanceof WsProtocolRequestUpgradeStrategy)) {
            return;
        }
        // Spring's mappings add the slash themselves.
        String mapping = path.startsWith("/") ? path : "/" + path;
        OnEngine moved = new OnEngine(mapping, WebSocketHandlerDecorator.unwrap(handler), before.get(handshakes));
        boolean now;
        synchronized (this) {
            now = started;
            if (!now) {
                waiting.add(moved);
            }
        }
        if (now) {
            declare(moved);
        }
    }

    private void declare(OnEngine endpoint) {
        DeclaredLimits declared = DeclaredLimits.NONE;
        for (LimitSource source : limits.get()) {
            declared = declared.orElse(source.declaredFor(endpoint.handler(), endpoint.replaced()));
        }
        strategy.get().declare(endpoint.path(), declared).forEach(note -> LOG.info(endpoint.path() + ": " + note));
    }

    private static IdentityHashMap<HandshakeHandler, RequestUpgradeStrategy> strategiesOf(Map<String, ?> endpoints) {
        IdentityHashMap<HandshakeHandler, RequestUpgradeStrategy> strategies = new IdentityHashMap<>();
        for (Object endpoint : endpoints.values()) {
            if (handshakeHandlerOf(endpoint) instanceof AbstractHandshakeHandler springs) {
                RequestUpgradeStrategy strategy = StrategyField.read(springs);
                if (strategy != null) {
                    strategies.put(springs, strategy);
                }
            }
        }
        return strategies;
    }

    private static @Nullable WebSocketHandler webSocketHandlerOf(Object endpoint) {
        if (endpoint instanceof WebSocketHttpRequestHandler plain) {
            return plain.getWebSocketHandler();
        }
        return endpoint instanceof SockJsHttpRequestHandler sockJs ? sockJs.getWebSocketHandler() : null;
    }

    private void move(Map<String, ?> endpoints, Policy asked) {
        Set<HandshakeHandler> staying = Collections.newSetFromMap(new IdentityHashMap<>());
        endpoints.forEach((path, endpoint) -> {
            HandshakeHandler handler = handshakeHandlerOf(endpoint);
            if (handler != null && asked.excludes(path)) {
                staying.add(handler);
            }
        });
        endpoints.forEach((path, endpoint) -> {
            if (asked.excludes(path)) {
                decisions.excluded(path);
            } else {
                move(path, endpoint, staying, asked);
            }
        });
    }

    private void move(String path, Object endpoint, Set<HandshakeHandler> staying, Policy asked) {
        HandshakeHandler handler = handshakeHandlerOf(endpoint);
        String reason;
        if (handler == null) {
            reason = "it has no handshake handler";
        } else if (staying.contains(handler)) {
            reason = "it shares its handshake handler with an excluded path";
        } else if (handler instanceof AbstractHandshakeHandler springs) {
            reason = StrategyField.replace(springs, strategy.get());
        } else {
            reason = "its handshake handler " + handler.getClass().getName() + " is not based on Spring's";
        }
        if (reason == null) {
            if (endpoint instanceof WebSocketHttpRequestHandler plain) {
                RefusalInterceptor.addTo(plain);
                OriginCheck.addTo(plain);
            }
            WsProtocolRequestUpgradeStrategy engine = strategy.get();
            decisions.moved(path, engine.transportNames().get(0), engine.compresses(path));
        } else {
            decisions.stays(path, reason, asked.required());
        }
    }

    private static @Nullable HandshakeHandler handshakeHandlerOf(Object endpoint) {
        if (endpoint instanceof WebSocketHttpRequestHandler plain) {
            return plain.getHandshakeHandler();
        }
        if (endpoint instanceof SockJsHttpRequestHandler sockJs
                && sockJs.getSockJsService() instanceof TransportHandlingSockJsService service) {
            for (TransportHandler transport : service.getTransportHandlers().values()) {
                if (transport instanceof WebSocketTransportHandler webSocket) {
                    return webSocket.getHandshakeHandler();
                }
            }
        }
        return null;
    }
}
