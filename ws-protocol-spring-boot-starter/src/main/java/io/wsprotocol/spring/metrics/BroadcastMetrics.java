package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.wsprotocol.spring.broadcast.redis.RedisBroadcastBus;
import io.wsprotocol.spring.metrics.HandleMeters.Tag;
import java.util.function.ToDoubleFunction;

/**
 * Registers the meters of broadcasts between instances, which read the figures of the bus. Thread-safe.
 *
 * @since 0.1.0
 */
public final class BroadcastMetrics {

    private final MeterRegistry registry;
    private final RedisBroadcastBus bus;

    /**
     * Registers the meters.
     *
     * @param registry where
     * @param bus whose figures; kept by someone else, as meters refer to it weakly
     */
    public BroadcastMetrics(MeterRegistry registry, RedisBroadcastBus bus) {
        this.registry = registry;
        this.bus = bus;
        counter(HandleMeters.BROADCAST_MESSAGES, direction("sent"), RedisBroadcastBus::published);
        counter(HandleMeters.BROADCAST_MESSAGES, direction("received"), RedisBroadcastBus::received);
        counter(HandleMeters.BROADCAST_LOST, Tags.empty(), RedisBroadcastBus::lost);
        Gauge.builder(HandleMeters.BROADCAST_CONNECTED.getName(), bus, connected -> connected.isConnected() ? 1 : 0)
                .register(registry);
    }

    private static Tags direction(String value) {
        return Tags.of(Tag.DIRECTION.asString(), value);
    }

    private void counter(HandleMeters meter, Tags tags, ToDoubleFunction<RedisBroadcastBus> figure) {
        FunctionCounter.builder(meter.getName(), bus, figure)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }
}
