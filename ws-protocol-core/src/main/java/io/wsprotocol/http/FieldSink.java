package io.wsprotocol.http;

/**
 * Receiver of the fields of a head, in their order. It keeps this package free of a header type.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FieldSink {

    /**
     * Takes one field.
     *
     * @param name the name as it was written; names compare without regard to case
     * @param value the value without white space around it
     */
    void field(String name, String value);
}
