package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes that are not consumed yet: {@code array[read..write)}. Starts over when empty; otherwise only an incomplete header
 * or control frame, at most 130 bytes, can be left when more is to be read, and moves to the front then. HOT. Not thread-safe:
 * confine to one thread or guard with one lock.
 */
final class ReceiveBuffer {

    private static final byte[] EMPTY = {};

    private final @Nullable BufferSource lender;
    private final int bytes;

    /** The memory; its content outside {@code [read, write)} means nothing. */
    byte[] array = EMPTY;
    /** Index in {@link #array} of the next byte to parse. */
    int read;
    /** Index in {@link #array} behind the last byte received. */
    int write;

    private @Nullable ByteBuffer view;
    private int base;

    /**
     * @param lender who lends the memory; null to allocate it when it is needed and keep it, and where it is given
     * @param bytes the capacity needed
     * @param given memory to use instead; null if there is none
     */
    ReceiveBuffer(@Nullable BufferSource lender, int bytes, @Nullable ByteBuffer given) {
        this.lender = lender;
        this.bytes = bytes;
        if (given != null) {
            hold(given);
        }
    }

    /** {@return bytes received and not consumed} */
    int available() {
        return write - read;
    }

    /** {@return the free part to read into} */
    ByteBuffer free() {
        ByteBuffer free = view;
        if (free == null) {
            free = WorkMemory.take(lender, bytes);
            hold(free);
        } else {
            System.arraycopy(array, read, array, base, write - read);
            write -= read - base;
            read = base;
        }
        return free.limit(bytes).position(write - base);
    }

    private void hold(ByteBuffer memory) {
        view = memory;
        array = memory.array();
        base = memory.arrayOffset();
        clear();
    }

    /**
     * {@return a view of received bytes}
     *
     * @param length how many from {@link #read} on
     */
    ByteBuffer view(int length) {
        int from = read - base;
        return Objects.requireNonNull(view).limit(from + length).position(from);
    }

    /** {@return whether nothing is left in it} */
    boolean isEmpty() {
        return read == write;
    }

    /** {@return whether memory is at hand that belongs to a lender} */
    boolean holdsLoan() {
        return lender != null && view != null;
    }

    /** Starts over at the front, which takes what was received as consumed. */
    void clear() {
        read = base;
        write = base;
    }

    /** Ends the loan; nothing may be left in it. */
    void giveBack() {
        ByteBuffer lent = Objects.requireNonNull(view);
        view = null;
        array = EMPTY;
        Objects.requireNonNull(lender).release(lent);
    }
}
