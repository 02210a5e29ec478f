/**
 * Meters of handles and connections. On the byte path there are only adders and, for one of so many actions, a timer that was looked
 * up beforehand; needs Micrometer.
 */
@NullMarked
package io.wsprotocol.spring.metrics;

import org.jspecify.annotations.NullMarked;
