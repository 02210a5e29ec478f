package io.wsprotocol.driver;

/** What goes wrong, or comes at a bad moment, in a {@link SimulatedLife}; counted, so that a kind that never happens is noticed. Immutable. */
enum SimulatedFault {
    /** The network carries at most five bytes at once. */
    CHOPPED,
    /** One read finds what several writes sent. */
    COALESCED,
    /** Bytes arrive later than a millisecond after they left. */
    DELAYED,
    /** The network takes nothing for a while. */
    STALLED,
    /** The network took fewer bytes than it was given. */
    SHORT_WRITE,
    /** The connection is reset after some byte. */
    RESET,
    /** Nothing comes behind what is on its way. */
    HALF_CLOSED,
    /** What is on its way is lost, and the end is seen. */
    CUT,
    /** What is on its way, and all that follows, is lost, and nobody sees it. */
    BLACK_HOLE,
    /** A frame that breaks a rule stands between two frames, or a message behind the Close. */
    RULE_BROKEN,
    /** The clock is read long after a deadline. */
    LATE_TIMER,
    /** A deadline passes and nobody comes. */
    LOST_TIMER,
    /** Somebody comes, twice, although nothing is due. */
    DUPLICATE_TIMER,
    /** One side's clock jumps by an hour, to and fro. */
    CLOCK_JUMP,
    /** The pool has no memory, once. */
    EMPTY_POOL,
    /** A callback throws. */
    CALLBACK_THROWS,
    /** A callback takes its time, in which the other side goes on. */
    CALLBACK_BLOCKS,
    /** A callback sends, closes, pauses or aborts. */
    CALLBACK_REENTERS,
    /** The application aborts. */
    ABORTED,
    /** The application gives up a peer that is slow. */
    SLOW_PEER_FAILED,
    /** The largest message becomes smaller while messages are on their way. */
    LIMIT_LOWERED,
    /** A send is refused by a full queue. */
    QUEUE_FULL,
    /** A send is dropped, the oldest or the newest. */
    SEND_DROPPED,
    /** The queue overflows, and its policy is to close. */
    OVERFLOW_CLOSED,
    /** The queue passes its high-water mark. */
    HIGH_WATER
}
