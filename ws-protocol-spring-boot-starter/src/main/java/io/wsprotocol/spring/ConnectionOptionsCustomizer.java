package io.wsprotocol.spring;

import io.wsprotocol.driver.ConnectionOptions;

/**
 * Changes the options that all connections of the application context share. Beans of this type are called in order, after the
 * configuration properties were applied.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ConnectionOptionsCustomizer {

    /**
     * Changes what it likes.
     *
     * @param options the options as they are so far
     */
    void customize(ConnectionOptions.Builder options);
}
