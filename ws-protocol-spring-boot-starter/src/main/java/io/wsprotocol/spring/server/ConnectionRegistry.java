package io.wsprotocol.spring.server;

import io.wsprotocol.CloseInfo;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The server's connections that are open now, and whether new ones are welcome. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectionRegistry {

    /* How long a container may take from the answer of a handshake to its socket. After that, the client is taken for gone. */
    private static final long EXPECTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /* So many expected connections are kept without a look at how old they are. */
    private static final int EXPECTED_UNSEEN = 64;

    private final ConcurrentHashMap<String, LiveConnection> connections = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Long> expected = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile @Nullable CloseInfo farewell;

    /** Makes one without a connection, and open for new ones. */
    public ConnectionRegistry() {}

    /** {@return whether new handshakes are refused because the server drains} */
    public boolean isDraining() {
        return farewell != null;
    }

    /** {@return how many connections are open} */
    public int size() {
        return connections.size();
    }

    /** {@return all connections that are open, in no order} */
    public List<LiveConnection> connections() {
        return List.copyOf(connections.values());
    }

    /**
     * {@return the connection with that id}
     *
     * @param id the session's
     */
    public Optional<LiveConnection> find(String id) {
        return Optional.ofNullable(connections.get(id));
    }

    /**
     * A handshake was answered; its connection follows, unless the client goes before the container hands the socket over.
     *
     * @param id the session's
     */
    public void expect(String id) {
        expected.put(id, System.nanoTime());
        if (expected.size() > EXPECTED_UNSEEN) {
            forgetLate();
        }
    }

    /**
     * Takes in a connection whose handshake is done.
     *
     * @param connection whoever finds it here may close it
     */
    public void add(LiveConnection connection) {
        connections.put(connection.id(), connection);
        expected.remove(connection.id());
        // Its handshake may have been let in just before the doors were shut: whoever shuts them looks at the map after
        // that.
        CloseInfo leaving = farewell;
        if (leaving != null) {
            connection.shell().close(leaving.status(), leaving.reason());
        }
    }

    /**
     * Forgets a connection that is over.
     *
     * @param id the session's
     */
    public void remove(String id) {
        connections.remove(id);
        if (connections.isEmpty()) {
            signal();
        }
    }

    /** Refuses new handshakes from now on; a connection that comes in late is closed with these words. */
    void refuseNew(CloseInfo words) {
        farewell = Objects.requireNonNull(words, "words");
    }

    /** Welcomes new handshakes again. */
    void welcome() {
        farewell = null;
        signal();
    }

    /**
     * Waits until no connection is open or expected, or new ones are welcome again.
     *
     * @return whether no connection is open
     */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (left > 0 && isDraining() && !isEmpty()) {
                // Nobody says that an expected connection will not come.
                long wait = connections.isEmpty() ? Math.min(left, EXPECTED_NANOS / 20) : left;
                left -= wait - changed.awaitNanos(wait);
            }
        } finally {
            lock.unlock();
        }
        return connections.isEmpty();
    }

    private boolean isEmpty() {
        forgetLate();
        // In this order: a connection is added before it stops being expected.
        return expected.isEmpty() && connections.isEmpty();
    }

    private void forgetLate() {
        long now = System.nanoTime();
        expected.values().removeIf(since -> now - since > EXPECTED_NANOS);
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
