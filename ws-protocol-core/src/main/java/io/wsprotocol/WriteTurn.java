package io.wsprotocol;

/**
 * Who may put bytes on the wire next. A turn is given back only at a frame's last byte, so that bytes of two frames never
 * interleave (RFC 6455 §5.4). HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
final class WriteTurn {

    private static final int FREE = 0;
    private static final int SEND = 1;
    private static final int CONTROL = 2;

    private int holder = FREE;

    /** The send side goes on; never while the wire {@link #isHeldByControl()}. */
    void takeForSend() {
        holder = SEND;
    }

    /** The automatic pong goes; only while the wire {@link #isFree()}. */
    void takeForControl() {
        holder = CONTROL;
    }

    /** {@return whether nobody writes} */
    boolean isFree() {
        return holder == FREE;
    }

    /** {@return whether an automatic pong is on its way} */
    boolean isHeldByControl() {
        return holder == CONTROL;
    }

    /** {@return whether a frame of the send side is on its way} */
    boolean isHeldBySend() {
        return holder == SEND;
    }

    void release() {
        holder = FREE;
    }
}
