package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import java.time.Duration;

/** The one place where configuration properties become {@link ConnectionOptions}. Immutable. */
final class ConnectionOptionsMapper {

    private final WsProtocolProperties properties;

    ConnectionOptionsMapper(WsProtocolProperties properties) {
        this.properties = properties;
    }

    /** {@return a builder that holds what the properties say} */
    ConnectionOptions.Builder map() {
        ConnectionOptions.Builder options = ConnectionOptions.builder();
        limits(options, properties.limits());
        send(options, properties.send());
        keepAlive(options, properties.keepalive());
        return options.idleTimeout(duration(properties.idleTimeout()))
                .closeTimeout(properties.close().timeout())
                .failureCloseTimeout(properties.close().failureTimeout())
                .compression(properties.compression().wanted());
    }

    private static void limits(ConnectionOptions.Builder options, WsProtocolProperties.Limits limits) {
        options.maxMessageBytes(limits.maxMessageSize().bytes())
                .maxFragments(limits.maxFragments().count())
                .maxEmptyFragments(limits.maxEmptyFragments().count())
                .messageTimeout(duration(limits.messageTimeout()))
                .controlFrameRate(limits.controlFrameRate().count())
                .controlFrameBurst(limits.controlFrameBurst())
                .maxLifetime(duration(limits.maxSessionAge()));
    }

    private static void send(ConnectionOptions.Builder options, WsProtocolProperties.Send send) {
        options.maxQueuedBytes(send.queueBytes().bytes())
                .maxQueuedMessages(send.queueMessages().count())
                .overflowPolicy(send.overflow().policy())
                .highWaterBytes(send.highWaterBytes())
                .lowWaterBytes(send.lowWaterBytes())
                .writeTimeout(send.timeout());
    }

    private void keepAlive(ConnectionOptions.Builder options, WsProtocolProperties.Keepalive keepalive) {
        options.keepAlive(keepalive.mode()).pongTimeout(keepalive.timeout()).missedPongsAllowed(keepalive.missed());
        if (keepalive.interval() != null) {
            options.pingInterval(keepalive.interval());
        } else if (properties.keepaliveInterval() != null) {
            options.pingInterval(properties.globalProperties().keepAliveInterval());
        }
    }

    /** {@return the time of a limit, or the word for none} */
    static Duration duration(TimeLimit limit) {
        Duration duration = limit.duration();
        return duration == null ? ConnectionOptions.OFF : duration;
    }
}
