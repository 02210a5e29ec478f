package io.wsprotocol.spring;

/**
 * How bytes travel between a servlet container and the engine. Immutable.
 *
 * @since 0.1.0
 */
public enum ServerTransport {
    /** The container's own I/O where the engine knows the container, the Servlet API otherwise. */
    AUTO,
    /** The container's own I/O; a handshake fails where the engine does not know the container. */
    NATIVE,
    /** The upgrade of the Servlet API, on every container. */
    SERVLET
}
