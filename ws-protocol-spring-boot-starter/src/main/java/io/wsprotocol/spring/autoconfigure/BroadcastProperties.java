package io.wsprotocol.spring.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code application.yml} says under {@code ws-protocol.broadcast}. Immutable.
 *
 * @param redis Broadcasts between instances through Redis.
 * @since 0.1.0
 */
public record BroadcastProperties(@DefaultValue Redis redis) {

    /**
     * Broadcasts between instances through Redis.
     *
     * @param enabled Whether broadcast groups reach the other instances through Redis.
     * @param channel Channel of all instances of the application, and of no other's.
     * @param queueMessages Most messages that wait for Redis; while it is away, newer ones are given up.
     * @since 0.1.0
     */
    public record Redis(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("ws-protocol") String channel,
            @DefaultValue("1024") int queueMessages) {

        /** Checks each value. */
        public Redis {
            if (channel.isBlank()) {
                throw new InvalidPropertyValueException(
                        "ws-protocol.broadcast.redis.channel", "", "the name of a channel", "ws-protocol");
            }
            PropertyRange.number("ws-protocol.broadcast.redis.queue-messages", queueMessages, 1, "1024");
        }
    }
}
