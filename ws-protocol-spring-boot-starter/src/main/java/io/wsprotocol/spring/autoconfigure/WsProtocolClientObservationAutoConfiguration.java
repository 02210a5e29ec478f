package io.wsprotocol.spring.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.wsprotocol.spring.client.ClientConnectorCustomizer;
import io.wsprotocol.spring.client.observation.ClientHandshakeObservationConvention;
import io.wsprotocol.spring.client.observation.ObservedClientConnector;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of what observes the opening handshakes of clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class WsProtocolClientObservationAutoConfiguration {

    /** The outermost: what the others do belongs to the handshake. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "webSocketClientObservation")
    ClientConnectorCustomizer webSocketClientObservation(
            ObservationRegistry registry, ObjectProvider<ClientHandshakeObservationConvention> convention) {
        ClientHandshakeObservationConvention own = convention.getIfAvailable();
        return (name, connector) -> new ObservedClientConnector(name, connector, registry, own);
    }
}
