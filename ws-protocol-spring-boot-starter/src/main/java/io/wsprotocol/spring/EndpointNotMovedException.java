package io.wsprotocol.spring;

import java.util.Objects;

/**
 * An endpoint of Spring could not be moved onto the engine although {@code ws-protocol.spring.required} asks for it. Stops the
 * start of the application. Immutable.
 *
 * @since 0.1.0
 */
public final class EndpointNotMovedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final String reason;

    /**
     * Makes the exception.
     *
     * @param path the mapping pattern of the endpoint, such as {@code /echo}
     * @param reason why it stays with the container, as half a sentence, such as {@code "its handshake handler is not Spring's"}
     */
    public EndpointNotMovedException(String path, String reason) {
        super("the WebSocket endpoint " + path + " was not moved onto ws-protocol: " + reason);
        this.path = Objects.requireNonNull(path, "path");
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** {@return the mapping pattern of the endpoint} */
    public String path() {
        return path;
    }

    /** {@return why it was not moved} */
    public String reason() {
        return reason;
    }
}
