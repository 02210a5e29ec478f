/**
 * For the tests of an application: WebSocket connections to its endpoints without a port, and a client that speaks in frames, right or
 * wrong, in memory and over sockets. Begin with {@link io.wsprotocol.spring.test.AutoConfigureInMemoryWebSockets} and
 * {@link io.wsprotocol.spring.test.FrameClient}.
 */
@NullMarked
package io.wsprotocol.spring.test;

import org.jspecify.annotations.NullMarked;
