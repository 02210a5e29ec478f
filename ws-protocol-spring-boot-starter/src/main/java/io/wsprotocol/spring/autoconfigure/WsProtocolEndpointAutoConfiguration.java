package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.spring.actuate.ConnectionJournal;
import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.GracefulDrain;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the actuator endpoint {@code wsprotocol}, where it is exposed.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WsProtocolServletAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(WsProtocolEndpoint.class)
@ConditionalOnBean(EndpointInstaller.class)
public final class WsProtocolEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ConnectionJournal webSocketConnectionJournal(WsProtocolProperties properties) {
        return new ConnectionJournal(properties.events().bufferSize(), Clock.systemUTC());
    }

    @Bean
    @ConditionalOnMissingBean
    WsProtocolEndpoint webSocketEndpoint(
            ConnectionRegistry registry,
            GracefulDrain drain,
            ConnectionJournal journal,
            ObjectProvider<EndpointInstaller> installers,
            Environment environment) {
        WsProtocolEndpoint.Engine engine = new WsProtocolEndpoint.Engine(
                WebSocketHandle.class.getPackage().getImplementationVersion(),
                installers
                        .orderedStream()
                        .flatMap(installer -> installer.transportNames().stream())
                        .distinct()
                        .toList(),
                Threading.VIRTUAL.isActive(environment));
        return new WsProtocolEndpoint(registry, drain, journal, () -> decisions(installers), engine, Clock.systemUTC());
    }

    private static List<EndpointInstaller.Decision> decisions(ObjectProvider<EndpointInstaller> installers) {
        return installers
                .orderedStream()
                .flatMap(installer -> installer.decisions().stream())
                .toList();
    }
}
