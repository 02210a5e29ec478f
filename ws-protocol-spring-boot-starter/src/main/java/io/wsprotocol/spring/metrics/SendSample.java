package io.wsprotocol.spring.metrics;

import java.util.concurrent.TimeUnit;

/**
 * Times one send at a time of a handle without a connection, from its queue to the network. Sends are over in the order in which they
 * were queued, so counting tells which is which. Not thread-safe: confined like its handle.
 */
final class SendSample {

    private static final long NONE = -1;

    private final RoleMeters meters;
    private final int sampleRate;

    private int countdown;
    private long queued;
    private long over;

    /* Which of the queued sends is timed; none most of the time. */
    private long timed = NONE;
    private long queuedAt;
    private long handedOutAt;
    private boolean itsTurn;

    /**
     * Makes one that times nothing yet.
     *
     * @param meters of the handle's role
     * @param sampleRate one of how many sends is timed
     * @param firstSample which send is timed first, 1 to sampleRate
     */
    SendSample(RoleMeters meters, int sampleRate, int firstSample) {
        this.meters = meters;
        this.sampleRate = sampleRate;
        this.countdown = firstSample;
    }

    /** A send was queued. */
    void queued() {
        if (--countdown <= 0 && timed == NONE) {
            countdown = sampleRate;
            timed = queued;
            queuedAt = meters.clock.monotonicTime();
            itsTurn = false;
        }
        queued++;
    }

    /** Bytes of the oldest send that is not over are handed out, with corking also of some behind it. */
    void handedOut() {
        // Until its turn comes, each transfer may be the one that takes it along; from then on only the first is.
        if (timed != NONE && !itsTurn) {
            itsTurn = over == timed;
            handedOutAt = meters.clock.monotonicTime();
        }
    }

    /**
     * The oldest send is over.
     *
     * @param sent whether it was sent
     */
    void completed(boolean sent) {
        if (over++ != timed) {
            return;
        }
        timed = NONE;
        if (sent) {
            meters.queueWait.record(handedOutAt - queuedAt, TimeUnit.NANOSECONDS);
            meters.send.record(meters.clock.monotonicTime() - queuedAt, TimeUnit.NANOSECONDS);
        }
    }
}
