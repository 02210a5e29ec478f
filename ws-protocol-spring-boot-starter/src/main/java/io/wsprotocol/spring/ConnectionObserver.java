package io.wsprotocol.spring;

import io.wsprotocol.driver.CloseEvent;

/**
 * Hears what one connection does beyond its handle: how deep its send queue is, that sends found it full, how it ended. Called by
 * the shell that owns the connection. It must not call the connection, block or throw.
 *
 * @since 0.1.0
 */
public interface ConnectionObserver {

    /** Hears nothing. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /**
     * The send queue may have another depth now. Called by the connection's owner after it worked on the connection; the same
     * values again are welcome and cost nothing.
     *
     * @param messages accepted and not completed, wherever they wait
     * @param bytes the payload bytes of those messages
     */
    default void queueChanged(int messages, long bytes) {}

    /** A send found the queue full, whatever the overflow policy made of it. May be called by any thread. */
    default void sendOverflowed() {}

    /**
     * The connection is over. Called by its owner exactly once and last: from then on it has no queue.
     *
     * @param event how it ended
     */
    default void closed(CloseEvent event) {}
}
