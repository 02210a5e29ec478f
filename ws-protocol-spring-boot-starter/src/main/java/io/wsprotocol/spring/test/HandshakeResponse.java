package io.wsprotocol.spring.test;

import org.springframework.http.HttpHeaders;

/**
 * What a server answered to an opening handshake. Immutable.
 *
 * @param status of HTTP, 101 for a connection
 * @param headers as they came
 * @since 0.1.0
 */
public record HandshakeResponse(int status, HttpHeaders headers) {

    /** Keeps the headers from being changed. */
    public HandshakeResponse {
        headers = HttpHeaders.readOnlyHttpHeaders(headers);
    }
}
