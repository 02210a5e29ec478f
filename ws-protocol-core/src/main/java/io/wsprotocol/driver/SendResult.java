package io.wsprotocol.driver;

/**
 * Whether the send queue took something. Immutable.
 *
 * @since 0.1.0
 */
public enum SendResult {
    /** Taken: the payload belongs to the connection until {@link SendListener#sendCompleted}. */
    ACCEPTED,
    /** Not taken, the queue is full. Nothing will be reported; {@link SendListener#writabilityChanged} tells when to try again. */
    FULL,
    /** Not taken and not wanted back: {@link OverflowPolicy#DROP_NEWEST} gave it up. Nothing will be reported. */
    DROPPED,
    /** Not taken, the connection is closing or closed. Nothing will be reported. */
    CLOSED;

    /** {@return whether a completion will be reported} */
    public boolean accepted() {
        return this == ACCEPTED;
    }
}
