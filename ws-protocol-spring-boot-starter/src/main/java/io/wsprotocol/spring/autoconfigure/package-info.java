/**
 * Auto-configuration of the engine's beans, the configuration properties under {@code ws-protocol}, and the messages that explain a
 * start that failed because of them.
 */
@NullMarked
package io.wsprotocol.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
