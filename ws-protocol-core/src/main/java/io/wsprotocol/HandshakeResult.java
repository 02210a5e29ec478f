package io.wsprotocol;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a server selected from a client's offers. Immutable.
 *
 * <p>Windows counterpart: the out parameters of {@code WebSocketEndClientHandshake}.
 *
 * @param subprotocol the name selected; null when the server selected none
 * @param subprotocolIndex its zero-based place in the offer; empty when the server selected none
 * @param extensions the selected extensions with their parameters, in the server's order
 * @param extensionIndices for each selected extension the zero-based place of the offer that it answers
 * @since 0.1.0
 */
public record HandshakeResult(
        @Nullable String subprotocol,
        OptionalInt subprotocolIndex,
        List<String> extensions,
        List<Integer> extensionIndices) {

    /** Copies the lists. */
    public HandshakeResult {
        extensions = List.copyOf(extensions);
        extensionIndices = List.copyOf(extensionIndices);
    }
}
