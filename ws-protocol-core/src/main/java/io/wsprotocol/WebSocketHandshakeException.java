package io.wsprotocol;

import java.util.List;

/**
 * The peer's handshake headers were refused. For a server, {@link #httpStatus()} and {@link #responseHeaders()} are the answer to
 * give before closing the transport (RFC 6455 §4.2.2, §4.4). Immutable.
 *
 * @since 0.1.0
 */
public final class WebSocketHandshakeException extends WebSocketException {

    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final transient List<HttpHeader> responseHeaders;

    /**
     * Makes a refusal; for drivers that read the heads of HTTP themselves.
     *
     * @param violation the rule that was broken
     * @param message rule, observed and expected; no byte of the peer
     * @param httpStatus what {@link #httpStatus()} answers
     * @param responseHeaders what {@link #responseHeaders()} answers
     */
    public WebSocketHandshakeException(
            Violation violation, String message, int httpStatus, List<HttpHeader> responseHeaders) {
        super(violation, message);
        this.httpStatus = httpStatus;
        this.responseHeaders = List.copyOf(responseHeaders);
    }

    /** {@return the status of the HTTP answer that a server owes: 400 or 426; meaningless at a client} */
    public int httpStatus() {
        return httpStatus;
    }

    /** {@return the headers that this answer needs, such as {@code Sec-WebSocket-Version}} */
    public List<HttpHeader> responseHeaders() {
        return responseHeaders == null ? List.of() : responseHeaders;
    }
}
