package io.wsprotocol.spring;

import io.wsprotocol.driver.OverflowPolicy;

/**
 * What becomes of a message that finds the send queue of its session full. Immutable.
 *
 * @since 0.1.0
 */
public enum SendOverflow {
    /**
     * The sender waits until the queue has fallen to its low-water mark. When that takes longer than the send timeout, the session is
     * closed with 4500, as Spring does.
     */
    BLOCK(OverflowPolicy.REJECT),
    /** The send fails with {@link io.wsprotocol.spring.server.SendQueueFullException}; the session goes on. */
    REJECT(OverflowPolicy.REJECT),
    /** The oldest messages that have not begun give way. */
    DROP_OLDEST(OverflowPolicy.DROP_OLDEST),
    /** The message is given up. */
    DROP_NEWEST(OverflowPolicy.DROP_NEWEST),
    /** The session is closed with 1008. */
    CLOSE(OverflowPolicy.CLOSE);

    private final OverflowPolicy policy;

    SendOverflow(OverflowPolicy policy) {
        this.policy = policy;
    }

    /** {@return what the connection's own queue does, which never waits} */
    public OverflowPolicy policy() {
        return policy;
    }
}
