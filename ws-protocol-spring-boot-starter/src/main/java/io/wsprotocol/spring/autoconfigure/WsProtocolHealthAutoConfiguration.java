package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.actuate.WsProtocolHealthIndicator;
import io.wsprotocol.spring.server.ConnectionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health indicator {@code wsprotocol}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = WsProtocolServerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("wsprotocol")
@ConditionalOnBean(ConnectionRegistry.class)
public final class WsProtocolHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "wsprotocolHealthIndicator")
    WsProtocolHealthIndicator wsprotocolHealthIndicator(ConnectionRegistry registry) {
        return new WsProtocolHealthIndicator(registry);
    }
}
