package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.DeploymentException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that are deployed on the engine, by path. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServerEndpoints {

    private final ConcurrentSkipListMap<PathTemplate, DeployedEndpoint> endpoints = new ConcurrentSkipListMap<>();

    /**
     * An endpoint that a path leads to. Immutable.
     *
     * @param endpoint the endpoint
     * @param pathParameters the variables of its path
     */
    record Match(DeployedEndpoint endpoint, Map<String, String> pathParameters) {}

    /** Makes one without an endpoint. */
    public ServerEndpoints() {}

    /** Adds an endpoint, if no other matches the same paths. */
    void add(PathTemplate path, DeployedEndpoint endpoint) throws DeploymentException {
        if (endpoints.putIfAbsent(path, endpoint) != null) {
            throw new DeploymentException("Two endpoints have the path '" + path + "'");
        }
    }

    /**
     * {@return the endpoint of a path; null when there is none}
     *
     * @param path of a request, decoded
     */
    @Nullable
    Match find(String path) {
        // In order of precedence, and few: what takes time is the match.
        for (Map.Entry<PathTemplate, DeployedEndpoint> entry : endpoints.entrySet()) {
            Map<String, String> values = entry.getKey().match(path);
            if (values != null) {
                return new Match(entry.getValue(), values);
            }
        }
        return null;
    }
}
