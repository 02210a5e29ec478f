package io.wsprotocol.spring.actuate;

import io.wsprotocol.spring.server.ConnectionRegistry;
import java.util.Objects;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of the server's WebSocket side: up with the number of its connections, out of service while it drains. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WsProtocolHealthIndicator extends AbstractHealthIndicator {

    private final ConnectionRegistry registry;

    /**
     * Makes one.
     *
     * @param registry the connections
     */
    public WsProtocolHealthIndicator(ConnectionRegistry registry) {
        super("The WebSocket connections could not be counted");
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        boolean draining = registry.isDraining();
        (draining ? builder.outOfService() : builder.up())
                .withDetail("connections", registry.size())
                .withDetail("draining", draining);
    }
}
