package io.wsprotocol.spring.autoconfigure;

import java.time.Duration;

/**
 * The checks of configuration properties, in code, so that a wrong value stops the start whether or not a validator is on the class
 * path. Each check throws {@link InvalidPropertyValueException} or does nothing.
 */
final class PropertyRange {

    private PropertyRange() {}

    static void size(String key, long bytes, long min, long max, String example) {
        if (bytes < min || bytes > max) {
            throw new InvalidPropertyValueException(
                    key, size(bytes), "from " + size(min) + " to " + size(max), example);
        }
    }

    static void size(String key, SizeLimit limit, long min, String example) {
        if (limit.bytes() < min) {
            throw new InvalidPropertyValueException(
                    key, limit, "at least " + size(min) + ", or the word 'unlimited'", example);
        }
    }

    /** Checks a size whose upper bound is the value of another property, named without its prefix. */
    static void upTo(String key, long bytes, long max, String bound) {
        if (bytes < 0 || bytes > max) {
            throw new InvalidPropertyValueException(
                    key, size(bytes), "from 0B to ws-protocol." + bound + ", which is " + size(max), size(max / 2));
        }
    }

    static void count(String key, CountLimit limit, int min, String example) {
        if (limit.count() < min) {
            throw new InvalidPropertyValueException(
                    key, limit, "at least " + min + ", or the word 'unlimited'", example);
        }
    }

    static void number(String key, int number, int min, String example) {
        if (number < min) {
            throw new InvalidPropertyValueException(key, number, "at least " + min, example);
        }
    }

    static void between(String key, int number, int min, int max, String example) {
        if (number < min || number > max) {
            throw new InvalidPropertyValueException(key, number, "from " + min + " to " + max, example);
        }
    }

    static void time(String key, TimeLimit limit, String example) {
        Duration duration = limit.duration();
        if (duration != null && duration.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidPropertyValueException(key, limit, "at least 1ms, or the word 'off'", example);
        }
    }

    static void time(String key, Duration duration, String example) {
        if (duration.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidPropertyValueException(key, duration, "at least 1ms", example);
        }
    }

    /** {@return bytes as a person would write them} */
    static String size(long bytes) {
        if (bytes == Long.MAX_VALUE) {
            return "unlimited";
        }
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KB" : bytes + "B";
    }
}
