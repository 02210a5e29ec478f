/**
 * Connections as an application wants them: messages in and out, deadlines, keep-alive, bounded queues and a close that always ends.
 *
 * <p>Floor 3. Uses all of the core. Still without I/O: bytes and time come in as arguments, wishes go out as answers.
 */
@NullMarked
package io.wsprotocol.driver;

import org.jspecify.annotations.NullMarked;
