package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Endpoint;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint and its open sessions. Thread-safe.
 *
 * @param config the application's
 * @param methods those of an annotated class; null when it is an {@link Endpoint}
 * @param sessions the open ones
 */
record DeployedEndpoint(
        ServerEndpointConfig config, @Nullable AnnotatedMethods methods, Set<Session> sessions) {

    /** {@return one without a session} */
    static DeployedEndpoint of(ServerEndpointConfig config, @Nullable AnnotatedMethods methods) {
        return new DeployedEndpoint(config, methods, ConcurrentHashMap.newKeySet());
    }

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
