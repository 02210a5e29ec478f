package io.wsprotocol.spring.server;

import io.wsprotocol.driver.SendOutcome;

/**
 * Hears what became of one accepted message, exactly once. Called by whatever thread works on the connection then, with the connection's
 * lock held: it must neither block nor throw.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SendReceipt {

    /**
     * The message is sent or lost.
     *
     * @param outcome which of the two, and how
     */
    void completed(SendOutcome outcome);
}
