package io.wsprotocol.spring.client;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * When to connect again after a connection was lost (RFC 6455 §7.2.3). Immutable.
 *
 * @param initial the first wait is drawn from zero to this
 * @param max no wait is longer
 * @param multiplier how the wait grows with each attempt that failed
 * @param resetAfter a connection that was open so long makes the next wait the first again
 * @since 0.1.0
 */
public record ReconnectPolicy(Duration initial, Duration max, double multiplier, Duration resetAfter) {

    /** RFC 6455 §7.2.3: a random first wait up to five seconds, then truncated binary exponential backoff, up to five minutes. */
    public static final ReconnectPolicy DEFAULT =
            new ReconnectPolicy(Duration.ofSeconds(5), Duration.ofMinutes(5), 2, Duration.ofMinutes(1));

    /** Checks the values. */
    public ReconnectPolicy {
        Objects.requireNonNull(resetAfter, "resetAfter");
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("0 < initial <= max expected, was " + initial + " and " + max);
        }
        if (!(multiplier >= 1)) {
            throw new IllegalArgumentException("multiplier must be at least 1, was " + multiplier);
        }
    }

    /**
     * {@return how long to wait} Drawn from zero to a bound, so that many clients of one server do not come back together.
     *
     * @param failures attempts that failed in a row since the connection was lost
     * @param random draws
     */
    public Duration delay(int failures, RandomGenerator random) {
        double bound = initial.toMillis() * Math.pow(multiplier, failures);
        long capped = (long) Math.min(bound, (double) max.toMillis());
        return Duration.ofMillis(random.nextLong(capped + 1));
    }
}
