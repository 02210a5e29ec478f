package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.ServerTransport;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.DeclaredLimits;
import io.wsprotocol.spring.server.ExtendedConnectMapping;
import io.wsprotocol.spring.server.HttpSessionEnd;
import io.wsprotocol.spring.server.LimitSource;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.SessionFactory;
import io.wsprotocol.spring.server.ShellFactory;
import io.wsprotocol.spring.server.StompLimits;
import io.wsprotocol.spring.server.TransportUpgrade;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import io.wsprotocol.spring.server.WsProtocolEndpointInstaller;
import io.wsprotocol.spring.server.WsProtocolHandshakeHandler;
import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import io.wsprotocol.spring.server.jetty.JettyConfigurerLimits;
import io.wsprotocol.spring.server.jetty.JettyUpgrade;
import io.wsprotocol.spring.server.servlet.ServletUpgrade;
import io.wsprotocol.spring.server.tomcat.TomcatUpgrade;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.Order;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

/**
 * Auto-configuration of Spring's WebSocket support in servlet containers: the strategy, a handshake handler, and what moves the
 * endpoints that the application has already.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolServerAutoConfiguration.class,
        afterName = "org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(
        name = {
            "org.springframework.web.socket.server.support.WebSocketHandlerMapping",
            "org.springframework.web.servlet.handler.SimpleUrlHandlerMapping",
            "jakarta.servlet.http.HttpUpgradeHandler"
        })
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@Conditional(OnEndpointModeCondition.class)
@ImportRuntimeHints(WsProtocolServletRuntimeHints.class)
public final class WsProtocolServletAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    WebSocketBroadcaster webSocketBroadcaster() {
        return new WebSocketBroadcaster();
    }

    /** A listener that Boot registers with the container. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "ws-protocol.server.close-with-http-session", matchIfMissing = true)
    HttpSessionEnd webSocketHttpSessionEnd() {
        return new HttpSessionEnd();
    }

    @Bean
    @ConditionalOnMissingBean
    SessionFactory webSocketSessionFactory(
            ShellFactory shells, ConnectionRegistry registry, ObjectProvider<HttpSessionEnd> httpSessions) {
        return new SessionFactory(shells, registry, httpSessions.getIfAvailable());
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolRequestUpgradeStrategy webSocketRequestUpgradeStrategy(
            ServerHandshakes handshakes,
            SessionFactory sessions,
            ObjectProvider<TransportUpgrade> upgrades,
            WsProtocolProperties properties) {
        return new WsProtocolRequestUpgradeStrategy(
                handshakes, sessions, chosen(upgrades, properties.server().transport()));
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolHandshakeHandler webSocketHandshakeHandler(WsProtocolRequestUpgradeStrategy strategy) {
        return new WsProtocolHandshakeHandler(strategy);
    }

    @Bean(destroyMethod = "close")
    @Order(2)
    @ConditionalOnMissingBean
    ServletUpgrade webSocketServletUpgrade() {
        return new ServletUpgrade();
    }

    /** Static and without dependencies, so that no bean is made before its time because of it. */
    @Bean
    static WsProtocolEndpointInstaller webSocketEndpointInstaller(
            ObjectProvider<WsProtocolProperties> properties,
            ObjectProvider<WsProtocolRequestUpgradeStrategy> strategy,
            ObjectProvider<LimitSource> limits) {
        return new WsProtocolEndpointInstaller(
                () -> properties.getObject().spring().policy(),
                strategy::getObject,
                () -> limits.orderedStream().toList());
    }

    @Bean
    @Order(0)
    StompLimits webSocketStompLimits() {
        return new StompLimits();
    }

    /** {@return the ways to take a socket over that the properties leave} */
    static List<TransportUpgrade> chosen(ObjectProvider<TransportUpgrade> upgrades, ServerTransport transport) {
        return upgrades.orderedStream()
                .filter(upgrade -> switch (transport) {
                    case AUTO -> true;
                    case NATIVE -> !(upgrade instanceof ServletUpgrade);
                    case SERVLET -> !upgrade.isNative();
                })
                .toList();
    }

    /** What Spring's bean for containers of Jakarta WebSocket was told. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "jakarta.websocket.server.ServerContainer")
    static class JakartaLimits {

        /** For all endpoints, hence behind those who know one. */
        @Bean
        @Order(2)
        LimitSource webSocketContainerLimits(ObjectProvider<ServletServerContainerFactoryBean> containers) {
            return (handler, replaced) -> containers
                    .orderedStream()
                    .map(JakartaLimits::limitsOf)
                    .reduce(DeclaredLimits.NONE, DeclaredLimits::orElse);
        }

        private static DeclaredLimits limitsOf(ServletServerContainerFactoryBean container) {
            Integer text = container.getMaxTextMessageBufferSize();
            Integer binary = container.getMaxBinaryMessageBufferSize();
            Long idle = container.getMaxSessionIdleTimeout();
            return DeclaredLimits.most(
                    text == null ? null : text.longValue(),
                    binary == null ? null : binary.longValue(),
                    idle == null ? null : Duration.ofMillis(idle));
        }
    }

    /** What an application told the strategy of Spring that speaks to Jetty. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.eclipse.jetty.websocket.api.Configurable")
    static class JettyLimits {

        @Bean
        @Order(1)
        JettyConfigurerLimits webSocketJettyLimits() {
            return new JettyConfigurerLimits();
        }
    }

    /** Tomcat's own I/O, where Tomcat is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.apache.catalina.connector.RequestFacade",
                "org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler"
            })
    static class Tomcat {

        @Bean
        @Order(0)
        @ConditionalOnMissingBean
        TomcatUpgrade webSocketTomcatUpgrade() {
            return new TomcatUpgrade();
        }
    }

    /** Jetty's own I/O, where Jetty is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"org.eclipse.jetty.ee11.servlet.ServletCoreRequest", "org.eclipse.jetty.io.SocketChannelEndPoint"})
    static class Jetty {

        @Bean
        @Order(1)
        @ConditionalOnMissingBean
        JettyUpgrade webSocketJettyUpgrade() {
            return new JettyUpgrade();
        }

        /** Jetty's HTTP/2 has WebSockets, Tomcat's has none. */
        @Bean
        @ConditionalOnBooleanProperty(name = "server.http2.enabled")
        ExtendedConnectMapping webSocketExtendedConnectMapping(ObjectProvider<WebSocketHandlerMapping> mappings) {
            return new ExtendedConnectMapping(mappings::orderedStream);
        }
    }
}
