package io.wsprotocol.driver;

/**
 * The clock face of one connection: when what happened last, and when what is due. Times are nanoseconds since the connection
 * opened, so that any origin of the caller's clock, negative ones too, does no harm. Not thread-safe: confine to one thread
 * or guard with one lock.
 */
final class Deadlines {

    /** No deadline. */
    static final long NONE = Long.MAX_VALUE;

    private static final long SECOND = 1_000_000_000L;
    /** L-05: what a message in partial mode must average. */
    private static final int BYTES_PER_SECOND = 1024;

    private final long origin;
    private final Timeouts timeouts;

    private long now;
    private long lastReceived;
    private long lastWritten;
    private boolean pinging;
    private boolean ending;
    private long pong = NONE;
    private long write = NONE;
    private long message = NONE;
    private long close = NONE;

    Deadlines(ConnectionOptions options, long origin) {
        this.origin = origin;
        this.timeouts = options.timeouts();
        this.pinging = timeouts.ping() != NONE;
    }

    private static long sum(long time, long nanos) {
        return nanos >= NONE - time ? NONE : time + nanos;
    }

    /** Moves on; a clock that runs backwards is taken to stand still. */
    void advanceTo(long clock) {
        now = Math.max(now, clock - origin);
    }

    long now() {
        return now;
    }

    /** {@return the earliest deadline on the caller's clock, or {@link #NONE}} */
    long next() {
        long next = Math.min(Math.min(pong, write), Math.min(message, close));
        next = Math.min(next, Math.min(idle(), ping()));
        next = Math.min(next, life());
        return next == NONE ? NONE : origin + next;
    }

    // ---- what happened ----

    void received() {
        lastReceived = now;
    }

    /** Bytes wait to be written. */
    void writeBegun() {
        write = sum(now, timeouts.write());
    }

    void writeProgressed() {
        lastWritten = now;
        write = sum(now, timeouts.write());
    }

    void writeEnded() {
        write = NONE;
    }

    void messageBegun() {
        message = sum(now, timeouts.message());
    }

    /** A part of a message arrived in partial mode: what flows may last. */
    void messageFlowed(int bytes) {
        if (message != NONE) {
            message = sum(message, bytes * (SECOND / BYTES_PER_SECOND));
        }
    }

    void messageEnded() {
        message = NONE;
    }

    void pingWritten() {
        if (!ending) {
            pong = sum(now, timeouts.pong());
        }
    }

    void pongArrived() {
        pong = NONE;
    }

    /** A keep-alive frame is under way ({@code false}) or may be due again ({@code true}). */
    void pinging(boolean mayBeDue) {
        pinging = mayBeDue && !ending;
    }

    /** The closing handshake began; what keeps an open connection alive is over. */
    void closing() {
        close = Math.min(close, sum(now, timeouts.close()));
        ending = true;
        pinging = false;
        pong = NONE;
    }

    /** The connection failed: there is less time for the Close. */
    void failing() {
        closing();
        close = Math.min(close, sum(now, timeouts.failureClose()));
        message = NONE;
    }

    /** Nothing is due any more. */
    void clear() {
        closing();
        close = NONE;
        write = NONE;
        message = NONE;
    }

    /** Time in which this side did not read is not the peer's: what it owes is due later by as much. */
    void excusePeer() {
        long waited = now - lastReceived;
        lastReceived = now;
        if (pong != NONE) {
            pong = sum(now, timeouts.pong());
        }
        if (message != NONE) {
            message = sum(message, waited);
        }
    }

    // ---- what is due ----

    boolean writeDue() {
        return write <= now;
    }

    boolean messageDue() {
        return message <= now;
    }

    boolean closeDue() {
        return close <= now;
    }

    boolean pongDue() {
        return pong <= now;
    }

    boolean pingDue() {
        return ping() <= now;
    }

    boolean idleDue() {
        return idle() <= now;
    }

    boolean lifeDue() {
        return life() <= now;
    }

    private long ping() {
        if (!pinging || pong != NONE) {
            return NONE;
        }
        return sum(timeouts.pingsOnlyAgainstSilence() ? lastReceived : lastActivity(), timeouts.ping());
    }

    private long idle() {
        return ending ? NONE : sum(lastActivity(), timeouts.idle());
    }

    private long life() {
        return ending ? NONE : timeouts.life();
    }

    private long lastActivity() {
        return Math.max(lastReceived, lastWritten);
    }
}
