package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.EndpointInstaller.Policy;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Spring's own service on the engine's strategy; the service that was there before keeps the excluded paths, and the servers that the engine
 * cannot take a connection from. Thread-safe.
 */
final class EngineWebSocketService implements WebSocketService {

    private final HandshakeWebSocketService before;
    private final HandshakeWebSocketService engine;
    private final WsProtocolReactiveRequestUpgradeStrategy strategy;
    private final Policy policy;

    EngineWebSocketService(
            HandshakeWebSocketService before, WsProtocolReactiveRequestUpgradeStrategy strategy, Policy policy) {
        this.before = before;
        this.engine = new HandshakeWebSocketService(strategy);
        this.strategy = strategy;
        this.policy = policy;
        engine.setSessionAttributePredicate(before.getSessionAttributePredicate());
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        String mapping = WsProtocolReactiveRequestUpgradeStrategy.mappingOf(exchange);
        boolean ours = (mapping == null || !policy.excludes(mapping)) && strategy.supports(exchange);
        return (ours ? engine : before).handleRequest(exchange, handler);
    }
}
