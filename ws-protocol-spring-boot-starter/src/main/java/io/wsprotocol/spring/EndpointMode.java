package io.wsprotocol.spring;

/**
 * How the WebSocket endpoints of Spring come onto the engine. Immutable.
 *
 * @since 0.1.0
 */
public enum EndpointMode {
    /** Every endpoint that Spring maps is moved, without a change in the application. */
    AUTO,
    /** Only endpoints whose application code names the engine's handshake handler run on it. */
    EXPLICIT,
    /** No endpoint is moved and no bean for that is made. */
    OFF
}
