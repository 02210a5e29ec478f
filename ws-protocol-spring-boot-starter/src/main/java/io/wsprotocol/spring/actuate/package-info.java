/**
 * What operators see and do: the actuator endpoint, the health of the engine, and what happened lately.
 */
@NullMarked
package io.wsprotocol.spring.actuate;

import org.jspecify.annotations.NullMarked;
