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
    public boolean timesSend() {
        boolean timed = false;
        for (ConnectionObserver observer : observers) {
            // Each is asked: it may count the questions.
            timed |= observer.timesSend();
        }
        return timed;
    }

    @Override
    public void sendWaited(long nanos) {
        for (ConnectionObserver observer : observers) {
            observer.sendWaited(nanos);
        }
    }

    @Override
    public void sendTook(long nanos) {
        for (ConnectionObserver observer : observers) {
            observer.sendTook(nanos);
        }
    }

    @Override
    public void messageSent(long bytes, boolean endsMessage) {
        for (ConnectionObserver observer : observers) {
            observer.messageSent(bytes, endsMessage);
        }
    }

    @Override
    public void messageReceived(long bytes, boolean endsMessage) {
        for (ConnectionObserver observer : observers) {
            observer.messageReceived(bytes, endsMessage);
        }
    }

    @Override
    public void readingSuspended(boolean suspended) {
        for (ConnectionObserver observer : observers) {
            observer.readingSuspended(suspended);
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
        closed(event, 0);
    }

    /** The end is said once, so the others hear of it although one failed over it. */
    private void closed(CloseEvent event, int next) {
        if (next < observers.length) {
            try {
                observers[next].closed(event);
            } finally {
                closed(event, next + 1);
            }
        }
    }

    /** Several factories as one, told in order. Thread-safe. */
    static final class Factory implements ConnectionObserverFactory {

        private final List<ConnectionObserverFactory> factories;

        Factory(List<ConnectionObserverFactory> factories) {
            this.factories = List.copyOf(factories);
        }

        @Override
        public ConnectionObserver connectionOpened(HandleRole role, String transport) {
            List<ConnectionObserver> opened = new ArrayList<>(factories.size());
            for (ConnectionObserverFactory factory : factories) {
                opened.add(factory.connectionOpened(role, transport));
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
