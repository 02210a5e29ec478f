/**
 * Spring's WebSocket support for servlet containers on the ws-protocol engine: the session, the strategy that answers the
 * handshake, the shell that owns a connection's lock, and what moves existing endpoints here. How bytes travel is the business
 * of the sub-packages, one for each kind of container.
 */
@NullMarked
package io.wsprotocol.spring.server;

import org.jspecify.annotations.NullMarked;
