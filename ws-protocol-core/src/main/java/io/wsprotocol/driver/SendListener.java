package io.wsprotocol.driver;

import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of accepted sends. Called on the owner's thread from inside the connection's methods: it may use the
 * any-thread methods of the connection, no other, and must neither block nor throw.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SendListener {

    /**
     * A send is over, exactly once for each that was {@link SendResult#ACCEPTED}. Its payload belongs to the caller again.
     *
     * @param context what was given with the send
     * @param outcome what became of it
     */
    void sendCompleted(@Nullable Object context, SendOutcome outcome);

    /**
     * The first frame of a text or binary send has left the queue and is the next, or among the next, to be written. Said at most
     * once of a send, and not of one that fails before.
     *
     * @param context what was given with the send
     * @param bytes its payload, before compression
     * @param endsMessage whether a message ends with it
     */
    default void sendStarted(@Nullable Object context, int bytes, boolean endsMessage) {}

    /**
     * The queue passed its high-water mark, or fell to the low one afterwards.
     *
     * @param writable whether more is welcome
     */
    default void writabilityChanged(boolean writable) {}
}
