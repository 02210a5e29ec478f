package io.wsprotocol.spring;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of all connections: a daemon thread that calls a task back when its deadline has passed, at most {@value
 * #GRANULARITY_MILLIS} ms late on an idle machine. Made for deadlines that move with every message: moving one is a volatile
 * write, nothing is queued or allocated. Thread-safe.
 *
 * <p>The thread starts with the first task and sleeps while no deadline is near.
 *
 * @since 0.1.0
 */
public final class DeadlineScheduler implements AutoCloseable {

    /** The deadline of a task that waits for nothing. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    /** The least time between two sweeps over all tasks, in milliseconds; so much may a task be late. */
    public static final int GRANULARITY_MILLIS = 100;

    private static final Log LOG = LogFactory.getLog(DeadlineScheduler.class);

    private static final long GRANULARITY_NANOS = GRANULARITY_MILLIS * 1_000_000L;

    private final long origin = System.nanoTime();
    private final Set<Task> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private volatile long wakeAt = NO_DEADLINE;
    private volatile boolean sooner;
    private volatile boolean closed;

    /** Makes a scheduler without a task and without a thread. */
    public DeadlineScheduler() {}

    /** {@return the time by which deadlines are measured: nanoseconds since this scheduler was made, never going back} */
    public long now() {
        return System.nanoTime() - origin;
    }

    /**
     * Takes in a task, without a deadline yet.
     *
     * @param callback run on the timer's thread whenever the deadline has passed; it must not block
     * @return the task, to set its deadline by
     * @throws IllegalStateException when this scheduler is closed
     */
    public Task register(Runnable callback) {
        Task task = new Task(this, Objects.requireNonNull(callback, "callback"));
        tasks.add(task);
        if (closed) {
            tasks.remove(task);
            throw new IllegalStateException("the scheduler is closed");
        }
        if (thread.get() == null) {
            start();
        }
        return task;
    }

    /** {@return how many tasks are registered} */
    public int size() {
        return tasks.size();
    }

    /** Stops the thread; no callback starts afterwards. Idempotent. */
    @Override
    public void close() {
        closed = true;
        tasks.clear();
        LockSupport.unpark(thread.get());
    }

    private void start() {
        Thread created = new Thread(this::run, "ws-protocol-timer");
        created.setDaemon(true);
        if (thread.compareAndSet(null, created)) {
            created.start();
        }
    }

    /*
     * No deadline is missed: whoever sets one writes it first and reads wakeAt then; a sweep writes wakeAt first and reads
     * the deadlines then. So either the sweep sees the deadline, or the setter sees that it has to ask for a sooner sweep.
     */
    private void run() {
        while (!closed) {
            sooner = false;
            wakeAt = NO_DEADLINE;
            long earliest = sweep(now());
            long notBefore = now() + GRANULARITY_NANOS;
            long next = Math.max(earliest, notBefore);
            wakeAt = next;
            sleep(notBefore, next);
        }
    }

    /** {@return the earliest deadline ahead, after calling back what was due} */
    private long sweep(long now) {
        long earliest = NO_DEADLINE;
        for (Task task : tasks) {
            long deadline = task.deadline;
            if (deadline <= now && Task.DEADLINE.compareAndSet(task, deadline, NO_DEADLINE)) {
                fire(task);
                deadline = task.deadline;
            }
            earliest = Math.min(earliest, deadline);
        }
        return earliest;
    }

    private void fire(Task task) {
        if (closed) {
            return;
        }
        try {
            task.callback.run();
        } catch (RuntimeException | Error e) {
            // One connection's fault must not stop the time of all others, and the thread starts only once.
            LOG.error("A connection failed at its deadline", e);
        }
    }

    private void sleep(long notBefore, long next) {
        while (!closed) {
            long until = sooner ? notBefore : next;
            long nanos = until - now();
            if (nanos <= 0) {
                return;
            }
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void deadlineSet(long deadline) {
        if (deadline < wakeAt && !sooner) {
            sooner = true;
            LockSupport.unpark(thread.get());
        }
    }

    /**
     * What waits for a deadline: one connection. Thread-safe.
     *
     * @since 0.1.0
     */
    public static final class Task {

        private static final AtomicLongFieldUpdater<Task> DEADLINE =
                AtomicLongFieldUpdater.newUpdater(Task.class, "deadline");

        private final DeadlineScheduler scheduler;
        private final Runnable callback;
        private volatile long deadline = NO_DEADLINE;

        private Task(DeadlineScheduler scheduler, Runnable callback) {
            this.scheduler = scheduler;
            this.callback = callback;
        }

        /**
         * Moves the deadline, sooner or later. The callback takes it away, so set it again after each.
         *
         * @param time on the clock of {@link DeadlineScheduler#now()}; {@link #NO_DEADLINE} for none
         */
        public void deadline(long time) {
            if (deadline != time) {
                deadline = time;
                scheduler.deadlineSet(time);
            }
        }

        /** Forgets the task; its callback does not start afterwards unless it is starting now. Idempotent. */
        public void cancel() {
            deadline = NO_DEADLINE;
            scheduler.tasks.remove(this);
        }
    }
}
