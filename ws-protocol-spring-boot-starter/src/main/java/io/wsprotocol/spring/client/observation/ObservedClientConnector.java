package io.wsprotocol.spring.client.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.client.ClientConnector;
import io.wsprotocol.spring.client.ConnectAttempt;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Observes each opening handshake, its way to the server and its redirects included, and sends the trace along with it. What passes on the open connection is
 * not observed. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ObservedClientConnector implements ClientConnector {

    private static final ClientHandshakeObservationConvention DEFAULT =
            new DefaultClientHandshakeObservationConvention();

    private final String name;
    private final ClientConnector connector;
    private final ObservationRegistry registry;
    private final @Nullable ClientHandshakeObservationConvention convention;
    private final @Nullable Observation parent;

    /**
     * Makes one.
     *
     * @param name of the client
     * @param connector opens the connections
     * @param registry hears of them
     * @param convention names and tags; null for the default ones
     */
    public ObservedClientConnector(
            String name,
            ClientConnector connector,
            ObservationRegistry registry,
            @Nullable ClientHandshakeObservationConvention convention) {
        this(name, connector, registry, convention, null);
    }

    private ObservedClientConnector(
            String name,
            ClientConnector connector,
            ObservationRegistry registry,
            @Nullable ClientHandshakeObservationConvention convention,
            @Nullable Observation parent) {
        this.name = Objects.requireNonNull(name, "name");
        this.connector = Objects.requireNonNull(connector, "connector");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.convention = convention;
        this.parent = parent;
    }

    @Override
    public ClientConnector within(Function<Object, @Nullable Object> context) {
        Object known = context.apply(ObservationThreadLocalAccessor.KEY);
        Observation caller = known instanceof Observation observation ? observation : registry.getCurrentObservation();
        return new ObservedClientConnector(name, connector.within(context), registry, convention, caller);
    }

    @Override
    public Opened open(
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options,
            ConnectAttempt attempt)
            throws IOException {
        ClientHandshakeContext context = new ClientHandshakeContext(name, uri, headers);
        return Observation.createNotStarted(convention, DEFAULT, () -> context, registry)
                .parentObservation(parent)
                .observeChecked(() -> {
                    Opened opened = connector.open(uri, subprotocols, context.headers(), options, attempt);
                    context.accept();
                    return opened;
                });
    }
}
