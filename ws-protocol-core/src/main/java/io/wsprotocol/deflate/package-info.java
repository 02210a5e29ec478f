/**
 * Compression of messages: the extension {@code permessage-deflate} (RFC 7692), deflated by the zlib of the JDK,
 * inflated by a decoder of our own that knows where a block ends.
 *
 * <p>Floor 2. Above the engine, on raw header bits; a handle moves compressed bytes and knows nothing of it. Windows has no counterpart.
 */
@NullMarked
package io.wsprotocol.deflate;

import org.jspecify.annotations.NullMarked;
