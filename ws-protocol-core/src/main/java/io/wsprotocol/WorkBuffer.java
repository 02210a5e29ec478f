package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Memory that one side of a handle needs while bytes are on their way: lent by a {@link BufferSource} and given back when idle, or
 * else allocated on first use and kept. Not thread-safe: confine to one thread or guard with one lock.
 */
final class WorkBuffer {

    private final @Nullable BufferSource source;
    private final int bytes;
    private @Nullable ByteBuffer buffer;

    /**
     * @param source the lender; null to allocate and keep
     * @param bytes the capacity needed
     * @param given memory to use instead of both; null if there is none
     */
    WorkBuffer(@Nullable BufferSource source, int bytes, @Nullable ByteBuffer given) {
        this.source = given == null ? source : null;
        this.bytes = bytes;
        this.buffer = given;
    }

    /** {@return the capacity in bytes} */
    int bytes() {
        return bytes;
    }

    /** {@return whether the memory goes back to a lender when it is not needed} */
    boolean isBorrowed() {
        return source != null;
    }

    /** {@return the buffer, the same until {@link #giveBack}} */
    ByteBuffer take() {
        ByteBuffer held = buffer;
        if (held == null) {
            held = source == null ? ByteBuffer.allocate(bytes) : borrow(source);
            buffer = held;
        }
        return held;
    }

    private ByteBuffer borrow(BufferSource lender) {
        ByteBuffer lent = Objects.requireNonNull(lender.acquire(bytes), "a BufferSource must not lend null");
        if (!lent.hasArray() || lent.capacity() < bytes) {
            throw new IllegalStateException("a BufferSource must lend heap buffers of at least " + bytes + " bytes");
        }
        return lent;
    }

    /** Ends the loan, if it is one. */
    void giveBack() {
        ByteBuffer held = buffer;
        if (source != null && held != null) {
            buffer = null;
            source.release(held);
        }
    }
}
