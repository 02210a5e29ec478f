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
    private final AtomicInteger samples = new AtomicInteger();
    private final int sampleRate;

    /**
     * What is measured, and how often. Immutable.
     *
     * @param sampleRate one of how many actions and messages is timed, at least 1
     * @param receiveWait whether the silence of peers is timed
     * @param messageSize whether the sizes of messages are counted
     * @since 0.1.0
     */
    public record Settings(int sampleRate, boolean receiveWait, boolean messageSize) {

        /** Checks the rate. */
        public Settings {
            if (sampleRate < 1) {
                throw new IllegalArgumentException("sampleRate must be at least 1, was " + sampleRate);
            }
        }
    }

    /**
     * Registers all meters but those that are off unless asked for.
     *
     * @param registry where
     * @param sampleRate one of how many actions and messages is timed, at least 1
     */
    public HandleMetrics(MeterRegistry registry, int sampleRate) {
        this(registry, new Settings(sampleRate, false, false));
    }

    /**
     * Registers the meters.
     *
     * @param registry where
     * @param settings which of them
     */
    public HandleMetrics(MeterRegistry registry, Settings settings) {
        Objects.requireNonNull(registry, "registry");
        this.sampleRate = settings.sampleRate();
        for (HandleRole role : HandleRole.values()) {
            roles.put(role, new RoleMeters(registry, role, settings));
        }
    }

    @Override
    public HandleObserver observe(HandleRole role, boolean connection) {
        return new MeteredHandleObserver(meters(role), !connection, sampleRate, firstSample());
    }

    @Override
    public ConnectionObserver connectionOpened(HandleRole role, String transport) {
        meters(role).handshake(true, null);
        return new MeteredConnectionObserver(meters(role), transport, sampleRate, firstSample());
    }

    @Override
    public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
        meters(role).handshake(false, violation);
    }

    @Override
    public void handshakeCapped(HandleRole role, ConnectionCap cap) {
        meters(role).handshake(false, cap);
    }

    /** Handles and connections start at different actions and messages, so that sampling also sees short ones. */
    private int firstSample() {
        return 1 + Math.floorMod(samples.getAndIncrement(), sampleRate);
    }

    private RoleMeters meters(HandleRole role) {
        return Objects.requireNonNull(roles.get(role));
    }
}
