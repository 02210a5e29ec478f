package io.wsprotocol;

/**
 * Which queue {@link WebSocketHandle#getAction} serves. Immutable.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_ACTION_QUEUE}.
 *
 * @since 0.1.0
 */
public enum ActionQueue {
    /** Only actions of send operations. */
    SEND(1),
    /** Actions of receive operations, and the engine's own pongs. */
    RECEIVE(2),
    /** Everything, in this order: a pending pong, then the send queue, then the receive queue. */
    ALL(3);

    private final int nativeValue;

    ActionQueue(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    /** {@return the bit flags that the Windows header gives this queue} */
    public int nativeValue() {
        return nativeValue;
    }
}
