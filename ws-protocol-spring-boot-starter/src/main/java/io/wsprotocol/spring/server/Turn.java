package io.wsprotocol.spring.server;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one thread at a time do a piece of work, and has it done once more for those who asked meanwhile: no request is lost, nobody
 * waits. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Turn {

    private final AtomicInteger requests = new AtomicInteger();
    private final Runnable work;

    /**
     * Makes a turn.
     *
     * @param work what is done; what it throws goes to the thread that does it, once all who asked meanwhile are served
     */
    public Turn(Runnable work) {
        this.work = work;
    }

    /** Has the work done: here and now, or by the thread that is at it. */
    public void take() {
        if (requests.getAndIncrement() == 0) {
            serve();
        }
    }

    /**
     * Has the work done, not by this thread.
     *
     * @param executor does it unless some thread is at it
     */
    public void passTo(Executor executor) {
        if (requests.getAndIncrement() == 0) {
            try {
                executor.execute(this::serve);
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                // The container stops and has no threads left, or the machine has none; the end must be told
                // nevertheless.
                ForkJoinPool.commonPool().execute(this::serve);
            }
        }
    }

    private void serve() {
        Throwable failure = null;
        int seen = 1;
        do {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                // A turn that is never over would keep the work from everybody, for ever.
                failure = e;
            }
            seen = requests.addAndGet(-seen);
        } while (seen != 0);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }
}
