package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes that are not consumed yet: {@code array[read..write)}. Starts over when empty; otherwise only an incomplete header
 * or control frame, at most 130 bytes, can be left when more is to be read, and moves to the front then. What is borrowed begins
 * with {@value #FIRST_LOAN} bytes and doubles behind each loan that was filled: a peer that sends much is read in few pieces, and
 * one that drips holds no more than it paid for. HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
final class ReceiveBuffer {

    static final int FIRST_LOAN = 4096;

    private static final byte[] EMPTY = {};

    private final HandleOptions options;
    private int bytes;

    /** The memory; its content outside {@code [read, write)} means nothing. */
    byte[] array = EMPTY;
    /** Index in {@link #array} of the next byte to parse. */
    int read;
    /** Index in {@link #array} behind the last byte received. */
    int write;

    private @Nullable ByteBuffer view;
    private int base;

    /**
     * @param options who lends the memory, or that it is allocated when it is needed and kept, and how much it is
     * @param given memory to use instead; null if there is none
     */
    ReceiveBuffer(HandleOptions options, @Nullable ByteBuffer given) {
        this.options = options;
        this.bytes = options.receiveBufferSize();
        if (options.lender() != null) {
            this.bytes = Math.min(FIRST_LOAN, bytes);
        }
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
            free = WorkMemory.take(options.lender(), bytes);
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
        return view != null && options.lender() != null;
    }

    /** Starts over at the front, which takes what was received as consumed. */
    void clear() {
        read = base;
        write = base;
    }

    /** Ends the loan; what is left in it is taken as consumed. */
    void giveBack() {
        ByteBuffer lent = Objects.requireNonNull(view);
        if (write - base == bytes) {
            bytes = (int) Math.min(2L * bytes, options.receiveBufferSize());
        }
        clear();
        view = null;
        array = EMPTY;
        Objects.requireNonNull(options.lender()).release(lent);
    }
}
