package io.wsprotocol.spring;

import io.wsprotocol.Violation;
import io.wsprotocol.driver.CloseEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several observers of one connection, told in order. As thread-safe as they are. */
final class ConnectionObserverChain implements ConnectionObserver {

    private final ConnectionObserver[] observers;

    private ConnectionObserverChain(List<ConnectionObserver> observers) {
        this.observers = observers.toArray(ConnectionObserver[]::new);
    }

    @Override
    public void queueChanged(int messages, long bytes) {
        for (ConnectionObserver observer : observers) {
            observer.queueChanged(messages, bytes);
        }
    }

    @Override
    public void sendOverflowed() {
        for (ConnectionObserver observer : observers) {
            observer.sendOverflowed();
        }
    }

    @Override
    public void closed(CloseEvent event) {
        for (ConnectionObserver observer : observers) {
            observer.closed(event);
        }
    }

    /** Several factories as one, told in order. Thread-safe. */
    static final class Factory implements ConnectionObserverFactory {

        private final List<ConnectionObserverFactory> factories;

        Factory(List<ConnectionObserverFactory> factories) {
            this.factories = List.copyOf(factories);
        }

        @Override
        public ConnectionObserver connectionOpened(HandleRole role) {
            List<ConnectionObserver> opened = new ArrayList<>(factories.size());
            for (ConnectionObserverFactory factory : factories) {
                opened.add(factory.connectionOpened(role));
            }
            return new ConnectionObserverChain(opened);
        }

        @Override
        public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
            for (ConnectionObserverFactory factory : factories) {
                factory.handshakeRefused(role, violation);
            }
        }

        @Override
        public void handshakeCapped(HandleRole role, ConnectionCap cap) {
            for (ConnectionObserverFactory factory : factories) {
                factory.handshakeCapped(role, cap);
            }
        }
    }
}
