package io.wsprotocol.spring.client;

import io.wsprotocol.spring.DeadlineScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * A client's connection that comes back after it was lost, until it is closed here. Each life has a session of its own, and the
 * handler hears of each. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReconnectingConnection implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(ReconnectingConnection.class);

    private final String name;
    private final Function<WebSocketHandler, CompletableFuture<WebSocketSession>> connect;
    private final WebSocketHandler handler;
    private final ReconnectPolicy policy;
    private final RandomGenerator random;
    private final DeadlineScheduler scheduler;
    private final DeadlineScheduler.Task retry;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private @Nullable WebSocketSession session;
    private @Nullable CompletableFuture<WebSocketSession> attempt;
    private long openedAt;
    private int failures;
    private boolean closed;

    /**
     * Begins to connect.
     *
     * @param name for the log
     * @param connect one attempt; never blocks
     * @param handler hears of each life
     * @param policy when to try again
     * @param random draws the waits
     * @param scheduler wakes us
     */
    ReconnectingConnection(
            String name,
            Function<WebSocketHandler, CompletableFuture<WebSocketSession>> connect,
            WebSocketHandler handler,
            ReconnectPolicy policy,
            RandomGenerator random,
            DeadlineScheduler scheduler) {
        this.name = Objects.requireNonNull(name, "name");
        this.connect = Objects.requireNonNull(connect, "connect");
        this.handler = new Life(handler);
        this.policy = Objects.requireNonNull(policy, "policy");
        this.random = Objects.requireNonNull(random, "random");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.retry = scheduler.register(this::attemptAgain);
    }

    /** Makes the first attempt. What it throws is thrown here, and there is no second. */
    ReconnectingConnection start() {
        try {
            attempt();
            return this;
        } catch (RuntimeException e) {
            retry.cancel();
            throw e;
        }
    }

    /** {@return the session of the life that is open now} */
    public Optional<WebSocketSession> session() {
        lock.lock();
        try {
            return Optional.ofNullable(session);
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connection with 1000, or gives up the attempt to open it, and does not come back. Idempotent. */
    @Override
    public void close() {
        WebSocketSession last;
        CompletableFuture<WebSocketSession> pending;
        lock.lock();
        try {
            closed = true;
            last = session;
            pending = attempt;
        } finally {
            lock.unlock();
        }
        retry.cancel();
        if (pending != null) {
            pending.cancel(false);
        }
        end(last);
    }

    private void attemptAgain() {
        try {
            attempt();
        } catch (RuntimeException e) {
            // Nobody else would try again: the next attempt is decided by the end of this one.
            lost("could not be opened: " + e);
        }
    }

    private void attempt() {
        if (isClosed()) {
            return;
        }
        CompletableFuture<WebSocketSession> connecting = connect.apply(handler);
        boolean late;
        lock.lock();
        try {
            late = closed;
            attempt = connecting;
        } finally {
            lock.unlock();
        }
        if (late) {
            connecting.cancel(false);
        }
        CompletableFuture<Void> unused = connecting.handle((opened, failure) -> {
            if (failure != null) {
                lost("could not be opened: " + failure);
            }
            return null;
        });
    }

    private void opened(WebSocketSession life) {
        boolean late;
        lock.lock();
        try {
            late = closed;
            session = life;
            openedAt = scheduler.now();
        } finally {
            lock.unlock();
        }
        if (late) {
            end(life);
        }
    }

    private void closed(CloseStatus status) {
        lock.lock();
        try {
            session = null;
            if (scheduler.now() - openedAt >= policy.resetAfter().toNanos()) {
                failures = 0;
            }
        } finally {
            lock.unlock();
        }
        lost("ended with " + status.getCode());
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void lost(String what) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Duration delay = policy.delay(failures, random);
            failures++;
            LOG.info("The connection '" + name + "' " + what + "; next attempt in " + delay.toMillis() + " ms");
            retry.deadline(scheduler.now() + delay.toNanos());
        } finally {
            lock.unlock();
        }
    }

    private static void end(@Nullable WebSocketSession last) {
        if (last != null) {
            try {
                last.close();
            } catch (IOException e) {
                LOG.debug("A session failed to close", e);
            }
        }
    }

    /** Watches the beginning and the end of each life. */
    private final class Life extends WebSocketHandlerDecorator {

        Life(WebSocketHandler handler) {
            super(handler);
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession life) throws Exception {
            opened(life);
            super.afterConnectionEstablished(life);
        }

        @Override
        public void afterConnectionClosed(WebSocketSession life, CloseStatus status) throws Exception {
            try {
                super.afterConnectionClosed(life, status);
            } finally {
                closed(status);
            }
        }
    }
}
