package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.Violation;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleObserverFactory;
import io.wsprotocol.spring.HandleRole;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of {@link HandleMeters} and makes the observers that feed them. Meters exist from the start, so that a
 * dashboard does too. Thread-safe. Keep it: gauges refer to it weakly.
 *
 * @since 0.1.0
 */
public final class HandleMetrics implements HandleObserverFactory, ConnectionObserverFactory {

    private final Map<HandleRole, RoleMeters> roles = new EnumMap<>(HandleRole.class);
    private final AtomicInteger handles = new AtomicInteger();
    private final int sampleRate;

    /**
     * Registers all meters.
     *
     * @param registry where
     * @param sampleRate one of how many actions is timed, at least 1
     */
    public HandleMetrics(MeterRegistry registry, int sampleRate) {
        Objects.requireNonNull(registry, "registry");
        if (sampleRate < 1) {
            throw new IllegalArgumentException("sampleRate must be at least 1, was " + sampleRate);
        }
        this.sampleRate = sampleRate;
        for (HandleRole role : HandleRole.values()) {
            roles.put(role, new RoleMeters(registry, role));
        }
    }

    @Override
    public HandleObserver observe(HandleRole role, boolean connection) {
        // Handles start at different actions, so that sampling also sees short connections.
        int firstSample = 1 + Math.floorMod(handles.getAndIncrement(), sampleRate);
        return new MeteredHandleObserver(meters(role), !connection, sampleRate, firstSample);
    }

    @Override
    public ConnectionObserver connectionOpened(HandleRole role) {
        meters(role).handshake(true, null);
        return new MeteredConnectionObserver(meters(role));
    }

    @Override
    public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
        meters(role).handshake(false, violation);
    }

    @Override
    public void handshakeCapped(HandleRole role, ConnectionCap cap) {
        meters(role).handshake(false, cap);
    }

    private RoleMeters meters(HandleRole role) {
        return Objects.requireNonNull(roles.get(role));
    }
}
