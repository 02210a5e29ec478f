package io.wsprotocol.spring.server;

import java.util.Objects;
import org.springframework.util.AntPathMatcher;

/**
 * A path pattern that names endpoints. It is compared with the path that an endpoint is mapped to, not with the path of a request.
 * Thread-safe.
 *
 * @param path the pattern
 */
record EndpointPattern(String path) {

    private static final AntPathMatcher PATHS = new AntPathMatcher();

    EndpointPattern {
        Objects.requireNonNull(path, "path");
    }

    /**
     * {@return whether it names an endpoint}
     *
     * @param mapping the path or pattern that the endpoint is mapped to
     */
    boolean fits(String mapping) {
        // A pattern with a variable does not match itself; and SockJS maps a whole tree, whose root names it.
        return mapping.equals(path) || mapping.equals(path + "/**") || PATHS.match(path, mapping);
    }
}
