package io.wsprotocol.spring.autoconfigure;

import java.util.Locale;

/**
 * A number of things, or the word {@code unlimited}; how a configuration property says how many of something there may be. Immutable.
 *
 * @param count how many; {@link Integer#MAX_VALUE} when unlimited
 * @since 0.1.0
 */
public record CountLimit(int count) {

    /** No limit. */
    public static final CountLimit UNLIMITED = new CountLimit(Integer.MAX_VALUE);

    /**
     * {@return what the text says}
     *
     * @param text a decimal number, or {@code unlimited}
     * @throws IllegalArgumentException when it says neither
     */
    public static CountLimit of(String text) {
        String word = text.strip();
        if (word.toLowerCase(Locale.ROOT).equals("unlimited")) {
            return UNLIMITED;
        }
        try {
            return new CountLimit(Integer.parseInt(word));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("write a number such as 1024, or the word 'unlimited'", e);
        }
    }

    /**
     * {@return so many}
     *
     * @param count what YAML writes without quotes
     */
    public static CountLimit of(Integer count) {
        return new CountLimit(count);
    }

    /** {@return whether there is no limit} */
    public boolean isUnlimited() {
        return count == Integer.MAX_VALUE;
    }

    /** {@return the text that {@link #of} understands} */
    @Override
    public String toString() {
        return isUnlimited() ? "unlimited" : Integer.toString(count);
    }
}
