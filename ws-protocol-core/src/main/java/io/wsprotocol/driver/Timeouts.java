package io.wsprotocol.driver;

import java.time.Duration;

/**
 * How long a connection waits for what, in nanoseconds; {@link Deadlines#NONE} where it waits forever. Made once for all connections
 * with the same options. Immutable.
 *
 * @param pingsOnlyAgainstSilence whether only what the peer sends puts the next ping off, not what this side sends
 */
record Timeouts(
        long idle,
        long ping,
        boolean pingsOnlyAgainstSilence,
        long pong,
        long write,
        long message,
        long close,
        long failureClose,
        long life) {

    static Timeouts of(ConnectionOptions options) {
        return new Timeouts(
                nanos(options.idleTimeout()),
                options.keepAlive() == KeepAliveMode.OFF ? Deadlines.NONE : nanos(options.pingInterval()),
                options.keepAlive() == KeepAliveMode.PING,
                nanos(options.pongTimeout()),
                nanos(options.writeTimeout()),
                nanos(options.messageTimeout()),
                nanos(options.closeTimeout()),
                nanos(options.failureCloseTimeout()),
                nanos(options.maxLifetime()));
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(ConnectionOptions.OFF) >= 0 ? Deadlines.NONE : duration.toNanos();
    }
}
