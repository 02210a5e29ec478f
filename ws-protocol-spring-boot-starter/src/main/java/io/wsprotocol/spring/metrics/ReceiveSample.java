package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Times how long peers let a handle wait for bytes, one wait of so many. Not thread-safe: confined like its handle.
 */
final class ReceiveSample {

    private final Timer timer;
    private final Clock clock;
    private final int sampleRate;

    private int countdown;
    private long askedAt;
    private boolean waits;
    private boolean timed;

    /**
     * Makes one that times nothing yet.
     *
     * @param timer takes the waits
     * @param clock the timer's
     * @param sampleRate one of how many waits is timed
     * @param firstSample which wait is timed first, 1 to sampleRate
     */
    ReceiveSample(Timer timer, Clock clock, int sampleRate, int firstSample) {
        this.timer = timer;
        this.clock = clock;
        this.sampleRate = sampleRate;
        this.countdown = firstSample;
    }

    /** Bytes are wanted. Said again where a transport that had none is asked again: that is one wait. */
    void asked() {
        if (waits) {
            return;
        }
        waits = true;
        if (--countdown == 0) {
            countdown = sampleRate;
            timed = true;
            askedAt = clock.monotonicTime();
        }
    }

    /** Bytes have come. */
    void answered() {
        waits = false;
        if (timed) {
            timed = false;
            timer.record(clock.monotonicTime() - askedAt, TimeUnit.NANOSECONDS);
        }
    }
}
