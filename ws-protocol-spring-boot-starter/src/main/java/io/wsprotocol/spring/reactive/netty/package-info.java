/**
 * Reactor Netty's channels under a connection: reads only what is wanted, writes as the channel takes it, keeps TLS.
 */
@NullMarked
package io.wsprotocol.spring.reactive.netty;

import org.jspecify.annotations.NullMarked;
