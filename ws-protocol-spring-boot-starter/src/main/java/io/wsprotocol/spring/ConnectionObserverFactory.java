package io.wsprotocol.spring;

import io.wsprotocol.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears how opening handshakes end and makes an observer for each connection. Every bean of this type is asked, in order.
 * Thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ConnectionObserverFactory {

    /** Hears nothing. */
    ConnectionObserverFactory NONE = (role, transport) -> ConnectionObserver.NONE;

    /**
     * A handshake was accepted and its connection begins.
     *
     * @param role our role in it
     * @param transport what kind of transport carries it, one of a few names such as {@code tomcat native}
     * @return the observer of that connection
     */
    ConnectionObserver connectionOpened(HandleRole role, String transport);

    /**
     * A handshake was refused.
     *
     * @param role our role in it
     * @param violation the rule that the peer broke; null when it was refused for another reason, such as its origin
     */
    default void handshakeRefused(HandleRole role, @Nullable Violation violation) {}

    /**
     * A handshake was refused because there are too many connections, or they come too fast.
     *
     * @param role our role in it
     * @param cap the bound
     */
    default void handshakeCapped(HandleRole role, ConnectionCap cap) {}

    /**
     * {@return one factory that speaks for all}
     *
     * @param factories told in this order
     */
    static ConnectionObserverFactory all(List<ConnectionObserverFactory> factories) {
        return switch (factories.size()) {
            case 0 -> NONE;
            case 1 -> factories.get(0);
            default -> new ConnectionObserverChain.Factory(factories);
        };
    }
}
