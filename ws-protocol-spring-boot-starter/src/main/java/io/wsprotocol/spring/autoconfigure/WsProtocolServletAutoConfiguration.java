package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.EndpointMode;
import io.wsprotocol.spring.ServerTransport;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.server.ConnectionCaps;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.HttpSessionEnd;
import io.wsprotocol.spring.server.SessionFactory;
import io.wsprotocol.spring.server.SessionProfiles;
import io.wsprotocol.spring.server.TransportUpgrade;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import io.wsprotocol.spring.server.WsProtocolEndpointInstaller;
import io.wsprotocol.spring.server.WsProtocolHandshakeHandler;
import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import io.wsprotocol.spring.server.servlet.ServletUpgrade;
import io.wsprotocol.spring.server.tomcat.TomcatUpgrade;
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

/**
 * Auto-configuration of Spring's WebSocket support in servlet containers: the strategy, a handshake handler, and what moves the
 * endpoints that the application has already.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = WsProtocolAutoConfiguration.class,
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
    SessionProfiles webSocketSessionProfiles(WsProtocolProperties properties, ConnectionOptions options) {
        return new SessionProfilesMapper(properties, options).map();
    }

    @Bean
    @ConditionalOnMissingBean
    ConnectionCaps webSocketConnectionCaps(WsProtocolProperties properties, DeadlineScheduler scheduler) {
        WsProtocolProperties.Limits limits = properties.limits();
        return new ConnectionCaps(
                new ConnectionCaps.Settings(
                        limits.maxSessions().count(),
                        limits.maxSessionsPerAddress().count(),
                        limits.handshakeRate().count()),
                scheduler::now);
    }

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
            SessionProfiles profiles,
            ObjectProvider<ConnectionObserverFactory> observers,
            DeadlineScheduler scheduler,
            ConnectionRegistry registry,
            ConnectionCaps caps,
            ObjectProvider<HttpSessionEnd> httpSessions) {
        return new SessionFactory(
                profiles,
                WsProtocolAutoConfiguration.all(observers),
                scheduler,
                registry,
                caps,
                httpSessions.getIfAvailable());
    }

    @Bean
    @ConditionalOnMissingBean
    ConnectionRegistry webSocketConnectionRegistry() {
        return new ConnectionRegistry();
    }

    @Bean
    @ConditionalOnMissingBean
    GracefulDrain webSocketGracefulDrain(ConnectionRegistry registry, WsProtocolProperties properties) {
        return new GracefulDrain(registry, properties.shutdown().settings());
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolRequestUpgradeStrategy webSocketRequestUpgradeStrategy(
            WebSocketHandleFactory handles,
            ObjectProvider<ConnectionObserverFactory> observers,
            SessionFactory sessions,
            ObjectProvider<TransportUpgrade> upgrades,
            ConnectionRegistry registry,
            WsProtocolProperties properties) {
        return new WsProtocolRequestUpgradeStrategy(
                handles,
                WsProtocolAutoConfiguration.all(observers),
                sessions,
                chosen(upgrades, properties.server().transport()),
                registry,
                properties.shutdown().retryAfter());
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolHandshakeHandler webSocketHandshakeHandler(WsProtocolRequestUpgradeStrategy strategy) {
        return new WsProtocolHandshakeHandler(strategy);
    }

    @Bean(destroyMethod = "close")
    @Order(1)
    @ConditionalOnMissingBean
    ServletUpgrade webSocketServletUpgrade() {
        return new ServletUpgrade();
    }

    /** Static and without dependencies, so that no bean is made before its time because of it. */
    @Bean
    static WsProtocolEndpointInstaller webSocketEndpointInstaller(
            ObjectProvider<WsProtocolProperties> properties,
            ObjectProvider<WsProtocolRequestUpgradeStrategy> strategy) {
        return new WsProtocolEndpointInstaller(() -> policy(properties.getObject()), strategy::getObject);
    }

    private static WsProtocolEndpointInstaller.Policy policy(WsProtocolProperties properties) {
        WsProtocolProperties.Spring spring = properties.spring();
        return new WsProtocolEndpointInstaller.Policy(
                spring.mode() == EndpointMode.AUTO, spring.required(), spring.excludePaths());
    }

    private static List<TransportUpgrade> chosen(ObjectProvider<TransportUpgrade> upgrades, ServerTransport transport) {
        return upgrades.orderedStream()
                .filter(upgrade -> transport == ServerTransport.AUTO
                        || upgrade instanceof ServletUpgrade == (transport == ServerTransport.SERVLET))
                .toList();
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
}
