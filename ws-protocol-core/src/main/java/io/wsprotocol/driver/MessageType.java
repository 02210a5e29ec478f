package io.wsprotocol.driver;

/**
 * The two kinds of message (RFC 6455 §5.6). Immutable.
 *
 * @since 0.1.0
 */
public enum MessageType {
    /** UTF-8 text. */
    TEXT,
    /** Any bytes. */
    BINARY
}
