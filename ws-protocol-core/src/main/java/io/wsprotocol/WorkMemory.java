package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the sides of a handle come by memory: lent by a {@link BufferSource} while bytes are on their way, or else allocated on first
 * use and kept. Thread-safe.
 */
final class WorkMemory {

    private WorkMemory() {}

    /**
     * {@return a heap buffer with at least that capacity}
     *
     * @param lender who lends it; null to allocate
     * @param bytes the capacity needed
     */
    static ByteBuffer take(@Nullable BufferSource lender, int bytes) {
        if (lender == null) {
            return ByteBuffer.allocate(bytes);
        }
        ByteBuffer lent = Objects.requireNonNull(lender.acquire(bytes), "a BufferSource must not lend null");
        if (!lent.hasArray() || lent.capacity() < bytes) {
            throw new IllegalStateException("a BufferSource must lend heap buffers of at least " + bytes + " bytes");
        }
        return lent;
    }
}
