/**
 * A small application that shows the starter at work: an echo, a chat room and a page that draws the meters. Everything here is plain Spring;
 * nothing names the engine, so the same code runs on the container's own WebSocket support when the starter is taken away.
 */
@NullMarked
package io.wsprotocol.sample;

import org.jspecify.annotations.NullMarked;
