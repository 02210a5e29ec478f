package io.wsprotocol.spring.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;

/** Matches a web application with Spring's WebSocket support for its kind of server on the class path. */
final class OnWebSocketServerCondition extends AnyNestedCondition {

    OnWebSocketServerCondition() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    /** Spring MVC and {@code spring-websocket}. */
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(name = "org.springframework.web.socket.server.support.WebSocketHandlerMapping")
    static final class Servlet {}

    /** WebFlux, which brings its own. */
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnClass(name = "org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter")
    static final class Reactive {}
}
