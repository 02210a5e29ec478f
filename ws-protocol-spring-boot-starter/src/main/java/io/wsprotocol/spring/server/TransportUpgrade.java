package io.wsprotocol.spring.server;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the socket of an accepted handshake over from a kind of container. Thread-safe.
 *
 * @since 0.1.0
 */
public interface TransportUpgrade {

    /** {@return the name of its transports, such as {@code tomcat native}} */
    String name();

    /** {@return whether it is the own I/O of a container, which {@code ws-protocol.server.transport: servlet} does without} */
    default boolean isNative() {
        return false;
    }

    /**
     * {@return whether the request came through a container whose sockets this can take}
     *
     * @param request the handshake's request, perhaps wrapped by filters
     */
    boolean supports(HttpServletRequest request);

    /**
     * {@return the protocol that an extended CONNECT of HTTP/2 asks for (RFC 8441 §4); null when the request is none}
     *
     * @param request the handshake's request, supported
     */
    default @Nullable String extendedConnect(HttpServletRequest request) {
        return null;
    }

    /**
     * Asks the container for the socket. It is handed over after the response has left and all filters are done.
     *
     * @param request the handshake's request
     * @param starter called with the transport then
     * @throws IOException when the container fails
     * @throws ServletException when the container refuses
     */
    void upgrade(HttpServletRequest request, ShellStarter starter) throws IOException, ServletException;
}
