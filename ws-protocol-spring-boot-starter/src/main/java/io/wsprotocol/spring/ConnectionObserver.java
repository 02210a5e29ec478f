package io.wsprotocol.spring;

import io.wsprotocol.driver.CloseEvent;

/**
 * Hears what one connection does beyond its handle: how deep its send queue is and how long messages wait in it, that sends found it
 * full, how large messages are, that reading is suspended, how it ended. Called by
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

    /**
     * {@return whether the message that is about to be sent shall be timed} Of the messages of a connection at most one is timed at
     * a time; while it is on its way the answer is not asked for. May be called by any thread.
     */
    default boolean timesSend() {
        return false;
    }

    /**
     * A message that is timed has left the queue: its bytes are handed out to be written.
     *
     * @param nanos since it was sent
     */
    default void sendWaited(long nanos) {}

    /**
     * A message that is timed is written, all of it.
     *
     * @param nanos since it was sent
     */
    default void sendTook(long nanos) {}

    /**
     * A text or binary message, or a part of one, begins to leave.
     *
     * @param bytes the payload, before compression
     * @param endsMessage whether the message ends with it
     */
    default void messageSent(long bytes, boolean endsMessage) {}

    /**
     * A text or binary message, or a part of one, has come in.
     *
     * @param bytes the payload, inflated
     * @param endsMessage whether the message ends with it
     */
    default void messageReceived(long bytes, boolean endsMessage) {}

    /**
     * Whether reading from the peer waits until the application has caught up. The same again is welcome.
     *
     * @param suspended whether it waits now
     */
    default void readingSuspended(boolean suspended) {}

    /** A send found the queue full, whatever the overflow policy made of it. May be called by any thread. */
    default void sendOverflowed() {}

    /**
     * The connection is over. Called by its owner exactly once and last: from then on it has no queue.
     *
     * @param event how it ended
     */
    default void closed(CloseEvent event) {}
}
