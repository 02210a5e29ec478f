/**
 * WebFlux in servlet containers: their connections are taken over as those of Spring MVC are.
 */
@NullMarked
package io.wsprotocol.spring.reactive.servlet;

import org.jspecify.annotations.NullMarked;
