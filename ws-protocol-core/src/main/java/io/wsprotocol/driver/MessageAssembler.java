package io.wsprotocol.driver;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts the parts of one message together in one growing array, so that parts cost bytes and never objects. Whoever appends has
 * counted before, so no array is longer than the limit. Not thread-safe: confine to one thread or guard with one lock.
 */
final class MessageAssembler {

    private static final int FIRST_BYTES = 1024;
    /** The longest array that every VM makes, so the longest message that can be assembled. */
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private static final byte[] NOTHING = {};
    private static final ByteBuffer EMPTY = ByteBuffer.wrap(NOTHING);

    private final int limit;
    private byte[] array = NOTHING;
    private ByteBuffer view = EMPTY;
    private int length;
    private boolean begun;

    /** Makes an assembler for messages of up to that many bytes. */
    MessageAssembler(long maxBytes) {
        this.limit = limit(maxBytes);
    }

    /** {@return the most bytes of a message that may have that many and must fit an array} */
    static int limit(long maxBytes) {
        return (int) Math.min(maxBytes, LONGEST_ARRAY);
    }

    /** {@return whether a message has begun and not been released} */
    boolean begun() {
        return begun;
    }

    /** Copies a part, with which the message is still within the limit. */
    void append(ByteBuffer part) {
        int bytes = part.remaining();
        begun = true;
        if (bytes > array.length - length) {
            grow(length + bytes);
        }
        part.get(array, length, bytes);
        length += bytes;
    }

    /** {@return the bytes so far, valid until {@link #release}} */
    ByteBuffer view() {
        return view.clear().limit(length);
    }

    /** Ends the message and keeps the array for the next one unless it is larger than that many bytes. */
    void release(int keepBytes) {
        begun = false;
        length = 0;
        if (array.length > keepBytes) {
            array = NOTHING;
            view = EMPTY;
        }
    }

    private void grow(int needed) {
        long doubled = Math.max(FIRST_BYTES, 2L * array.length);
        array = Arrays.copyOf(array, (int) Math.min(limit, Math.max(needed, doubled)));
        view = ByteBuffer.wrap(array);
    }
}
