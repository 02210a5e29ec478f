package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint. Thread-safe.
 *
 * @param config the application's
 * @param methods those of an annotated class; null when it is an {@link Endpoint}
 */
record DeployedEndpoint(
        ServerEndpointConfig config, @Nullable AnnotatedMethods methods) {

    /** {@return whether the connection hands parts of messages over, not knowing what handlers the application will add} */
    boolean takesParts() {
        return methods == null || methods.takesParts();
    }

    /**
     * {@return what to call for one session}
     *
     * @throws InstantiationException when the application's class gives none
     */
    Endpoint newEndpoint(SessionEndpointConfig sessionConfig) throws InstantiationException {
        Class<?> type = config.getEndpointClass();
        Object instance = config.getConfigurator().getEndpointInstance(type);
        return methods == null
                ? (Endpoint) instance
                : new AnnotatedEndpoint(instance, methods, sessionConfig.pathParameters());
    }
}
