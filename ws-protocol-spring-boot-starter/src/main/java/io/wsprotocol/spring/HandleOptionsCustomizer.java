package io.wsprotocol.spring;

import io.wsprotocol.HandleOptions;

/**
 * Changes the options that all handles of the application context share. Beans of this type are called in order, after the
 * configuration properties were applied.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandleOptionsCustomizer {

    /**
     * Changes what it likes.
     *
     * @param options the options as they are so far
     */
    void customize(HandleOptions.Builder options);
}
