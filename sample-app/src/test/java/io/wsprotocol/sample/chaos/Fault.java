package io.wsprotocol.sample.chaos;

import org.jspecify.annotations.Nullable;

/**
 * What the proxy does to one connection. Immutable.
 *
 * @param latencyMillis how much later bytes arrive, in both directions
 * @param jitterMillis how much later still, at most and at random; order is kept
 * @param sliceBytes the most bytes written at once, and in a millisecond; 0 for no limit
 * @param bytesPerSecond the bandwidth of each direction, 0 for no limit
 * @param toServer what happens once to the bytes of the client; null for nothing
 * @param toClient what happens once to the bytes of the server; null for nothing
 */
record Fault(
        int latencyMillis,
        int jitterMillis,
        int sliceBytes,
        int bytesPerSecond,
        @Nullable Cut toServer,
        @Nullable Cut toClient) {

    /** Bytes pass as they are. */
    static final Fault NONE = new Fault(0, 0, 0, 0, null, null);

    static Fault latency(int millis, int jitterMillis) {
        return new Fault(millis, jitterMillis, 0, 0, null, null);
    }

    static Fault slices(int bytes) {
        return new Fault(0, 0, bytes, 0, null, null);
    }

    static Fault bandwidth(int bytesPerSecond) {
        return new Fault(0, 0, 0, bytesPerSecond, null, null);
    }

    static Fault toServer(Kind kind, long offset) {
        return new Fault(0, 0, 0, 0, new Cut(kind, offset, 0), null);
    }

    static Fault toClient(Kind kind, long offset) {
        return new Fault(0, 0, 0, 0, null, new Cut(kind, offset, 0));
    }

    static Fault corruptToServer(long offset, int mask) {
        return new Fault(0, 0, 0, 0, new Cut(Kind.CORRUPT, offset, mask), null);
    }

    static Fault corruptToClient(long offset, int mask) {
        return new Fault(0, 0, 0, 0, null, new Cut(Kind.CORRUPT, offset, mask));
    }

    /** What happens once, in one direction. */
    enum Kind {
        /** Nothing more passes in this direction; the connection stays. */
        STALL,
        /** Both ends get a reset. */
        RESET,
        /** The receiver sees the end of the bytes; what still comes is thrown away. The other direction goes on. */
        HALF_CLOSE,
        /** One byte is changed. */
        CORRUPT
    }

    /**
     * Where it happens. Immutable.
     *
     * @param kind what
     * @param offset before that byte of the direction's stream, the head of the upgrade included
     * @param mask bits that {@link Kind#CORRUPT} flips in that byte
     */
    record Cut(Kind kind, long offset, int mask) {}
}
