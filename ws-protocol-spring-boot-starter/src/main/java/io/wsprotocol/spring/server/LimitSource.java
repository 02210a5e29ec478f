package io.wsprotocol.spring.server;

import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Knows one place in which applications say what the sessions of an endpoint may do, other than the properties of the starter.
 * Thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface LimitSource {

    /**
     * {@return what is said there; {@link DeclaredLimits#NONE} if nothing is}
     *
     * @param handler the endpoint's, without its decorators
     * @param replaced the strategy that the endpoint had before the engine's; null when it had none
     */
    DeclaredLimits declaredFor(WebSocketHandler handler, @Nullable RequestUpgradeStrategy replaced);
}
