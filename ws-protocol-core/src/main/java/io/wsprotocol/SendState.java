package io.wsprotocol;

/**
 * What the send side of an open handle still takes. Immutable.
 *
 * @since 0.1.0
 */
public enum SendState {
    /** Everything. */
    OPEN,
    /** Our Close is queued or sent: control frames only (RFC 6455 §5.5.1). */
    CLOSE_QUEUED,
    /** A frame was cut by a short write: the byte stream is spoiled, nothing is taken any more. */
    BROKEN
}
