package io.wsprotocol.spring;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.Violation;
import java.util.List;

/** Several observers of one handle, told in order. As confined as its handle: not thread-safe. */
final class HandleObserverChain implements HandleObserver {

    /* An array, so that telling them allocates no iterator. */
    private final HandleObserver[] observers;

    HandleObserverChain(List<HandleObserver> observers) {
        this.observers = observers.toArray(HandleObserver[]::new);
    }

    @Override
    public void operationQueued(ActionQueue queue, int depth) {
        for (HandleObserver observer : observers) {
            observer.operationQueued(queue, depth);
        }
    }

    @Override
    public void actionIssued(Action action) {
        for (HandleObserver observer : observers) {
            observer.actionIssued(action);
        }
    }

    @Override
    public void actionCompleted(Action action, long bytesTransferred) {
        for (HandleObserver observer : observers) {
            observer.actionCompleted(action, bytesTransferred);
        }
    }

    @Override
    public void operationFinished(ActionQueue queue, int depth) {
        for (HandleObserver observer : observers) {
            observer.operationFinished(queue, depth);
        }
    }

    @Override
    public void violation(Violation violation) {
        for (HandleObserver observer : observers) {
            observer.violation(violation);
        }
    }

    @Override
    public void handleClosed() {
        for (HandleObserver observer : observers) {
            observer.handleClosed();
        }
    }
}
