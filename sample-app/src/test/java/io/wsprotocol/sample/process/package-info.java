/**
 * Servers in processes of their own, watched from outside.
 */
@NullMarked
package io.wsprotocol.sample.process;

import org.jspecify.annotations.NullMarked;
