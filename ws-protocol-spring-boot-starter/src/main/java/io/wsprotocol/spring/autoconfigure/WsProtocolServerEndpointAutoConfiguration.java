package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.EndpointMode;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.HttpSessionEnd;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ShellFactory;
import io.wsprotocol.spring.server.TransportUpgrade;
import io.wsprotocol.spring.server.jakarta.ContainerSwap;
import io.wsprotocol.spring.server.jakarta.EndpointUpgrade;
import io.wsprotocol.spring.server.jakarta.EngineServerContainer;
import io.wsprotocol.spring.server.jakarta.ServerEndpointFilter;
import io.wsprotocol.spring.server.jakarta.ServerEndpointHints;
import io.wsprotocol.spring.server.jakarta.ServerEndpoints;
import jakarta.servlet.ServletContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of Jakarta WebSocket on Tomcat: its container on the engine, in the place of Tomcat's own.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WsProtocolServletAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(
        name = {
            "jakarta.websocket.server.ServerContainer",
            "org.apache.tomcat.websocket.server.WsServerContainer",
            "org.apache.catalina.connector.RequestFacade",
            "org.springframework.web.socket.server.standard.ServerEndpointExporter",
            "org.springframework.web.servlet.HandlerMapping"
        })
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "ws-protocol.spring.server-endpoints", matchIfMissing = true)
@Conditional(OnEndpointModeCondition.class)
public final class WsProtocolServerEndpointAutoConfiguration {

    @Bean
    ServerEndpoints webSocketServerEndpoints() {
        return new ServerEndpoints();
    }

    /** Behind the application's filters, so that what they refuse does not get here. */
    @Bean
    FilterRegistrationBean<ServerEndpointFilter> webSocketServerEndpointFilter(
            ServerEndpoints endpoints, ObjectProvider<ContainerSwap> swap) {
        FilterRegistrationBean<ServerEndpointFilter> registration = new FilterRegistrationBean<>(
                new ServerEndpointFilter(endpoints, () -> swap.getObject().container()));
        registration.setOrder(Ordered.LOWEST_PRECEDENCE);
        // An application's filters without an order have the same.
        registration.setMatchAfter(true);
        return registration;
    }

    @Bean
    SharedPathWarning webSocketSharedPathWarning(ObjectProvider<EndpointInstaller> installers) {
        return new SharedPathWarning(installers);
    }

    /** Has its say ahead of time only. */
    @Bean
    static ServerEndpointHints webSocketServerEndpointHints() {
        return new ServerEndpointHints();
    }

    /** Static and without dependencies, so that no bean is made before its time because of it. */
    @Bean
    static ContainerSwap webSocketContainerSwap(
            ConfigurableListableBeanFactory beans,
            ObjectProvider<ServletContext> servletContext,
            ObjectProvider<WsProtocolProperties> properties,
            ObjectProvider<EndpointUpgrade> upgrade,
            ObjectProvider<ServerEndpoints> endpoints) {
        return new ContainerSwap(
                () -> properties.getObject().spring().mode() == EndpointMode.AUTO && beans.isConfigurationFrozen(),
                servletContext::getIfAvailable,
                (before, occupied) -> new EngineServerContainer(
                        before,
                        occupied,
                        upgrade.getObject(),
                        endpoints.getObject(),
                        properties.getObject().spring().policy()));
    }

    @Bean
    EndpointUpgrade webSocketEndpointUpgrade(
            ServerHandshakes handshakes,
            ShellFactory shells,
            ConnectionRegistry registry,
            DeadlineScheduler scheduler,
            ObjectProvider<TransportUpgrade> upgrades,
            ObjectProvider<HttpSessionEnd> httpSessions,
            WsProtocolProperties properties) {
        return new EndpointUpgrade(
                handshakes,
                shells,
                registry,
                scheduler,
                WsProtocolServletAutoConfiguration.chosen(
                        upgrades, properties.server().transport()),
                httpSessions.getIfAvailable());
    }
}
