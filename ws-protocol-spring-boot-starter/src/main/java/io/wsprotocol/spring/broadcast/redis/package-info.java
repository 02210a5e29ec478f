/** Broadcasts between instances by the publish and subscribe of Redis; needs spring-data-redis. */
@NullMarked
package io.wsprotocol.spring.broadcast.redis;

import org.jspecify.annotations.NullMarked;
