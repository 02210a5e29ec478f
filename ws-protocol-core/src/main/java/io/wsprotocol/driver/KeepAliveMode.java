package io.wsprotocol.driver;

/**
 * How a silent connection is kept alive. Immutable.
 *
 * @since 0.1.0
 */
public enum KeepAliveMode {
    /** Pings when nothing arrived for the interval, and misses a Pong that does not come (RFC 6455 §5.5.2). */
    PING,
    /** Sends a Pong that nobody asked for when nothing moved for the interval, and expects no answer (RFC 6455 §5.5.3). */
    UNSOLICITED_PONG,
    /** Sends nothing. */
    OFF
}
