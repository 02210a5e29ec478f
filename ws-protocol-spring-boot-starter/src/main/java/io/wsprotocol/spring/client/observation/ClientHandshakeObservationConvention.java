package io.wsprotocol.spring.client.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and tags of observed handshakes. A bean of this type takes the place of {@link DefaultClientHandshakeObservationConvention}.
 *
 * @since 0.1.0
 */
public interface ClientHandshakeObservationConvention extends ObservationConvention<ClientHandshakeContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ClientHandshakeContext;
    }
}
