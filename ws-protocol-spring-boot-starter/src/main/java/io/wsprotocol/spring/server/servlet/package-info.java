/**
 * The upgrade of the Servlet API under a connection, for containers that the engine does not know.
 */
@NullMarked
package io.wsprotocol.spring.server.servlet;

import org.jspecify.annotations.NullMarked;
