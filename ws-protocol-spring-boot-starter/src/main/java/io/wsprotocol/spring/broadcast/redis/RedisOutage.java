package io.wsprotocol.spring.broadcast.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Whether Redis is there, and what the log says about it: once when it goes, once a minute while it is away, once when it is back. Thread-safe. */
final class RedisOutage {

    private static final Log LOG = LogFactory.getLog(RedisBroadcastBus.class);

    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier lost;
    private volatile boolean away;
    private boolean told;
    private long toldAt;

    /**
     * Makes one that takes Redis for there.
     *
     * @param lost how many messages were given up so far
     */
    RedisOutage(LongSupplier lost) {
        this.lost = lost;
    }

    /**
     * Redis does not answer.
     *
     * @param why in a few words, without content
     */
    void noted(String why) {
        long now = System.nanoTime();
        lock.lock();
        try {
            away = true;
            if (!told || now - toldAt >= SILENCE_NANOS) {
                told = true;
                toldAt = now;
                LOG.warn("Redis is away (" + why + "): broadcasts do not pass between instances, " + lost.getAsLong()
                        + " given up so far");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Redis answers. */
    void over() {
        if (!away) {
            return;
        }
        lock.lock();
        try {
            if (away && told) {
                LOG.info("Redis is back: broadcasts pass between instances, " + lost.getAsLong() + " given up so far");
            }
            away = false;
            told = false;
        } finally {
            lock.unlock();
        }
    }
}
