package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Decoder;
import jakarta.websocket.PongMessage;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** The kinds of messages, of which a session has at most one handler each (Jakarta WebSocket §2.1.3). Immutable. */
enum PayloadKind {
    /** Text, as it is or decoded. */
    TEXT,
    /** Bytes, as they are or decoded. */
    BINARY,
    /** A pong. */
    PONG;

    /**
     * {@return the kind of the messages that arrive as that type; null when none does}
     *
     * @param type what a handler takes
     * @param partial whether it takes parts
     * @param decoders of the endpoint
     */
    static @Nullable PayloadKind of(Class<?> type, boolean partial, List<Class<? extends Decoder>> decoders) {
        if (type == String.class) {
            return TEXT;
        }
        if (type == ByteBuffer.class || type == byte[].class) {
            return BINARY;
        }
        return partial ? null : ofWhole(type, decoders);
    }

    private static @Nullable PayloadKind ofWhole(Class<?> type, List<Class<? extends Decoder>> decoders) {
        if (type == PongMessage.class) {
            return PONG;
        }
        if (type == Reader.class) {
            return TEXT;
        }
        if (type == InputStream.class) {
            return BINARY;
        }
        for (Class<? extends Decoder> decoder : decoders) {
            if (ClassUtils.isAssignable(type, MessageCoders.typeOf(decoder))) {
                return MessageCoders.isText(decoder) ? TEXT : BINARY;
            }
        }
        return ClassUtils.isPrimitiveOrWrapper(type) ? TEXT : null;
    }
}
