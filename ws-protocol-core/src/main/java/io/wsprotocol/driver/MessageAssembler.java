package io.wsprotocol.driver;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts the parts of one message together in one growing array, so that parts cost bytes and never objects. Whoever appends has
 * counted before, so no array is longer than the limit. Not thread-safe: confine to one thread or guard with one lock.
 */
final class MessageAssembler {

    private static final int FIRST_BYTES = 1024;
    /** The most bytes that a message begins with because the one before had as many. */
    private static final int MOST_EXPECTED = 64 << 10;

    /** The longest array that every VM makes, so the longest message that can be assembled. */
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private static final byte[] NOTHING = {};
    private static final ByteBuffer EMPTY = ByteBuffer.wrap(NOTHING);

    private final int limit;
    private byte[] array = NOTHING;
    private ByteBuffer view = EMPTY;
    private int length;
    /** The length of the message before: what has arrived, never what a header says. Messages of a peer are often alike. */
    private int expected = FIRST_BYTES;

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

    /** {@return whether the message fills its array, so that to give the array away wastes nothing} */
    boolean isFull() {
        return length == array.length;
    }

    /** {@return the bytes so far, the caller's own from now on} */
    ByteBuffer handOver() {
        ByteBuffer given = view();
        array = NOTHING;
        view = EMPTY;
        return given;
    }

    /** Ends the message and keeps the array for the next one unless it is larger than that many bytes. */
    void release(int keepBytes) {
        expected = Math.min(Math.max(length, FIRST_BYTES), MOST_EXPECTED);
        begun = false;
        length = 0;
        if (array.length > keepBytes) {
            array = NOTHING;
            view = EMPTY;
        }
    }

    private void grow(int needed) {
        long doubled = Math.max(expected, 2L * array.length);
        array = Arrays.copyOf(array, (int) Math.min(limit, Math.max(needed, doubled)));
        view = ByteBuffer.wrap(array);
    }
}
