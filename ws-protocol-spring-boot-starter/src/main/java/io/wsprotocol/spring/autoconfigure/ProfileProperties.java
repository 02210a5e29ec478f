package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.spring.SendOverflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What one profile says otherwise than the rest of {@code ws-protocol}; what it does not mention stays. The properties have the
 * names and meanings that they have there. Immutable.
 *
 * @param limits What a peer may make us hold or do.
 * @param send The queue of outgoing messages of a connection.
 * @param keepalive How dead peers are found.
 * @param idleTimeout Time without a byte in either direction after which a connection is closed, or 'off'.
 * @param close The end of a connection.
 * @param compression Compression of messages (permessage-deflate).
 * @since 0.1.0
 */
public record ProfileProperties(
        @DefaultValue Limits limits,
        @DefaultValue Send send,
        @DefaultValue Keepalive keepalive,
        @Nullable TimeLimit idleTimeout,
        @DefaultValue Close close,
        @DefaultValue CompressionProperties.Profile compression) {

    /**
     * What a peer may make us hold or do.
     *
     * @param maxMessageSize Longest message accepted, at least 125B, or 'unlimited'. A longer one closes with 1009.
     * @param maxFragments Most frames accepted in one message, or 'unlimited'. More close with 1008.
     * @param maxEmptyFragments Most empty frames accepted in a row inside a message, or 'unlimited'. More close with 1008.
     * @param messageTimeout Longest time from the first frame of a message to its last, or 'off'. A slower one closes with 1008.
     * @param controlFrameRate Pings and pongs accepted per second in the long run, or 'unlimited'. More close with 1008.
     * @param controlFrameBurst Pings and pongs accepted at once.
     * @param maxSessionAge Longest life of a session, however busy it is, or 'off'. An older one closes with 1008.
     * @since 0.1.0
     */
    public record Limits(
            @Nullable SizeLimit maxMessageSize,
            @Nullable CountLimit maxFragments,
            @Nullable CountLimit maxEmptyFragments,
            @Nullable TimeLimit messageTimeout,
            @Nullable CountLimit controlFrameRate,
            @Nullable Integer controlFrameBurst,
            @Nullable TimeLimit maxSessionAge) {}

    /**
     * The queue of outgoing messages of a connection.
     *
     * @param queueBytes Most payload bytes queued, or 'unlimited'.
     * @param queueMessages Most messages queued, or 'unlimited'.
     * @param overflow What happens to a send that finds the queue full.
     * @param highWater Queued bytes from which senders wait.
     * @param lowWater Queued bytes at which they go on.
     * @param timeout How long a send may wait for room, and the transport for a peer that takes no byte.
     * @since 0.1.0
     */
    public record Send(
            @Nullable SizeLimit queueBytes,
            @Nullable CountLimit queueMessages,
            @Nullable SendOverflow overflow,
            @Nullable DataSize highWater,
            @Nullable DataSize lowWater,
            @Nullable Duration timeout) {}

    /**
     * How dead peers are found.
     *
     * @param mode What is sent to a silent peer.
     * @param interval Silence after which it is sent.
     * @param timeout How long a pong may take.
     * @param missed How many pongs in a row may be missing.
     * @since 0.1.0
     */
    public record Keepalive(
            @Nullable KeepAliveMode mode,
            @Nullable Duration interval,
            @Nullable Duration timeout,
            @Nullable Integer missed) {}

    /**
     * The end of a connection.
     *
     * @param timeout How long the peer may take to answer a Close until the transport is dropped.
     * @param failureTimeout The same after the peer broke a rule.
     * @since 0.1.0
     */
    public record Close(
            @Nullable Duration timeout, @Nullable Duration failureTimeout) {}
}
