/**
 * Tomcat's own I/O under a connection: reads when the poller says so, gathering writes that never block, a close that closes.
 */
@NullMarked
package io.wsprotocol.spring.server.tomcat;

import org.jspecify.annotations.NullMarked;
