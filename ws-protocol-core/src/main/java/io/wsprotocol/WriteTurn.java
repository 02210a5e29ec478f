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

    /** {@return whether the send side may go on: the wire is its own, or free} */
    boolean takeForSend() {
        if (holder == CONTROL) {
            return false;
        }
        holder = SEND;
        return true;
    }

    /** {@return whether the automatic pong may go: only when the wire is free} */
    boolean takeForControl() {
        if (holder != FREE) {
            return false;
        }
        holder = CONTROL;
        return true;
    }

    /** {@return whether a frame of the send side is on its way} */
    boolean isHeldBySend() {
        return holder == SEND;
    }

    void release() {
        holder = FREE;
    }
}
