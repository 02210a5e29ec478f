package io.wsprotocol.spring.autoconfigure;

import java.util.Objects;

/**
 * A configuration property has a value that the engine cannot work with. Stops the start of the application; {@link
 * InvalidPropertyValueFailureAnalyzer} explains it. Immutable.
 */
final class InvalidPropertyValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String value;
    private final String expected;
    private final String exampleKey;
    private final String example;

    /**
     * Makes the exception.
     *
     * @param key the whole key, such as {@code ws-protocol.limits.max-message-size}
     * @param value what was configured
     * @param expected what would be right, as the end of a sentence that begins with "It must be"
     * @param example a value to write instead
     */
    InvalidPropertyValueException(String key, Object value, String expected, String example) {
        this(key, value, expected, key, example);
    }

    /**
     * Makes the exception for a value that is right once another property is there.
     *
     * @param key the whole key
     * @param value what was configured
     * @param expected what would be right, as the end of a sentence that begins with "It must be"
     * @param exampleKey the whole key of the property to write
     * @param example its value
     */
    InvalidPropertyValueException(String key, Object value, String expected, String exampleKey, String example) {
        super(key + " must be " + expected + ", was " + value);
        this.key = Objects.requireNonNull(key, "key");
        this.value = String.valueOf(value);
        this.expected = expected;
        this.exampleKey = exampleKey;
        this.example = example;
    }

    String key() {
        return key;
    }

    String value() {
        return value;
    }

    String expected() {
        return expected;
    }

    String exampleKey() {
        return exampleKey;
    }

    String example() {
        return example;
    }
}
