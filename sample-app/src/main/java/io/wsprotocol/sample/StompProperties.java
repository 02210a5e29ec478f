package io.wsprotocol.sample;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where STOMP messages go.
 *
 * <p>Immutable.
 *
 * @param relay the broker that several instances share; without one, each instance is its own
 */
@ConfigurationProperties("sample.stomp")
record StompProperties(@Nullable Relay relay) {

    /**
     * A broker that speaks STOMP over TCP.
     *
     * @param host its name
     * @param port its STOMP port
     * @param login who the instance is to the broker
     * @param passcode that belongs to it
     */
    record Relay(
            @DefaultValue("localhost") String host,
            @DefaultValue("61613") int port,
            @DefaultValue("guest") String login,
            @DefaultValue("guest") String passcode) {}
}
