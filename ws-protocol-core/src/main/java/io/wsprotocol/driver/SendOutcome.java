package io.wsprotocol.driver;

/**
 * What became of an accepted send. Immutable.
 *
 * @since 0.1.0
 */
public enum SendOutcome {
    /** Every byte went to the transport. */
    SENT,
    /** Given up for newer messages by {@link OverflowPolicy#DROP_OLDEST}, before its first byte. */
    DROPPED,
    /** The connection closed first; some of its bytes may have left. */
    FAILED
}
