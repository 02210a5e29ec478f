package io.wsprotocol.spring.autoconfigure;

import java.util.Locale;
import org.springframework.util.unit.DataSize;

/**
 * A number of bytes, or the word {@code unlimited}; how a configuration property says how much of something there may be. Immutable.
 *
 * @param bytes how many; {@link Long#MAX_VALUE} when unlimited
 * @since 0.1.0
 */
public record SizeLimit(long bytes) {

    /** No limit. */
    public static final SizeLimit UNLIMITED = new SizeLimit(Long.MAX_VALUE);

    /**
     * {@return what the text says}
     *
     * @param text a data size such as {@code 64KB} or {@code 1048576}, or {@code unlimited}
     * @throws IllegalArgumentException when it says neither
     */
    public static SizeLimit of(String text) {
        if (text.strip().toLowerCase(Locale.ROOT).equals("unlimited")) {
            return UNLIMITED;
        }
        try {
            return new SizeLimit(DataSize.parse(text).toBytes());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("write a size such as 64KB or 1MB, or the word 'unlimited'", e);
        }
    }

    /**
     * {@return so many bytes}
     *
     * @param bytes what YAML writes without a unit
     */
    public static SizeLimit of(Integer bytes) {
        return new SizeLimit(bytes);
    }

    /**
     * {@return so many bytes}
     *
     * @param bytes what YAML writes without a unit, beyond two billion
     */
    public static SizeLimit of(Long bytes) {
        return new SizeLimit(bytes);
    }

    /** {@return whether there is no limit} */
    public boolean isUnlimited() {
        return bytes == Long.MAX_VALUE;
    }

    /** {@return the text that {@link #of} understands} */
    @Override
    public String toString() {
        return PropertyRange.size(bytes);
    }
}
