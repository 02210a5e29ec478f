/**
 * Jetty's own I/O under a connection: reads when there is interest in them, gathering writes that never block, a close that closes. The
 * same for a socket of HTTP/1.1 and for a stream of HTTP/2 (RFC 8441).
 */
@NullMarked
package io.wsprotocol.spring.server.jetty;

import org.jspecify.annotations.NullMarked;
