package io.wsprotocol;

/**
 * The caller asked for something that is not allowed now. Nothing has changed. Immutable.
 *
 * <p>Windows counterpart: {@code E_INVALID_PROTOCOL_OPERATION} as answered to the caller.
 *
 * @since 0.1.0
 */
public final class WebSocketStateException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    WebSocketStateException(String message) {
        super(message);
    }

    /** {@return {@link ErrorCode#INVALID_PROTOCOL_OPERATION}} */
    public ErrorCode code() {
        return ErrorCode.INVALID_PROTOCOL_OPERATION;
    }
}
