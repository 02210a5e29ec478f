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
 * @param textBytes the longest text message until the session says otherwise; no more than the options', and without effect when messages
 *     arrive in parts
 * @param binaryBytes the same of binary messages
 * @since 0.1.0
 */
public record SessionSettings(
        ConnectionOptions options, SendOverflow overflow, Duration sendTimeout, long textBytes, long binaryBytes) {

    /** Makes the options' overflow policy that of the settings. */
    public SessionSettings {
        Objects.requireNonNull(sendTimeout, "sendTimeout");
        if (options.overflowPolicy() != overflow.policy()) {
            options = options.toBuilder().overflowPolicy(overflow.policy()).build();
        }
    }

    /**
     * Makes settings with the options' limit for both kinds of messages.
     *
     * @param options see above
     * @param overflow see above
     * @param sendTimeout see above
     */
    public SessionSettings(ConnectionOptions options, SendOverflow overflow, Duration sendTimeout) {
        this(options, overflow, sendTimeout, options.maxMessageBytes(), options.maxMessageBytes());
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
                : with(options.toBuilder().partialMessages(parts).build());
    }

    /** {@return the same with other options} */
    SessionSettings with(ConnectionOptions others) {
        return new SessionSettings(others, overflow, sendTimeout, textBytes, binaryBytes);
    }
}
