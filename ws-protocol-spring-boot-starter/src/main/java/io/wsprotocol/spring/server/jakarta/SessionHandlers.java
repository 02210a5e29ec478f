package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The message handlers of one session, and the messages that are not whole yet. Handlers come and go on any thread; messages arrive on
 * the pump of the connection alone.
 */
final class SessionHandlers {

    private final EngineSession session;
    private final MessageCoders coders;
    private final List<Class<? extends Decoder>> decoders;
    private final Map<PayloadKind, Receiver> receivers = new EnumMap<>(PayloadKind.class);

    // The pump's own.
    private final StringBuilder text = new StringBuilder();
    private ByteArrayOutputStream binary = new ByteArrayOutputStream(0);
    private boolean tooLong;

    /** Takes a message, or a part of one, as the handler wants it. */
    @FunctionalInterface
    interface Sink {

        /**
         * Takes it.
         *
         * @param payload of the receiver's type
         * @param last whether the message ends here
         */
        void take(Object payload, boolean last) throws Throwable;
    }

    /**
     * Who gets the messages of a kind. Immutable.
     *
     * @param handler the application's
     * @param type what it takes
     * @param partial whether it takes parts
     * @param limit the longest message; negative for the session's limit
     * @param sink calls it
     */
    record Receiver(MessageHandler handler, Class<?> type, boolean partial, long limit, Sink sink) {}

    SessionHandlers(EngineSession session, MessageCoders coders, List<Class<? extends Decoder>> decoders) {
        this.session = session;
        this.coders = coders;
        this.decoders = decoders;
    }

    /**
     * Adds a handler.
     *
     * @throws IllegalArgumentException when nothing decodes to its type
     * @throws IllegalStateException when there is one for that kind of messages
     */
    void add(Receiver receiver) {
        PayloadKind kind = PayloadKind.of(receiver.type(), receiver.partial(), decoders);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "no message arrives as " + receiver.type().getName());
        }
        synchronized (receivers) {
            if (receivers.putIfAbsent(kind, receiver) != null) {
                throw new IllegalStateException("the session has a handler of " + kind + " messages already");
            }
        }
    }

    /**
     * Takes a handler away.
     *
     * @throws IllegalStateException when there is no such handler
     */
    void remove(MessageHandler handler) {
        synchronized (receivers) {
            if (!receivers.values().removeIf(receiver -> receiver.handler() == handler)) {
                throw new IllegalStateException("the session has no such handler");
            }
        }
    }

    /** {@return all handlers} */
    Set<MessageHandler> handlers() {
        Set<MessageHandler> handlers = new LinkedHashSet<>();
        synchronized (receivers) {
            receivers.values().forEach(receiver -> handlers.add(receiver.handler()));
        }
        return handlers;
    }

    void text(String part, boolean last) throws Throwable {
        Receiver receiver = receiver(PayloadKind.TEXT);
        if (receiver == null || tooLong) {
            return;
        }
        if (receiver.partial()) {
            receiver.sink().take(part, last);
            return;
        }
        if (exceeds((long) text.length() + part.length(), receiver, session.getMaxTextMessageBufferSize())) {
            return;
        }
        if (!last) {
            text.append(part);
            return;
        }
        String message = text.isEmpty() ? part : text.append(part).toString();
        text.setLength(0);
        text.trimToSize();
        receiver.sink().take(converted(receiver.type(), message), true);
    }

    void binary(ByteBuffer part, boolean last) throws Throwable {
        Receiver receiver = receiver(PayloadKind.BINARY);
        if (receiver == null || tooLong) {
            return;
        }
        if (receiver.partial()) {
            receiver.sink().take(converted(receiver.type(), part), last);
            return;
        }
        if (exceeds((long) binary.size() + part.remaining(), receiver, session.getMaxBinaryMessageBufferSize())) {
            return;
        }
        if (!last || binary.size() > 0) {
            binary.writeBytes(MessageCoders.bytes(part));
        }
        if (last) {
            ByteBuffer message = binary.size() == 0 ? part : ByteBuffer.wrap(binary.toByteArray());
            // A new one: the old would keep the memory of the longest message.
            binary = new ByteArrayOutputStream(0);
            receiver.sink().take(converted(receiver.type(), message), true);
        }
    }

    void pong(ByteBuffer payload) throws Throwable {
        Receiver receiver = receiver(PayloadKind.PONG);
        if (receiver != null) {
            PongMessage message = () -> payload;
            receiver.sink().take(message, true);
        }
    }

    private @Nullable Receiver receiver(PayloadKind kind) {
        synchronized (receivers) {
            return receivers.get(kind);
        }
    }

    /** Ends the session over a message that grew too long, before more of it is kept. */
    private boolean exceeds(long length, Receiver receiver, int sessionLimit) throws IOException {
        long limit = receiver.limit() < 0 ? sessionLimit : receiver.limit();
        if (length <= limit) {
            return false;
        }
        tooLong = true;
        text.setLength(0);
        text.trimToSize();
        binary = new ByteArrayOutputStream(0);
        session.close(
                new CloseReason(CloseReason.CloseCodes.TOO_BIG, "The message is longer than the limit of " + limit));
        return true;
    }

    private Object converted(Class<?> type, String message) throws DecodeException, IOException {
        if (type == String.class) {
            return message;
        }
        return type == Reader.class ? new StringReader(message) : coders.decode(type, message);
    }

    private Object converted(Class<?> type, ByteBuffer message) throws DecodeException, IOException {
        if (type == ByteBuffer.class) {
            return message;
        }
        if (type == byte[].class) {
            return MessageCoders.bytes(message);
        }
        return type == InputStream.class
                ? new ByteArrayInputStream(MessageCoders.bytes(message))
                : coders.decode(type, message);
    }
}
