/**
 * Spring WebFlux's WebSocket support on the ws-protocol engine: the session, the strategy that answers the handshake, and what moves
 * existing endpoints here. How bytes travel is the business of the sub-packages, one for each kind of server.
 */
@NullMarked
package io.wsprotocol.spring.reactive;

import org.jspecify.annotations.NullMarked;
