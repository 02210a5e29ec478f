package io.wsprotocol.spring;

/**
 * A bound on how many connections there may be or come (L-22), whose breach refuses a handshake. Immutable.
 *
 * @since 0.1.0
 */
public enum ConnectionCap {
    /** All sessions of the server: 503. */
    SESSIONS(503, "ws-protocol.limits.max-sessions"),
    /** Sessions of one remote address: 429. */
    SESSIONS_PER_ADDRESS(429, "ws-protocol.limits.max-sessions-per-address"),
    /** Handshakes per second of one remote address: 429. */
    HANDSHAKE_RATE(429, "ws-protocol.limits.handshake-rate");

    private final int httpStatus;
    private final String property;

    ConnectionCap(int httpStatus, String property) {
        this.httpStatus = httpStatus;
        this.property = property;
    }

    /** {@return the status that the refusal has (RFC 9110 §15.6.4, RFC 6585 §4)} */
    public int httpStatus() {
        return httpStatus;
    }

    /** {@return the property that sets it} */
    public String property() {
        return property;
    }
}
