/**
 * Spring's {@code WebSocketClient} on the ws-protocol engine: sockets, TLS, proxies and redirects of clients, clients by name from
 * {@code application.yml}, and connections that come back.
 */
@NullMarked
package io.wsprotocol.spring.client;

import org.jspecify.annotations.NullMarked;
