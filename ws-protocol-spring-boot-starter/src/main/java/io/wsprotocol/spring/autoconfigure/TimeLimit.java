package io.wsprotocol.spring.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * A duration, or the word {@code off}; how a configuration property says how long something may take. Immutable.
 *
 * @param duration how long; null when off
 * @since 0.1.0
 */
public record TimeLimit(@Nullable Duration duration) {

    /** No limit. */
    public static final TimeLimit OFF = new TimeLimit(null);

    /**
     * {@return what the text says}
     *
     * @param text a duration such as {@code 30s}, {@code 500ms} or {@code PT30S}, or {@code off}
     * @throws IllegalArgumentException when it says neither
     */
    public static TimeLimit of(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        // A bare off is a boolean in YAML 1.1 and reaches us as "false".
        if (word.equals("off") || word.equals("false")) {
            return OFF;
        }
        try {
            return new TimeLimit(DurationStyle.detectAndParse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("write a duration such as 30s or 500ms, or the word 'off'", e);
        }
    }

    /**
     * {@return so many milliseconds}
     *
     * @param millis what YAML writes without a unit
     */
    public static TimeLimit of(Integer millis) {
        return new TimeLimit(Duration.ofMillis(millis));
    }

    /**
     * {@return {@link #OFF}}
     *
     * @param on false, which is what YAML reads in an {@code off} without quotes
     * @throws IllegalArgumentException when it is true
     */
    public static TimeLimit of(Boolean on) {
        return of(on.toString());
    }

    /** {@return the text that {@link #of} understands} */
    @Override
    public String toString() {
        return duration == null ? "off" : duration.toString();
    }
}
