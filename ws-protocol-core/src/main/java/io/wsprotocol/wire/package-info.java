/**
 * The bytes of a frame: header layout, masking, UTF-8 and close payloads, as functions over arrays.
 *
 * <p>Floor 0, not exported. Uses nothing else of this project. Nothing here throws for what a peer sent; it answers with codes.
 */
@NullMarked
package io.wsprotocol.wire;

import org.jspecify.annotations.NullMarked;
