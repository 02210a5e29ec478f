package io.wsprotocol.driver;

/**
 * Counts control frames against a rate and a burst (L-06), as one point in time: each frame moves it on by the time that
 * the rate grants per frame, and it may run ahead of now by the burst. Not thread-safe: confine to one thread or guard with one
 * lock.
 */
final class ControlRate {

    private static final long SECOND = 1_000_000_000L;

    private final long perFrame;
    private final long ahead;
    private long filledUntil;

    ControlRate(int framesPerSecond, int burst) {
        this.perFrame =
                framesPerSecond == ConnectionOptions.UNLIMITED_COUNT ? 0 : Math.max(1, SECOND / framesPerSecond);
        this.ahead = perFrame * burst;
    }

    /** {@return whether that many more frames are within the rate} */
    boolean accept(long frames, long now) {
        filledUntil = Math.max(filledUntil, now) + frames * perFrame;
        return filledUntil - now <= ahead;
    }
}
