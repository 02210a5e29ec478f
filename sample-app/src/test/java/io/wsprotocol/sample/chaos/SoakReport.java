package io.wsprotocol.sample.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * What a soak has seen, and what of it is wrong.
 *
 * @param plan what was to be done
 * @param tally what was counted
 * @param latency from the publisher to a reader, in microseconds
 * @param base before anything was connected
 * @param busy at the end of the run, with everything connected
 * @param end when everything was gone
 * @param samples taken during the run
 * @param lateMillis how late a timer of the clients' fired at worst
 * @param output what the server printed
 */
record SoakReport(
        SoakPlan plan,
        Tally tally,
        Histogram latency,
        Sample base,
        Sample busy,
        Sample end,
        List<Sample> samples,
        long lateMillis,
        String output) {

    /** L-09 of the limits, and a second. */
    private static final long CLOSE_MILLIS = 6_000;
    /** L-11 of the limits and a second. */
    private static final long STALL_MILLIS = 11_000;
    /** What a heap may be off by after a run: caches that fill slowly. */
    private static final long HEAP_SLACK = 8 << 20;

    /** {@return what went wrong, in words; empty when nothing did} */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        none(faults, "lost messages", tally.lost);
        none(faults, "repeated or reordered messages", tally.repeated);
        none(faults, "changed messages", tally.changed);
        none(faults, "wrong ends", tally.wrongEnds);
        none(faults, "hangs", tally.hangs);
        atMost(faults, "ms to a close", millis(tally.closeNanos.get()), CLOSE_MILLIS + lateMillis);
        atMost(
                faults,
                "ms that a stalled reader was kept",
                millis(tally.stallNanos.get()),
                STALL_MILLIS + lookMillis());
        atMost(faults, "descriptors at the end", end.descriptors(), base.descriptors());
        atMost(faults, "threads at the end", end.threads(), base.threads());
        atMost(faults, "bytes of heap at the end", end.heap(), base.heap() + HEAP_SLACK);
        if (tally.stalledGone.get() == 0) {
            faults.add("no stalled reader was dropped");
        }
        if (output.contains("ERROR") || output.contains("Exception")) {
            faults.add("the server printed errors");
        }
        faults.addAll(tally.notes());
        return faults;
    }

    private static void none(List<String> faults, String what, AtomicLong count) {
        atMost(faults, what, count.get(), 0);
    }

    private static void atMost(List<String> faults, String what, long count, long most) {
        if (count > most) {
            faults.add("%,d %s, at most %,d allowed".formatted(count, what, most));
        }
    }

    /** What the watch of the stalled readers adds to its figures: the longest time between two looks. */
    private long lookMillis() {
        return millis(tally.lookNanos.get());
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** {@return the report as lines} */
    String text() {
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        lines.add(plan.toString());
        lines.add("broadcasts %,d, delivered %,d, echoes %,d: lost %d, repeated or reordered %d, changed %d"
                .formatted(
                        tally.published.get(),
                        tally.delivered.get(),
                        tally.echoed.get(),
                        tally.lost.get(),
                        tally.repeated.get(),
                        tally.changed.get()));
        lines.add("broadcast latency ms: p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f"
                .formatted(
                        latency.getValueAtPercentile(50) / 1e3,
                        latency.getValueAtPercentile(99) / 1e3,
                        latency.getValueAtPercentile(99.9) / 1e3,
                        latency.getMaxValue() / 1e3));
        lines.add(
                "lives %,d, not begun on a busy machine %,d, wrong ends %d, hangs %d; slowest close %,d ms; timers of the clients at most %,d ms late"
                        .formatted(
                                tally.lives.get(),
                                tally.skipped.get(),
                                tally.wrongEnds.get(),
                                tally.hangs.get(),
                                millis(tally.closeNanos.get()),
                                lateMillis));
        for (Map.Entry<Harm, AtomicLong> harm : tally.byHarm.entrySet()) {
            lines.add("  %s %,d".formatted(harm.getKey(), harm.getValue().get()));
        }
        lines.add("stalled readers dropped %,d, kept at most %,d ms after the last byte; looked at least every %,d ms"
                .formatted(tally.stalledGone.get(), millis(tally.stallNanos.get()), lookMillis()));
        lines.add("before " + base);
        lines.add("busy   " + busy);
        lines.add("after  " + end);
        lines.add("heap slope of the second half: %,.0f bytes/s".formatted(heapSlope()));
        samples.forEach(sample -> lines.add("  " + sample));
        List<String> faults = faults();
        lines.add(faults.isEmpty() ? "all right" : "WRONG:");
        faults.forEach(lines::add);
        return lines.toString();
    }

    /** {@return bytes of live heap in a second, by least squares over the second half of the run} */
    double heapSlope() {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        double meanX = half.stream().mapToLong(Sample::second).average().orElse(0);
        double meanY = half.stream().mapToLong(Sample::heap).average().orElse(0);
        double xy = 0;
        double xx = 0;
        for (Sample sample : half) {
            xy += (sample.second() - meanX) * (sample.heap() - meanY);
            xx += (sample.second() - meanX) * (sample.second() - meanX);
        }
        return xx == 0 ? 0 : xy / xx;
    }
}
