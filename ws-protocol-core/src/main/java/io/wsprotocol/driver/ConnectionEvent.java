package io.wsprotocol.driver;

/**
 * What {@link WebSocketConnection#nextEvent()} found. Immutable.
 *
 * @since 0.1.0
 */
public enum ConnectionEvent {
    /** Nothing now: bytes, time or a resumed reader would change that. */
    NONE,
    /** A text message, or a part of one in partial mode (RFC 6455 §5.6). */
    TEXT,
    /** A binary message, or a part of one in partial mode (RFC 6455 §5.6). */
    BINARY,
    /** A Pong that does not answer the connection's own keep-alive (RFC 6455 §5.5.3). */
    PONG,
    /** The connection is over: exactly once, and last. */
    CLOSED
}
