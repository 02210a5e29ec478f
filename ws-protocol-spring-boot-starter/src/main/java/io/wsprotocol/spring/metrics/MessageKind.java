package io.wsprotocol.spring.metrics;

import io.wsprotocol.BufferType;
import org.jspecify.annotations.Nullable;

/** The values of the tag {@code type}. Immutable. */
enum MessageKind {
    TEXT,
    BINARY,
    PING,
    PONG,
    CLOSE,
    RAW;

    /** {@return the kind of what was sent; null while a message goes on} */
    static @Nullable MessageKind sent(BufferType type) {
        return switch (type) {
            case UTF8_MESSAGE -> TEXT;
            case BINARY_MESSAGE -> BINARY;
            case PING_PONG -> PING;
            case UNSOLICITED_PONG -> PONG;
            case CLOSE -> CLOSE;
            case RAW -> RAW;
            case UTF8_FRAGMENT, BINARY_FRAGMENT -> null;
        };
    }

    /** {@return the kind of what was received; null while a message goes on} */
    static @Nullable MessageKind received(BufferType type, boolean endsMessage) {
        return switch (type) {
            case PING_PONG, UNSOLICITED_PONG -> PONG;
            case CLOSE -> CLOSE;
            case UTF8_MESSAGE -> TEXT;
            case BINARY_MESSAGE -> BINARY;
            case RAW -> endsMessage ? RAW : null;
            case UTF8_FRAGMENT, BINARY_FRAGMENT -> null;
        };
    }
}
