package io.wsprotocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Queued operations of one direction, first in, first out: a ring that doubles up to its limit and then refuses. Entries are
 * reused. HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
final class OperationRing {

    /** What the application wants eventually. */
    static final class Operation {
        BufferType type = BufferType.RAW;
        /** First byte of the frame to send. */
        int header;
        /** Payload to send, or target to fill; null for none. */
        @Nullable
        ByteBuffer buffer;

        @Nullable
        Object context;
        /** Bytes of the whole frame on the wire. */
        long frameBytes;
        /** Whether all of it went to the network. */
        boolean transferred;
    }

    private static final Operation[] NONE = {};

    private final int limit;
    private Operation[] entries = NONE;
    private int head;
    private int size;

    OperationRing(int limit) {
        this.limit = limit;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return size == limit;
    }

    /** {@return the operation that is {@code index} places behind the oldest} */
    Operation peek(int index) {
        return entries[(head + index) & (entries.length - 1)];
    }

    /** {@return a new youngest entry, to be filled by the caller; the ring must not be full} */
    Operation add() {
        if (size == entries.length) {
            grow();
        }
        return peek(size++);
    }

    /** Removes the oldest operation and lets go of what it refers to. */
    void remove() {
        Operation oldest = peek(0);
        // A store of null costs a barrier too, see Action
        if (oldest.buffer != null) {
            oldest.buffer = null;
        }
        if (oldest.context != null) {
            oldest.context = null;
        }
        oldest.transferred = false;
        head = (head + 1) & (entries.length - 1);
        size--;
    }

    private void grow() {
        // One entry is what most connections ever need in a direction; a second costs every idle one 40 bytes
        Operation[] grown = new Operation[Math.max(1, entries.length * 2)];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = i < size ? peek(i) : new Operation();
        }
        entries = grown;
        head = 0;
    }
}
