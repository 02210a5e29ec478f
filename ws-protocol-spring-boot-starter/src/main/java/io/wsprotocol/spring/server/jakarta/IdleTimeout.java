package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.spring.DeadlineScheduler;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** How long one session may be without a message of either side, as Jakarta WebSocket has it; off until it is set. Thread-safe. */
final class IdleTimeout {

    private final DeadlineScheduler scheduler;
    private final LongConsumer expired;
    private volatile long millis;
    private volatile long activeAt;

    // Guarded by this.
    private DeadlineScheduler.@Nullable Task task;
    private boolean ended;

    /**
     * Makes one that is off.
     *
     * @param scheduler the timer of all connections
     * @param expired told, on the timer's thread, once the session was silent for so many milliseconds
     */
    IdleTimeout(DeadlineScheduler scheduler, LongConsumer expired) {
        this.scheduler = scheduler;
        this.expired = expired;
    }

    /** {@return milliseconds as they were set; 0 or less for ever} */
    long millis() {
        return millis;
    }

    /** Sets how long, from now on; 0 or less for ever. */
    void set(long timeout) {
        activeAt = scheduler.now();
        millis = timeout;
        synchronized (this) {
            if (ended || timeout <= 0) {
                return;
            }
            if (task == null) {
                task = scheduler.register(this::due);
            }
            task.deadline(activeAt + TimeUnit.MILLISECONDS.toNanos(timeout));
        }
    }

    /** A message came or went. */
    void touched() {
        if (millis > 0) {
            activeAt = scheduler.now();
        }
    }

    /** The session is over. */
    synchronized void end() {
        ended = true;
        if (task != null) {
            task.cancel();
        }
    }

    /** The deadline does not move with every message, so there may have been some since it was set. */
    private void due() {
        long timeout = millis;
        if (timeout <= 0) {
            return;
        }
        long due = activeAt + TimeUnit.MILLISECONDS.toNanos(timeout);
        if (due - scheduler.now() <= 0) {
            expired.accept(timeout);
            return;
        }
        synchronized (this) {
            if (!ended && task != null) {
                task.deadline(due);
            }
        }
    }
}
