package io.wsprotocol.fuzz;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What came of a stream, as numbers: one for each byte of payload with the kind of its message, and a few for every other event. How
 * the stream was cut leaves no trace in it. Not thread-safe: confine to one thread or guard with one lock.
 */
final class EventLog {

    /** With a payload byte in the low eight bits. */
    static final int TEXT_BYTE = 0x100;
    /** With a payload byte in the low eight bits. */
    static final int BINARY_BYTE = 0x200;
    /** With a payload byte in the low eight bits. */
    static final int RAW_BYTE = 0x300;
    /** The end of a message; with its first header byte in the low eight bits. */
    static final int MESSAGE_END = 0x1000;
    /** A pong was received; with its length. Its bytes follow. */
    static final int PONG = 0x2000;
    /** A ping was answered; with the answer's length. Its bytes follow. */
    static final int ANSWER = 0x3000;
    /** A Close was received; its status and reason follow. */
    static final int CLOSE = 0x4000;
    /** A rule was broken; with its number. The offset follows. */
    static final int VIOLATION = 0x5000;

    private final int[] entries;
    private int size;

    EventLog(int capacity) {
        entries = new int[capacity];
    }

    void clear() {
        size = 0;
    }

    void add(int entry) {
        entries[size++] = entry;
    }

    void addBytes(int event, byte[] array, int from, int length) {
        add(event + length);
        for (int i = 0; i < length; i++) {
            add(array[from + i] & 0xFF);
        }
    }

    void addClose(int status, @Nullable String reason) {
        add(CLOSE);
        add(status);
        add(reason == null ? -1 : reason.length());
        for (int i = 0; reason != null && i < reason.length(); i++) {
            add(reason.charAt(i));
        }
    }

    void addViolation(int number, long offset) {
        add(VIOLATION + number);
        add((int) offset);
    }

    boolean sameAs(EventLog other) {
        return Arrays.equals(entries, 0, size, other.entries, 0, other.size);
    }
}
