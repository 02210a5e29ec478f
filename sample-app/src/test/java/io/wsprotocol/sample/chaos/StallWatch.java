package io.wsprotocol.sample.chaos;

import java.util.Map;

/**
 * Watches the server's socket of one stalled reader: how long the server keeps it after the last byte went into it. Confined to one thread.
 */
final class StallWatch {

    private static final long NOT_SEEN = -1;

    private final Reader reader;
    private long waiting = NOT_SEEN;
    private long movedAt;
    private boolean gone;

    StallWatch(Reader reader) {
        this.reader = reader;
    }

    Reader reader() {
        return reader;
    }

    boolean isGone() {
        return gone;
    }

    /**
     * Takes a look.
     *
     * @param sockets what the kernel says now
     * @param now when that was
     * @param tally hears how long a socket was kept that is gone
     */
    void look(Map<Integer, Long> sockets, long now, Tally tally) {
        Passage.Plan plan = reader.plan();
        if (gone || plan == null || plan.cutAt() == Passage.NOT_YET) {
            return;
        }
        Long bytes = sockets.get(plan.serverSidePort());
        if (bytes == null) {
            gone = true;
            tally.stalledGone.incrementAndGet();
            if (waiting != NOT_SEEN) {
                tally.stallNanos.accumulate(now - movedAt);
            }
        } else if (bytes != waiting) {
            waiting = bytes;
            movedAt = now;
        }
    }
}
