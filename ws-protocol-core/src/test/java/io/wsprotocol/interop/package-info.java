/** Compression between the engine and other people's clients and servers, over sockets on the loopback address. */
@NullMarked
package io.wsprotocol.interop;

import org.jspecify.annotations.NullMarked;
