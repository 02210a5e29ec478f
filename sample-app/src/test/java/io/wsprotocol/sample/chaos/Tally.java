package io.wsprotocol.sample.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/** What the soak counts. Thread-safe. */
final class Tally {

    /** Faults that are told apart; more are only counted. */
    private static final int MOST_NOTES = 50;

    final AtomicLong published = new AtomicLong();
    final AtomicLong delivered = new AtomicLong();
    final AtomicLong echoed = new AtomicLong();
    final AtomicLong lost = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong changed = new AtomicLong();
    final AtomicLong lives = new AtomicLong();
    final AtomicLong skipped = new AtomicLong();
    final AtomicLong livesOpen = new AtomicLong();
    final AtomicLong wrongEnds = new AtomicLong();
    final AtomicLong hangs = new AtomicLong();
    final AtomicLong stalledGone = new AtomicLong();
    final LongAccumulator closeNanos = new LongAccumulator(Math::max, 0);
    final LongAccumulator stallNanos = new LongAccumulator(Math::max, 0);
    final LongAccumulator lookNanos = new LongAccumulator(Math::max, 0);
    final Map<Harm, AtomicLong> byHarm = new EnumMap<>(Harm.class);
    private final Map<String, AtomicLong> notes = new ConcurrentHashMap<>();

    Tally() {
        for (Harm harm : Harm.values()) {
            byHarm.put(harm, new AtomicLong());
        }
    }

    /** Keeps a word about something that went wrong. */
    void note(String fault) {
        AtomicLong times = notes.get(fault);
        if (times == null && notes.size() < MOST_NOTES) {
            times = notes.computeIfAbsent(fault, key -> new AtomicLong());
        }
        if (times != null) {
            times.incrementAndGet();
        }
    }

    /** {@return what went wrong, each with how often} */
    List<String> notes() {
        List<String> lines = new ArrayList<>();
        notes.forEach((fault, times) -> lines.add(times.get() + " × " + fault));
        return lines;
    }

    @Override
    public String toString() {
        return "delivered %,d, echoed %,d, lives %,d, open %d, stalled readers dropped %d, lost %d, repeated %d, changed %d, wrong ends %d, hangs %d"
                .formatted(
                        delivered.get(),
                        echoed.get(),
                        lives.get(),
                        livesOpen.get(),
                        stalledGone.get(),
                        lost.get(),
                        repeated.get(),
                        changed.get(),
                        wrongEnds.get(),
                        hangs.get());
    }
}
