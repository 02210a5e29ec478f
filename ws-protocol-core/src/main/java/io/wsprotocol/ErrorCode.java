package io.wsprotocol;

/**
 * The Windows error that corresponds to an exception. Immutable.
 *
 * @since 0.1.0
 */
public enum ErrorCode {
    /** {@code E_INVALID_PROTOCOL_OPERATION}: not allowed now, by the caller or by the peer. */
    INVALID_PROTOCOL_OPERATION(0x8376_0001),
    /** {@code E_INVALID_PROTOCOL_FORMAT}: bytes or headers of the wrong form. */
    INVALID_PROTOCOL_FORMAT(0x8376_0002),
    /** {@code E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED}: extension negotiation failed. */
    EXTENSIONS_NOT_SUPPORTED(0x8376_0003),
    /** {@code E_SUBPROTOCOL_NOT_SUPPORTED}: subprotocol negotiation failed. */
    SUBPROTOCOL_NOT_SUPPORTED(0x8376_0004),
    /** {@code E_PROTOCOL_VERSION_NOT_SUPPORTED}: the wrong {@code Sec-WebSocket-Version}. */
    VERSION_NOT_SUPPORTED(0x8376_0005),
    /** {@code E_INVALIDARG}: Java reports it as {@link IllegalArgumentException}. */
    INVALID_ARGUMENT(0x8007_0057);

    private final int hresult;

    ErrorCode(int hresult) {
        this.hresult = hresult;
    }

    /** {@return the HRESULT, negative as an int} */
    public int hresult() {
        return hresult;
    }
}
