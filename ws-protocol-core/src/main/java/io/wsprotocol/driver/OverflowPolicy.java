package io.wsprotocol.driver;

/**
 * What happens to a send that does not fit the queue. Control frames and parts of fragmented messages are never dropped.
 * Immutable.
 *
 * @since 0.1.0
 */
public enum OverflowPolicy {
    /** The send is refused with {@link SendResult#FULL}. */
    REJECT,
    /**
     * The send is taken, and the oldest messages that have not begun give way, each completed as {@link SendOutcome#DROPPED}. That
     * happens when the owner next comes by; until then the queue may hold twice its limits, beyond which sends are refused
     * with {@link SendResult#FULL}.
     */
    DROP_OLDEST,
    /** The send is given up with {@link SendResult#DROPPED}. */
    DROP_NEWEST,
    /** The connection fails with status 1008: the peer reads too slowly. The send gets {@link SendResult#CLOSED}. */
    CLOSE
}
