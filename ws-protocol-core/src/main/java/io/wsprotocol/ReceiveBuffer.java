package io.wsprotocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes that are not consumed yet: {@code array[read..write)}. Starts over when empty; otherwise only an incomplete header
 * or control frame, at most 130 bytes, can be left when more is to be read, and moves to the front then. HOT. Not thread-safe:
 * confine to one thread or guard with one lock.
 */
final class ReceiveBuffer {

    private static final byte[] EMPTY = {};

    private final WorkBuffer work;

    /** The memory; its content outside {@code [read, write)} means nothing. */
    byte[] array = EMPTY;
    /** Index in {@link #array} of the next byte to parse. */
    int read;
    /** Index in {@link #array} behind the last byte received. */
    int write;

    private @Nullable ByteBuffer view;
    private int base;

    ReceiveBuffer(WorkBuffer work) {
        this.work = work;
    }

    /** {@return bytes received and not consumed} */
    int available() {
        return write - read;
    }

    /** {@return the free part to read into} */
    ByteBuffer free() {
        ByteBuffer free = hold();
        if (read > base) {
            System.arraycopy(array, read, array, base, write - read);
            write -= read - base;
            read = base;
        }
        return free.limit(work.bytes()).position(write - base);
    }

    /**
     * {@return a view of received bytes}
     *
     * @param length how many from {@link #read} on
     */
    ByteBuffer view(int length) {
        int from = read - base;
        return hold().limit(from + length).position(from);
    }

    /** {@return whether nothing is left in it} */
    boolean isEmpty() {
        return read == write;
    }

    /** {@return whether memory is at hand that belongs to a lender} */
    boolean holdsLoan() {
        return view != null && work.isBorrowed();
    }

    /** Starts over at the front, which takes what was received as consumed. */
    void clear() {
        read = base;
        write = base;
    }

    /** Gives the memory back to its lender; nothing may be left in it. */
    void release() {
        view = null;
        array = EMPTY;
        base = 0;
        clear();
        work.giveBack();
    }

    private ByteBuffer hold() {
        ByteBuffer held = view;
        if (held == null) {
            held = work.take();
            view = held;
            array = held.array();
            base = held.arrayOffset();
            clear();
        }
        return held;
    }
}
