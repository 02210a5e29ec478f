package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.BufferSource;
import io.wsprotocol.HandleOptions;

/** The one place where configuration properties become {@link HandleOptions}. Immutable. */
final class HandleOptionsMapper {

    private final WsProtocolProperties properties;

    HandleOptionsMapper(WsProtocolProperties properties) {
        this.properties = properties;
    }

    /**
     * {@return a builder that holds what the properties say}
     *
     * @param bufferSource who lends memory to handles that have none of their own
     */
    HandleOptions.Builder map(BufferSource bufferSource) {
        HandleOptions.Builder options = HandleOptions.builder()
                .receiveBufferSize(
                        Math.toIntExact(properties.receiveBufferSize().toBytes()))
                .disableMasking(properties.disableMasking())
                .disableUtf8Verification(properties.disableUtf8Verification())
                .bufferSource(bufferSource);
        if (properties.sendBufferSize() != null) {
            options.sendBufferSize(Math.toIntExact(properties.sendBufferSize().toBytes()));
        }
        return options;
    }
}
