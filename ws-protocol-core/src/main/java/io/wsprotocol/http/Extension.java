package io.wsprotocol.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One extension of {@code Sec-WebSocket-Extensions} with its parameters (RFC 6455 §9.1).
 *
 * <p>Names and values are tokens, so the header form never needs quotation marks and cannot carry anything else into a
 * header. The meaning of parameters, also of repeated ones, is the business of the extension. Immutable.
 *
 * @param name the registered name, a token
 * @param parameters the parameters in their order
 * @since 0.1.0
 */
public record Extension(String name, List<Parameter> parameters) {

    /**
     * Copies the list of parameters.
     *
     * @throws IllegalArgumentException when the name is not a token
     */
    public Extension {
        requireToken(name, "extension name");
        parameters = List.copyOf(parameters);
    }

    /** Returns the form that stands in the header. */
    @Override
    public String toString() {
        StringBuilder header = new StringBuilder(name);
        for (Parameter parameter : parameters) {
            header.append("; ").append(parameter);
        }
        return header.toString();
    }

    private static void requireToken(String text, String what) {
        if (!FieldSyntax.isToken(text)) {
            throw new IllegalArgumentException(what + " is not a token");
        }
    }

    /**
     * One parameter. Immutable.
     *
     * @param name a token
     * @param value a token, or null when the parameter has a name only
     * @since 0.1.0
     */
    public record Parameter(String name, @Nullable String value) {

        /**
         * Checks both parts.
         *
         * @throws IllegalArgumentException when the name or the value is not a token
         */
        public Parameter {
            requireToken(name, "parameter name");
            if (value != null) {
                requireToken(value, "parameter value");
            }
        }

        /** Returns the form that stands in the header. */
        @Override
        public String toString() {
            return value == null ? name : name + '=' + value;
        }
    }
}
