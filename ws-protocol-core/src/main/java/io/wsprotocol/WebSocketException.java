package io.wsprotocol;

/**
 * The peer's fault: it broke a rule of the protocol. Immutable. Has no stack trace, which would tell nothing about a peer, and no
 * byte of the peer in its text.
 *
 * @since 0.1.0
 */
public abstract sealed class WebSocketException extends RuntimeException
        permits WebSocketProtocolException, WebSocketHandshakeException {

    private static final long serialVersionUID = 1L;

    private final Violation violation;

    WebSocketException(Violation violation, String message) {
        super(message, null, false, false);
        this.violation = violation;
    }

    /** {@return the rule that was broken} */
    public final Violation violation() {
        return violation;
    }

    /** {@return the corresponding Windows error} */
    public final ErrorCode code() {
        return violation.code();
    }

    /** {@return the HRESULT of {@link #code()}} */
    public final int hresult() {
        return violation.code().hresult();
    }
}
