/**
 * The beans that put the ws-protocol engine to work in a Spring application.
 */
@NullMarked
package io.wsprotocol.spring;

import org.jspecify.annotations.NullMarked;
