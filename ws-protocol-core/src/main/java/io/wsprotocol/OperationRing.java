package io.wsprotocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Operations that wait behind the oldest of their direction, first in, first out: a ring that doubles and stays as large as the
 * deepest queue, so that batches allocate nothing. Entries are reused. HOT. Not thread-safe: confine to one thread or guard with one
 * lock.
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

        void fill(BufferType newType, int newHeader, @Nullable ByteBuffer newBuffer, @Nullable Object newContext) {
            // A store of a reference costs a barrier, see Action; cleared entries refer to nothing
            if (type != newType) {
                type = newType;
            }
            header = newHeader;
            if (newBuffer != null) {
                buffer = newBuffer;
            }
            if (newContext != null) {
                context = newContext;
            }
        }

        /** Lets go of what it refers to. */
        void clear() {
            if (buffer != null) {
                buffer = null;
            }
            if (context != null) {
                context = null;
            }
            transferred = false;
        }
    }

    private static final Operation[] NONE = {};

    private Operation[] entries = NONE;
    private int head;
    private int size;

    int size() {
        return size;
    }

    /** {@return the operation that is {@code index} places behind the oldest} */
    Operation peek(int index) {
        return entries[(head + index) & (entries.length - 1)];
    }

    /** {@return a new youngest entry, to be filled by the caller} */
    Operation add() {
        if (size == entries.length) {
            grow();
        }
        return peek(size++);
    }

    /** {@return the oldest operation, which stays in its place to be reused: clear it when its content is taken} */
    Operation remove() {
        size--;
        return entries[head++ & (entries.length - 1)];
    }

    /**
     * {@return the oldest operation, taken out}
     *
     * @param free a cleared entry, which is used for a later operation
     */
    Operation exchange(Operation free) {
        int index = head & (entries.length - 1);
        Operation oldest = remove();
        entries[index] = free;
        return oldest;
    }

    private void grow() {
        Operation[] grown = new Operation[Math.max(1, entries.length * 2)];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = i < size ? peek(i) : new Operation();
        }
        entries = grown;
        head = 0;
    }
}
