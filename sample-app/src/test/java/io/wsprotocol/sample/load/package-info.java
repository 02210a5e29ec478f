/**
 * What the running sample costs over real sockets, next to the same application without the engine and next to plain Netty.
 */
@NullMarked
package io.wsprotocol.sample.load;

import org.jspecify.annotations.NullMarked;
