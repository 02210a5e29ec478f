package io.wsprotocol.sample;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The meters that the page draws, read at one moment.
 *
 * <p>Immutable.
 *
 * @param queues depth of each queue, of {@code ws.protocol.queue.depth} and {@code ws.protocol.queue.depth.max}
 * @param actions how long, of {@code ws.protocol.action}
 * @param done all actions of the server so far, of {@code ws.protocol.actions}
 * @param messages all messages so far, of {@code ws.protocol.messages}
 * @param bytes all bytes so far, of {@code ws.protocol.bytes}
 */
record MeterSnapshot(List<Queue> queues, List<Action> actions, double done, double messages, double bytes) {

    /**
     * One queue, of all connections.
     *
     * @param role {@code server} or {@code client}
     * @param queue {@code send} or {@code receive}
     * @param depth operations in it now, summed over all connections
     * @param deepest most operations that one connection had in it in the last minute
     */
    record Queue(String role, String queue, double depth, double deepest) {}

    /**
     * One kind of action: those of them that were timed.
     *
     * @param role {@code server} or {@code client}
     * @param action what it is, such as {@code send_to_network}
     * @param outcome {@code success} or {@code error}
     * @param timed how many so far
     * @param totalMicros time in them so far, in microseconds
     * @param meanMicros mean, in microseconds
     * @param maxMicros longest of the last minutes, in microseconds
     */
    record Action(
            String role,
            String action,
            String outcome,
            long timed,
            double totalMicros,
            double meanMicros,
            double maxMicros) {}

    static MeterSnapshot of(MeterRegistry registry) {
        return new MeterSnapshot(
                registry.find("ws.protocol.queue.depth").gauges().stream()
                        .map(depth -> queue(depth, registry))
                        .toList(),
                registry.find("ws.protocol.action").timers().stream()
                        .map(MeterSnapshot::action)
                        .toList(),
                sum(registry.find("ws.protocol.actions").tag("role", "server").meters()),
                sum(registry.find("ws.protocol.messages").meters()),
                sum(registry.find("ws.protocol.bytes").meters()));
    }

    private static Queue queue(Gauge depth, MeterRegistry registry) {
        @Nullable
        Gauge deepest = registry.find("ws.protocol.queue.depth.max")
                .tags(depth.getId().getTags())
                .gauge();
        return new Queue(tag(depth, "role"), tag(depth, "queue"), depth.value(), deepest == null ? 0 : deepest.value());
    }

    private static Action action(Timer timer) {
        return new Action(
                tag(timer, "role"),
                tag(timer, "action"),
                tag(timer, "outcome"),
                timer.count(),
                timer.totalTime(TimeUnit.MICROSECONDS),
                timer.mean(TimeUnit.MICROSECONDS),
                timer.max(TimeUnit.MICROSECONDS));
    }

    private static double sum(Collection<Meter> meters) {
        double sum = 0;
        for (Meter meter : meters) {
            for (Measurement measurement : meter.measure()) {
                sum += measurement.getValue();
            }
        }
        return sum;
    }

    private static String tag(Meter meter, String key) {
        @Nullable String value = meter.getId().getTag(key);
        return value == null ? "unknown" : value;
    }
}
