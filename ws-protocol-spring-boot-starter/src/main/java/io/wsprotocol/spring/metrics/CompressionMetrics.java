package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.spring.metrics.HandleMeters.Tag;
import java.util.function.ToDoubleFunction;

/**
 * Registers the meters of compression, which read the figures of a {@link CoderPool}: nothing is counted twice, and a message costs
 * Micrometer nothing. Thread-safe.
 *
 * @since 0.1.0
 */
public final class CompressionMetrics {

    private final MeterRegistry registry;
    private final CoderPool pool;

    /**
     * Registers the meters.
     *
     * @param registry where
     * @param pool whose figures; kept by someone else, as meters refer to it weakly
     */
    public CompressionMetrics(MeterRegistry registry, CoderPool pool) {
        this.registry = registry;
        this.pool = pool;
        Tags sent = tags(Tag.DIRECTION, "sent");
        Tags received = tags(Tag.DIRECTION, "received");
        counter(HandleMeters.COMPRESSION_MESSAGES, sent, CoderPool::deflatedMessages);
        counter(HandleMeters.COMPRESSION_MESSAGES, received, CoderPool::inflatedMessages);
        counter(HandleMeters.COMPRESSION_BYTES, payload(sent), CoderPool::bytesBeforeDeflate);
        counter(HandleMeters.COMPRESSION_BYTES, wire(sent), CoderPool::bytesAfterDeflate);
        counter(HandleMeters.COMPRESSION_BYTES, wire(received), CoderPool::bytesBeforeInflate);
        counter(HandleMeters.COMPRESSION_BYTES, payload(received), CoderPool::bytesAfterInflate);
        Tags deflater = tags(Tag.CODER, "deflater");
        Tags inflater = tags(Tag.CODER, "inflater");
        gauge(HandleMeters.COMPRESSION_CODERS_ACTIVE, deflater, CoderPool::deflatersInUse);
        gauge(HandleMeters.COMPRESSION_CODERS_ACTIVE, inflater, CoderPool::inflatersInUse);
        counter(HandleMeters.COMPRESSION_CODERS_EXHAUSTED, deflater, CoderPool::deflatersRefused);
        counter(HandleMeters.COMPRESSION_CODERS_EXHAUSTED, inflater, CoderPool::inflatersBeyond);
    }

    private static Tags tags(Tag tag, String value) {
        return Tags.of(tag.asString(), value);
    }

    private static Tags payload(Tags tags) {
        return tags.and(Tag.LAYER.asString(), "payload");
    }

    private static Tags wire(Tags tags) {
        return tags.and(Tag.LAYER.asString(), "wire");
    }

    private void counter(HandleMeters meter, Tags tags, ToDoubleFunction<CoderPool> figure) {
        FunctionCounter.builder(meter.getName(), pool, figure)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }

    private void gauge(HandleMeters meter, Tags tags, ToDoubleFunction<CoderPool> figure) {
        Gauge.builder(meter.getName(), pool, figure)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }
}
