package io.wsprotocol;

/**
 * A handle's life. Immutable.
 *
 * @since 0.1.0
 */
public enum HandleState {
    /** Made; the handshake has not begun. */
    CREATED,
    /** The handshake has begun and not ended. */
    HANDSHAKING,
    /** Operations may be queued. */
    OPEN,
    /** {@link WebSocketHandle#abort()} was called: queued operations are handed back, nothing else happens. */
    ABORTED,
    /** {@link WebSocketHandle#close()} was called. */
    DELETED
}
