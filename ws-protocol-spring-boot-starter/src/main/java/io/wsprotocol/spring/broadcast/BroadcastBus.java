package io.wsprotocol.spring.broadcast;

import java.util.function.Consumer;

/**
 * Carries broadcasts from this instance of an application to the others. A bean of this type takes the place of the one that there
 * is. Thread-safe.
 *
 * @since 0.1.0
 */
public interface BroadcastBus {

    /** Knows no other instance. */
    BroadcastBus LOCAL = new BroadcastBus() {
        @Override
        public void publish(BusMessage message) {}

        @Override
        public void receive(Consumer<BusMessage> receiver) {}
    };

    /**
     * Sends a message to all other instances, and never back to this one. Never waits; a message that cannot be carried is given up, and
     * the bus says so in its own way. What one thread publishes arrives in that order.
     *
     * @param message what to send
     */
    void publish(BusMessage message);

    /**
     * Says who takes what other instances publish. Called once, before anything is published.
     *
     * @param receiver told one message at a time; it does not wait
     */
    void receive(Consumer<BusMessage> receiver);
}
