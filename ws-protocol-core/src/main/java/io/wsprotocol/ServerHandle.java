package io.wsprotocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a connection. Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ServerHandle extends WebSocketHandle {

    ServerHandle(HandleOptions options) {
        super(options, null);
    }

    /**
     * Checks a client's request (RFC 6455 §4.2.1) and makes the answer (§4.2.2). Request line, origin and everything else of HTTP are
     * the application's to judge.
     *
     * <p>Windows counterpart: {@code WebSocketBeginServerHandshake}.
     *
     * @param subprotocol the one that the application selected; null for none
     * @param extensions those that the application selected, one with its parameters in each entry
     * @param requestHeaders all headers of the request
     * @return the headers of the 101 answer, in the order to send them
     * @throws WebSocketStateException when a handshake was begun before; nothing has changed
     * @throws WebSocketHandshakeException when the request breaks a rule; it says which HTTP answer is due; nothing has changed
     * @throws IllegalArgumentException when a selected subprotocol or extension is malformed or was not offered; nothing has
     *     changed
     */
    public List<HttpHeader> beginHandshake(
            @Nullable String subprotocol, List<String> extensions, List<HttpHeader> requestHeaders) {
        requireCreated();
        List<HttpHeader> answer = ServerNegotiation.answer(subprotocol, extensions, requestHeaders);
        lifecycle.to(HandleState.HANDSHAKING);
        return answer;
    }

    /**
     * Checks a client's extended CONNECT of HTTP/2 (RFC 8441 §5) or HTTP/3 (RFC 9220), and makes the answer. The stream is the transport;
     * there is nothing to upgrade and no key to prove it by, so the answer has status 200 and names only what was selected. The other
     * pseudo-header fields, origin and everything else of HTTP are the application's to judge.
     *
     * <p>Windows counterpart: none.
     *
     * @param protocol the pseudo-header field {@code :protocol}
     * @param subprotocol the one that the application selected; null for none
     * @param extensions those that the application selected, one with its parameters in each entry
     * @param requestHeaders all headers of the request, without pseudo-header fields
     * @return the headers of the 200 answer, in the order to send them
     * @throws WebSocketStateException when a handshake was begun before; nothing has changed
     * @throws WebSocketHandshakeException when the request breaks a rule; it says which HTTP answer is due; nothing has changed
     * @throws IllegalArgumentException when a selected subprotocol or extension is malformed or was not offered; nothing has
     *     changed
     */
    public List<HttpHeader> beginExtendedConnect(
            String protocol, @Nullable String subprotocol, List<String> extensions, List<HttpHeader> requestHeaders) {
        requireCreated();
        List<HttpHeader> answer =
                ServerNegotiation.answerExtendedConnect(protocol, subprotocol, extensions, requestHeaders);
        lifecycle.to(HandleState.HANDSHAKING);
        return answer;
    }

    /**
     * Opens the handle. Optional: the first call that needs an open handle does it.
     *
     * <p>Windows counterpart: {@code WebSocketEndServerHandshake}.
     *
     * @throws WebSocketStateException when no handshake was begun, or it was ended before; nothing has changed
     */
    public void endHandshake() {
        if (lifecycle.handle() != HandleState.HANDSHAKING) {
            throw new WebSocketStateException("the handle is " + lifecycle.handle() + ", expected HANDSHAKING");
        }
        lifecycle.to(HandleState.OPEN);
    }

    /**
     * Opens the handle without a handshake, for transports that did it themselves, such as HTTP/2 (RFC 8441).
     *
     * @throws WebSocketStateException when a handshake was begun; nothing has changed
     */
    public void assumeHandshakeDone() {
        requireCreated();
        lifecycle.to(HandleState.OPEN);
    }

    private void requireCreated() {
        if (lifecycle.handle() != HandleState.CREATED) {
            throw new WebSocketStateException("the handle is " + lifecycle.handle() + ", expected CREATED");
        }
    }
}
