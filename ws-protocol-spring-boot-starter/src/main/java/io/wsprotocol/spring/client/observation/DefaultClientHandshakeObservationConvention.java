package io.wsprotocol.spring.client.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.wsprotocol.WebSocketHandshakeException;
import java.net.URI;
import java.util.Locale;

/**
 * Observations called {@code ws.protocol.client.handshake}, with the tags {@code client} (its name, or {@code none}), {@code outcome} ({@code accepted},
 * {@code refused} by a rule or the server, {@code failed} otherwise), {@code reason} (the rule, or {@code none}) and {@code exception} (its class, or {@code none});
 * in traces also {@code url}, without its query. Immutable.
 *
 * @since 0.1.0
 */
public class DefaultClientHandshakeObservationConvention implements ClientHandshakeObservationConvention {

    private static final String NAME = "ws.protocol.client.handshake";
    private static final String NONE = "none";

    /** Makes one. */
    public DefaultClientHandshakeObservationConvention() {}

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(ClientHandshakeContext context) {
        return "websocket handshake";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ClientHandshakeContext context) {
        Throwable error = context.getError();
        boolean refused = error instanceof WebSocketHandshakeException;
        return KeyValues.of(
                KeyValue.of("client", context.clientName()),
                KeyValue.of("outcome", context.accepted() ? "accepted" : refused ? "refused" : "failed"),
                KeyValue.of(
                        "reason",
                        error instanceof WebSocketHandshakeException e
                                ? e.violation().name().toLowerCase(Locale.ROOT)
                                : NONE),
                KeyValue.of("exception", error == null ? NONE : error.getClass().getSimpleName()));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(ClientHandshakeContext context) {
        URI uri = context.uri();
        return KeyValues.of("url", uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath());
    }
}
