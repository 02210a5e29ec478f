package io.wsprotocol.driver;

import java.util.SplittableRandom;

/** The time that all parts of a {@link SimulatedLife} share, and the count of what went wrong in it. Not thread-safe. */
abstract class SimulatedWorld {

    private final long[] faults = new long[SimulatedFault.values().length];
    private long now;

    /** {@return nanoseconds since the life began} */
    final long now() {
        return now;
    }

    /** Moves the clock to a time; one that has passed changes nothing. */
    final void moveTo(long time) {
        now = Math.max(now, time);
    }

    final void count(SimulatedFault fault) {
        faults[fault.ordinal()]++;
    }

    /** {@return how often each {@link SimulatedFault} happened, by its ordinal} */
    final long[] faults() {
        return faults;
    }

    /** Lets time pass inside a callback of one end, in which the other goes on. */
    abstract void pass(SplittableRandom dice);

    static void require(boolean holds, String breach) {
        if (!holds) {
            throw new AssertionError(breach);
        }
    }
}
