package io.wsprotocol.spring.client;

/**
 * Changes how clients reach their servers: wraps what opens their connections, to add a header to each handshake, to watch, or to go another
 * way. Beans of this type are asked for each client at start, in their order; the last is the outermost.
 *
 * <pre>{@code
 * @Bean
 * ClientConnectorCustomizer tokens(TokenSource tokens) {
 *     return (name, connector) -> (uri, subprotocols, headers, options, attempt) -> {
 *         List<HttpHeader> all = new ArrayList<>(headers);
 *         all.add(new HttpHeader("Authorization", "Bearer " + tokens.current())); // anew for each attempt
 *         return connector.open(uri, subprotocols, all, options, attempt);
 *     };
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ClientConnectorCustomizer {

    /** The name of clients that have none. */
    String UNNAMED = "none";

    /**
     * {@return what opens connections from now on}
     *
     * @param name of the client under {@code ws-protocol.client}; {@link #UNNAMED} for the general one
     * @param connector what opens them until now
     */
    ClientConnector customize(String name, ClientConnector connector);
}
