package io.wsprotocol.spring.server;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.SendOverflow;
import java.time.Duration;
import java.util.Objects;

/**
 * What the sessions of an endpoint get. Immutable.
 *
 * @param options the options of their connections; whether messages arrive in parts is the handler's choice
 * @param overflow what becomes of a message that finds the send queue full
 * @param sendTimeout how long a send waits for a slow peer, if it does
 * @since 0.1.0
 */
public record SessionSettings(ConnectionOptions options, SendOverflow overflow, Duration sendTimeout) {

    /** Makes the options' overflow policy that of the settings. */
    public SessionSettings {
        Objects.requireNonNull(sendTimeout, "sendTimeout");
        if (options.overflowPolicy() != overflow.policy()) {
            options = options.toBuilder().overflowPolicy(overflow.policy()).build();
        }
    }

    /** {@return whether a send waits for room} */
    public boolean waits() {
        return overflow == SendOverflow.BLOCK;
    }

    /**
     * {@return the same for a handler that takes messages in parts, or whole}
     *
     * @param parts whether in parts
     */
    public SessionSettings partial(boolean parts) {
        return options.partialMessages() == parts
                ? this
                : new SessionSettings(options.toBuilder().partialMessages(parts).build(), overflow, sendTimeout);
    }
}
