/**
 * A small application that shows the starter at work.
 */
@NullMarked
package io.wsprotocol.sample;

import org.jspecify.annotations.NullMarked;
