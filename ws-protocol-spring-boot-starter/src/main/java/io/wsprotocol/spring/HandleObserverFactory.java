package io.wsprotocol.spring;

import io.wsprotocol.HandleObserver;

/**
 * Makes an observer for each handle that the {@link WebSocketHandleFactory} makes. Every bean of this type is asked, in order.
 * Thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandleObserverFactory {

    /**
     * {@return the observer of a new handle} It is used by that handle only, under the handle's own thread rule.
     *
     * @param role the handle's role
     * @param connection whether a {@link io.wsprotocol.driver.WebSocketConnection} will own the handle and its {@link
     *     ConnectionObserver} reports the send queue; then the operations of the handle's own send queue are parts of messages
     *     that were counted there
     */
    HandleObserver observe(HandleRole role, boolean connection);
}
