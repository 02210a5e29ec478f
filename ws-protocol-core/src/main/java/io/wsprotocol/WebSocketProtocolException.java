package io.wsprotocol;

/**
 * The peer broke a rule after the handshake; thrown by {@link WebSocketHandle#getAction}, again and again until the handle is
 * aborted. The send side stays usable, so that the driver can send a Close with {@link #closeStatus()} first (RFC 6455 §7.1.7).
 * Immutable.
 *
 * @since 0.1.0
 */
public final class WebSocketProtocolException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    private final long streamOffset;

    WebSocketProtocolException(Violation violation, String message, long streamOffset) {
        super(violation, message);
        this.streamOffset = streamOffset;
    }

    /** {@return the status that a Close about this fault should carry} */
    public int closeStatus() {
        return violation().closeStatus();
    }

    /** {@return how many bytes of the stream after the handshake came before the frame or the byte at fault} */
    public long streamOffset() {
        return streamOffset;
    }
}
