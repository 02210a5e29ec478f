package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.util.concurrent.atomic.LongAdder;

/** The depth of one kind of queue over all connections of a role, kept by differences. Thread-safe. */
final class QueueMeters {

    private static final int WINDOW_PARTS = 3;
    private static final long WINDOW_PART_MILLIS = 20_000;

    private final LongAdder depth = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final TimeWindowMax max;

    QueueMeters(MeterRegistry registry, Tags tags) {
        max = new TimeWindowMax(registry.config().clock(), WINDOW_PART_MILLIS, WINDOW_PARTS);
        gauge(HandleMeters.QUEUE_DEPTH, depth, registry, tags);
        Gauge.builder(HandleMeters.QUEUE_DEPTH_MAX.getName(), max, TimeWindowMax::poll)
                .tags(tags)
                .register(registry);
    }

    /** Shows the bytes too. */
    QueueMeters withBytes(MeterRegistry registry, Tags tags) {
        gauge(HandleMeters.QUEUE_BYTES, bytes, registry, tags);
        return this;
    }

    /** One queue has that depth now and had another before. */
    void changed(int before, int now) {
        depth.add(now - before);
        if (now > before) {
            max.record(now);
        }
    }

    /** The payload in one queue has changed by so many bytes. */
    void bytesChanged(long difference) {
        bytes.add(difference);
    }

    static void gauge(HandleMeters meter, LongAdder state, MeterRegistry registry, Tags tags) {
        Gauge.builder(meter.getName(), state, LongAdder::sum)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }
}
