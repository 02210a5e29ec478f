package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.reactive.WsProtocolReactiveInstaller;
import io.wsprotocol.spring.reactive.WsProtocolReactiveRequestUpgradeStrategy;
import io.wsprotocol.spring.reactive.netty.ReactorNettyUpgrade;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ShellFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of WebFlux's WebSocket support on Reactor Netty: the strategy, and what moves the endpoints that the application has
 * already.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolServerAutoConfiguration.class,
        before = WsProtocolEndpointAutoConfiguration.class,
        afterName = "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(
        name = {
            "org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter",
            "reactor.netty.http.server.HttpServerResponse",
            "io.netty.handler.codec.http.HttpServerCodec"
        })
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@Conditional(OnEndpointModeCondition.class)
public final class WsProtocolReactiveAutoConfiguration {

    @Bean
    @Order(0)
    @ConditionalOnMissingBean
    ReactorNettyUpgrade webSocketReactorNettyUpgrade() {
        return new ReactorNettyUpgrade();
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolReactiveRequestUpgradeStrategy webSocketReactiveRequestUpgradeStrategy(
            ServerHandshakes handshakes,
            ShellFactory shells,
            ConnectionRegistry registry,
            ObjectProvider<ReactiveTransportUpgrade> upgrades) {
        return new WsProtocolReactiveRequestUpgradeStrategy(
                handshakes, shells, registry, upgrades.orderedStream().toList());
    }

    /** Static and without dependencies, so that no bean is made before its time because of it. */
    @Bean
    static WsProtocolReactiveInstaller webSocketReactiveInstaller(
            ObjectProvider<WsProtocolProperties> properties,
            ObjectProvider<WsProtocolReactiveRequestUpgradeStrategy> strategy) {
        return new WsProtocolReactiveInstaller(
                () -> properties.getObject().spring().policy(), strategy::getObject);
    }
}
