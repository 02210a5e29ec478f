package io.wsprotocol;

/**
 * What an {@link Action} asks of the driver. Immutable.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_ACTION}.
 *
 * @since 0.1.0
 */
public enum ActionType {
    /** Nothing to do now on that queue; {@link Action#waitsFor()} says what would change it. */
    NO_ACTION(0),
    /** Write all buffers, in order and completely, then complete with the number of bytes written. */
    SEND_TO_NETWORK(1),
    /** A send operation is over; its payload belongs to the caller again from completion on. */
    INDICATE_SEND_COMPLETE(2),
    /** Read at least one byte into the buffer, then complete with the number of bytes read; 0 cancels. */
    RECEIVE_FROM_NETWORK(3),
    /** A receive operation is over; the buffer holds what arrived until completion. */
    INDICATE_RECEIVE_COMPLETE(4);

    private final int nativeValue;

    ActionType(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    /** {@return the number that the Windows header gives this action} */
    public int nativeValue() {
        return nativeValue;
    }
}
