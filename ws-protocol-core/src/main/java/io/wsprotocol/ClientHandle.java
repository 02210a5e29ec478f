package io.wsprotocol;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a connection. Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ClientHandle extends WebSocketHandle {

    private @Nullable ClientNegotiation negotiation;

    ClientHandle(HandleOptions options) {
        super(options, FrameKeys.of(options));
    }

    /**
     * Begins the opening handshake (RFC 6455 §4.1) with a new random key.
     *
     * <p>Windows counterpart: {@code WebSocketBeginClientHandshake}.
     *
     * @param subprotocols offered, most wanted first: tokens, each once
     * @param extensions offered, one with its parameters in each entry, most wanted first
     * @param initialHeaders what the application sends anyway; a header of ours replaces one of the same name
     * @return the headers to add to the request, in the order to send them; the application adds request line, {@code Host} and
     *     what else it needs
     * @throws WebSocketStateException when a handshake was begun before; nothing has changed
     * @throws IllegalArgumentException when an offer is malformed or a header is the handshake's own; nothing has changed
     */
    public List<HttpHeader> beginHandshake(
            List<String> subprotocols, List<String> extensions, List<HttpHeader> initialHeaders) {
        require(HandleState.CREATED);
        ClientNegotiation begun =
                new ClientNegotiation(FrameKeys.of(options()), subprotocols, extensions, initialHeaders);
        List<HttpHeader> request = begun.request();
        negotiation = begun;
        lifecycle.to(HandleState.HANDSHAKING);
        return request;
    }

    /**
     * Checks the server's answer and opens the handle. The status line is not seen here: that it says 101 is the application's to
     * check (RFC 6455 §4.1).
     *
     * <p>Windows counterpart: {@code WebSocketEndClientHandshake}.
     *
     * @param responseHeaders all headers of the answer
     * @return what the server selected
     * @throws WebSocketStateException when no handshake was begun; nothing has changed
     * @throws WebSocketHandshakeException when the answer breaks a rule; the handle stays where it is, drop the transport
     */
    public HandshakeResult endHandshake(List<HttpHeader> responseHeaders) {
        require(HandleState.HANDSHAKING);
        HandshakeResult result = Objects.requireNonNull(negotiation)
                .check(responseHeaders, options().subprotocolRequired());
        lifecycle.to(HandleState.OPEN);
        negotiation = null;
        return result;
    }

    /**
     * Opens the handle without a handshake, for transports that did it themselves, such as HTTP/2 (RFC 8441).
     *
     * @throws WebSocketStateException when a handshake was begun; nothing has changed
     */
    public void assumeHandshakeDone() {
        require(HandleState.CREATED);
        lifecycle.to(HandleState.OPEN);
    }

    private void require(HandleState expected) {
        if (lifecycle.handle() != expected) {
            throw new WebSocketStateException("the handle is " + lifecycle.handle() + ", expected " + expected);
        }
    }
}
