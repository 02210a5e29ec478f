package io.wsprotocol.driver;

/**
 * A connection ended because of one of its own limits or deadlines; found in {@link CloseEvent#cause()}, never thrown by the
 * connection. Immutable. Has no stack trace, which would tell nothing about a peer, and no byte of the peer in its text.
 *
 * @since 0.1.0
 */
public final class ConnectionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    ConnectionException(FailureReason reason) {
        super(reason.text(), null, false, false);
        this.reason = reason;
    }

    /** {@return the limit or deadline} */
    public FailureReason reason() {
        return reason;
    }
}
