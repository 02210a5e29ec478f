package io.wsprotocol.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

/**
 * Holds a harness to a number of allocated bytes for each input, so that no length that a peer only declares turns into memory.
 * Not thread-safe: confine to one thread or guard with one lock.
 */
final class AllocationCeiling {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Loading a class costs memory as well, but only once each. */
    private static final int MOST_TRIES = 4;

    private final long bytes;

    AllocationCeiling(long bytes) {
        this.bytes = bytes;
    }

    /** Runs the harness, and again while it costs too much. */
    void run(Consumer<byte[]> harness, byte[] input) {
        for (int i = 0; i < MOST_TRIES; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            harness.accept(input);
            if (THREADS.getCurrentThreadAllocatedBytes() - before <= bytes) {
                return;
            }
        }
        throw new AssertionError("an input costs more memory than it may");
    }
}
