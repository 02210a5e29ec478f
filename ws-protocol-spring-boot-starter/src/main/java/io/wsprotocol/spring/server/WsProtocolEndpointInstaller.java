package io.wsprotocol.spring.server;

import io.wsprotocol.spring.EndpointNotMovedException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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
 * handshake handler the engine's strategy. Handlers, interceptors, origin checks and paths stay as they are. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WsProtocolEndpointInstaller implements InstantiationAwareBeanPostProcessor {

    private static final Log LOG = LogFactory.getLog(WsProtocolEndpointInstaller.class);

    private final Supplier<Policy> policy;
    private final Supplier<WsProtocolRequestUpgradeStrategy> strategy;
    private final List<Decision> decisions = new CopyOnWriteArrayList<>();

    /**
     * Which endpoints are moved. Immutable.
     *
     * @param move whether any is
     * @param required whether one that cannot be moved stops the start
     * @param excludePaths patterns of paths that stay with the container
     * @since 0.1.0
     */
    public record Policy(boolean move, boolean required, List<String> excludePaths) {

        /** Copies the list. */
        public Policy {
            excludePaths = List.copyOf(excludePaths);
        }
    }

    /**
     * What became of one endpoint. Immutable.
     *
     * @param path its path or pattern
     * @param moved whether it runs on the engine
     * @param reason by which transport it is reached, or why it stayed with the container
     * @since 0.1.0
     */
    public record Decision(String path, boolean moved, String reason) {}

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

    /** {@return what became of each endpoint so far, in the order they were found} */
    public List<Decision> decisions() {
        return List.copyOf(decisions);
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
            if (handler != null && isExcluded(path, asked)) {
                staying.add(handler);
            }
        });
        endpoints.forEach((path, endpoint) -> {
            if (isExcluded(path, asked)) {
                stays(path, "ws-protocol.spring.exclude-paths");
                LOG.info(path + " → container's own engine (ws-protocol.spring.exclude-paths)");
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
            }
            String transport = strategy.get().transportNames().get(0);
            decisions.add(new Decision(path, true, transport));
            LOG.info(path + " → ws-protocol engine (" + transport + ", " + compression(path) + ")");
        } else if (asked.required()) {
            throw new EndpointNotMovedException(path, reason);
        } else {
            stays(path, reason);
            LOG.warn(path + " → container's own engine: " + reason);
        }
    }

    private void stays(String path, String reason) {
        decisions.add(new Decision(path, false, reason));
    }

    /** Containers compress without being told; who misses it should not have to look for the reason. */
    private String compression(String path) {
        return strategy.get().compresses(path)
                ? "compression on"
                : "compression off, the container's own does not apply: ws-protocol.compression.enabled";
    }

    private static boolean isExcluded(String path, Policy asked) {
        return asked.excludePaths().stream().anyMatch(pattern -> new EndpointPattern(pattern).fits(path));
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
