package io.wsprotocol.spring.server;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.socket.server.HandshakeHandler;
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
public final class WsProtocolEndpointInstaller implements InstantiationAwareBeanPostProcessor, EndpointInstaller {

    private final Supplier<Policy> policy;
    private final Supplier<WsProtocolRequestUpgradeStrategy> strategy;
    private final EndpointDecisions decisions = new EndpointDecisions(WsProtocolEndpointInstaller.class);

    /**
     * Makes an installer. Both suppliers are asked only when there is an endpoint, so that nothing is created too early.
     *
     * @param policy which endpoints are moved
     * @param strategy what they are moved to
     */
    public WsProtocolEndpointInstaller(Supplier<Policy> policy, Supplier<WsProtocolRequestUpgradeStrategy> strategy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.strategy = Objects.requireNonNull(strategy, "strategy");
    }

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
            if (asked.move()) {
                move(mapping.getUrlMap(), asked);
            }
        }
        return true;
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
