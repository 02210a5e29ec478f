package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.EndpointDecisions;
import io.wsprotocol.spring.server.EndpointInstaller;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

/**
 * Moves WebFlux's WebSocket endpoints onto the engine, without a change in the application: where a {@link WebSocketHandlerAdapter} has
 * exactly Spring's {@link HandshakeWebSocketService}, it gets one with the engine's strategy in front. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WsProtocolReactiveInstaller
        implements BeanPostProcessor, SmartInitializingSingleton, EndpointInstaller {

    private static final String NO_TRANSPORT = "the engine has no transport for the application's server";

    private final Supplier<Policy> policy;
    private final Supplier<WsProtocolReactiveRequestUpgradeStrategy> strategy;
    private final List<AbstractUrlHandlerMapping> mappings = new CopyOnWriteArrayList<>();
    private final List<Adapter> adapters = new CopyOnWriteArrayList<>();
    private final EndpointDecisions decisions = new EndpointDecisions(WsProtocolReactiveInstaller.class);

    /**
     * Makes an installer. Both suppliers are asked only when there is something to move, so that nothing is created too early.
     *
     * @param policy which endpoints are moved
     * @param strategy what they are moved to
     */
    public WsProtocolReactiveInstaller(
            Supplier<Policy> policy, Supplier<WsProtocolReactiveRequestUpgradeStrategy> strategy) {
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
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof AbstractUrlHandlerMapping mapping) {
            mappings.add(mapping);
        } else if (bean instanceof WebSocketHandlerAdapter adapter) {
            Policy asked = policy.get();
            if (asked.move()) {
                return moved(adapter, asked);
            }
        }
        return bean;
    }

    private WebSocketHandlerAdapter moved(WebSocketHandlerAdapter adapter, Policy asked) {
        WebSocketService service = adapter.getWebSocketService();
        if (adapter.getClass() != WebSocketHandlerAdapter.class) {
            adapters.add(new Adapter(adapter.getOrder(), reason(adapter)));
        } else if (service.getClass() != HandshakeWebSocketService.class) {
            adapters.add(new Adapter(adapter.getOrder(), reason(service)));
        } else {
            adapters.add(new Adapter(adapter.getOrder(), null));
            WebSocketHandlerAdapter engines = new WebSocketHandlerAdapter(
                    new EngineWebSocketService((HandshakeWebSocketService) service, strategy.get(), asked));
            engines.setOrder(adapter.getOrder());
            return engines;
        }
        return adapter;
    }

    private static String reason(Object own) {
        return "its " + own.getClass().getName() + " is the application's own; name the engine's strategy in it";
    }

    /** All adapters and mappings are there: says what became of the endpoints. */
    @Override
    public void afterSingletonsInstantiated() {
        Policy asked = policy.get();
        if (!asked.move()) {
            return;
        }
        // The one that WebFlux asks first.
        Optional<Adapter> first = adapters.stream().min(Comparator.comparingInt(Adapter::order));
        String reason = first.isPresent() ? first.get().staysBecause() : "there is no WebSocketHandlerAdapter";
        for (AbstractUrlHandlerMapping mapping : mappings) {
            mapping.getHandlerMap().forEach((pattern, handler) -> {
                if (handler instanceof WebSocketHandler) {
                    decide(pattern.getPatternString(), reason, asked);
                }
            });
        }
    }

    private void decide(String path, @Nullable String reason, Policy asked) {
        if (asked.excludes(path)) {
            decisions.excluded(path);
        } else if (reason != null) {
            decisions.stays(path, reason, asked.required());
        } else {
            WsProtocolReactiveRequestUpgradeStrategy engine = strategy.get();
            engine.transportNames().stream()
                    .findFirst()
                    .ifPresentOrElse(
                            transport -> decisions.moved(path, transport, engine.compresses(path)),
                            () -> decisions.stays(path, NO_TRANSPORT, asked.required()));
        }
    }

    /** What became of one adapter. */
    private record Adapter(int order, @Nullable String staysBecause) {}
}
