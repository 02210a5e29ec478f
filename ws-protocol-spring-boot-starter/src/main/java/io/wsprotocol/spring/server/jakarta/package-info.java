/**
 * Jakarta WebSocket 2.2 on the engine, for Tomcat: {@code @ServerEndpoint} classes and {@code Endpoint}s of the application.
 */
@NullMarked
package io.wsprotocol.spring.server.jakarta;

import org.jspecify.annotations.NullMarked;
