/**
 * The WebSocket handle: one connection's protocol state for the price of one object, without socket, thread or clock.
 *
 * <p>Floor 1. Uses {@code io.wsprotocol.wire} and {@code io.wsprotocol.http} below it and nothing else of this project.
 */
@NullMarked
package io.wsprotocol;

import org.jspecify.annotations.NullMarked;
