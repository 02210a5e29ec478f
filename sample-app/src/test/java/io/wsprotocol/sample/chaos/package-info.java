/**
 * A network that misbehaves as it is told, and what lives through it: a proxy with faults from a seed, and the soak of the running sample behind it.
 */
@NullMarked
package io.wsprotocol.sample.chaos;

import org.jspecify.annotations.NullMarked;
