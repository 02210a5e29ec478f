package io.wsprotocol.spring.server;

import java.util.List;

/**
 * Moves WebSocket endpoints of the application onto the engine, and knows what became of each. Thread-safe.
 *
 * @since 0.1.0
 */
public interface EndpointInstaller {

    /** {@return what became of each endpoint so far, in the order they were found} */
    List<Decision> decisions();

    /** {@return the names of the ways to take a socket over, the preferred one first} */
    List<String> transportNames();

    /**
     * Which endpoints are moved. Immutable.
     *
     * @param move whether any is
     * @param required whether one that cannot be moved stops the start
     * @param excludePaths patterns of paths that stay with the container
     * @since 0.1.0
     */
    record Policy(boolean move, boolean required, List<String> excludePaths) {

        /** Copies the list. */
        public Policy {
            excludePaths = List.copyOf(excludePaths);
        }

        /**
         * {@return whether an endpoint stays with the container}
         *
         * @param mapping the path or pattern that it is mapped to
         */
        public boolean excludes(String mapping) {
            return excludePaths.stream().anyMatch(pattern -> new EndpointPattern(pattern).fits(mapping));
        }
    }

    /**
     * What became of one endpoint. Immutable.
     *
     * @param path its path or pattern
     * @param moved whether it runs on the engine
     * @param reason by which transport it is reached, or why it stayed with the container
     * @since 0.1.0
     */
    record Decision(String path, boolean moved, String reason) {}
}
