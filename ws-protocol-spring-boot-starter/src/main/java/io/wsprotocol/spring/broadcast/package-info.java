/**
 * Broadcasts that reach the sessions of all instances of an application. Begin with {@link io.wsprotocol.spring.broadcast.BroadcastGroups},
 * a bean; what carries messages from one instance to the others is a {@link io.wsprotocol.spring.broadcast.BroadcastBus}.
 */
@NullMarked
package io.wsprotocol.spring.broadcast;

import org.jspecify.annotations.NullMarked;
