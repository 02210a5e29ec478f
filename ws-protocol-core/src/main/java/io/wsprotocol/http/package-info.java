/**
 * The grammar of the opening handshake: header fields, their lists and tokens, and the heads of an upgrade request and response.
 *
 * <p>Floor 0, not exported. Uses nothing else of this project. Bodies, redirects and the rest of HTTP belong to the transport.
 */
@NullMarked
package io.wsprotocol.http;

import org.jspecify.annotations.NullMarked;
