package io.wsprotocol;

/**
 * What the receive side of an open handle still yields. Immutable.
 *
 * @since 0.1.0
 */
public enum ReceiveState {
    /** Everything. */
    OPEN,
    /** The peer's Close was indicated (RFC 6455 §5.5.1): nothing may follow. */
    CLOSED,
    /** The peer broke a rule: each further look at the queue repeats the same error. */
    FAILED
}
