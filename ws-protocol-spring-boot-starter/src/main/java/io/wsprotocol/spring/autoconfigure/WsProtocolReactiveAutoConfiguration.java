package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.reactive.WsProtocolReactiveInstaller;
import io.wsprotocol.spring.reactive.WsProtocolReactiveRequestUpgradeStrategy;
import io.wsprotocol.spring.reactive.netty.ExtendedConnectCustomizer;
import io.wsprotocol.spring.reactive.netty.ReactorNettyUpgrade;
import io.wsprotocol.spring.reactive.servlet.ServletContainerUpgrade;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ShellFactory;
import io.wsprotocol.spring.server.jetty.JettyUpgrade;
import io.wsprotocol.spring.server.tomcat.TomcatUpgrade;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of WebFlux's WebSocket support: the strategy, what moves the endpoints that the application has already, and what takes
 * connections over from the application's server.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolServerAutoConfiguration.class,
        before = WsProtocolEndpointAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration",
            "org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration",
            "org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration",
            "org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(name = "org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter")
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@Conditional(OnEndpointModeCondition.class)
@ImportRuntimeHints(WsProtocolReactiveRuntimeHints.class)
public final class WsProtocolReactiveAutoConfiguration {

    /* Several servers may be on the class path; Reactor Netty often is for its client. */
    private static final String TOMCAT = "org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory";
    private static final String JETTY = "org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory";

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

    /** Reactor Netty, unless another server is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"reactor.netty.http.server.HttpServerResponse", "io.netty.handler.codec.http.HttpServerCodec"})
    @ConditionalOnMissingBean(type = {TOMCAT, JETTY})
    static class ReactorNetty {

        @Bean
        @ConditionalOnMissingBean
        ReactorNettyUpgrade webSocketReactorNettyUpgrade() {
            return new ReactorNettyUpgrade();
        }

        /** Boot's own settings of HTTP/2 come before. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory")
        @ConditionalOnBooleanProperty(name = "server.http2.enabled")
        static class Http2 {

            @Bean
            @Order(Ordered.LOWEST_PRECEDENCE)
            WebServerFactoryCustomizer<NettyReactiveWebServerFactory> webSocketExtendedConnect() {
                return factory -> factory.addServerCustomizers(new ExtendedConnectCustomizer());
            }
        }
    }

    /** Tomcat, with its own I/O. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.apache.catalina.connector.RequestFacade",
                "org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler"
            })
    @ConditionalOnBean(type = TOMCAT)
    static class Tomcat {

        @Bean
        @ConditionalOnMissingBean
        ServletContainerUpgrade webSocketTomcatUpgrade() {
            return new ServletContainerUpgrade(new TomcatUpgrade());
        }
    }

    /** Jetty, with its own I/O. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"org.eclipse.jetty.ee11.servlet.ServletCoreRequest", "org.eclipse.jetty.io.SocketChannelEndPoint"})
    @ConditionalOnBean(type = JETTY)
    static class Jetty {

        @Bean
        @ConditionalOnMissingBean
        ServletContainerUpgrade webSocketJettyUpgrade() {
            return new ServletContainerUpgrade(new JettyUpgrade());
        }
    }
}
