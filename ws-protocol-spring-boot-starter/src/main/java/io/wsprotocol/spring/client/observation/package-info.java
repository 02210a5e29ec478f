/**
 * Opening handshakes of clients as observations of Micrometer: timed, and part of the caller's trace.
 */
@NullMarked
package io.wsprotocol.spring.client.observation;

import org.jspecify.annotations.NullMarked;
