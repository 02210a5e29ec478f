package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The greatest number of the last minute, or since it was asked for last, if that is longer ago. Recording one that is not greater
 * costs a look: no clock and no write, which Micrometer's own window needs each time. Thread-safe.
 */
final class WindowMax {

    private static final int PARTS = 3;
    private static final long PART_MILLIS = 20_000;

    private final Clock clock;
    private final AtomicInteger sinceAsked = new AtomicInteger();

    /* What was taken over when somebody asked, by the twenty seconds in which that was; guarded by this. */
    private final int[] parts = new int[PARTS];
    private long part;

    /**
     * Makes one that has seen nothing, which is zero.
     *
     * @param clock tells when a number is forgotten
     */
    WindowMax(Clock clock) {
        this.clock = clock;
        this.part = clock.wallTime() / PART_MILLIS;
    }

    /** Notes a number, which is not negative. */
    void record(int number) {
        if (number > sinceAsked.get()) {
            sinceAsked.accumulateAndGet(number, Math::max);
        }
    }

    /** {@return the greatest} */
    synchronized int poll() {
        long now = clock.wallTime() / PART_MILLIS;
        // A clock that was set back forgets nothing; one that jumps ahead forgets all, once.
        for (int i = 0; i < PARTS && part < now; i++) {
            part = Math.max(part + 1, now - PARTS + 1);
            parts[Math.floorMod(part, PARTS)] = 0;
        }
        int at = Math.floorMod(part, PARTS);
        parts[at] = Math.max(parts[at], sinceAsked.getAndSet(0));
        int greatest = 0;
        for (int number : parts) {
            greatest = Math.max(greatest, number);
        }
        return greatest;
    }
}
