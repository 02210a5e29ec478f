package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.driver.MessageType;
import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Sends and never waits: a message that finds the send queue full has failed. Any number may be on their way. Thread-safe.
 */
final class AsyncRemote extends SessionRemote implements RemoteEndpoint.Async {

    AsyncRemote(EngineSession session) {
        super(session);
    }

    @Override
    public long getSendTimeout() {
        return session.asyncSendTimeout();
    }

    @Override
    public void setSendTimeout(long millis) {
        session.asyncSendTimeout(millis);
    }

    @Override
    public void sendText(String text, SendHandler handler) {
        send(text, told(handler));
    }

    @Override
    public Future<Void> sendText(String text) {
        return future(text);
    }

    @Override
    public Future<Void> sendBinary(ByteBuffer data) {
        return future(data);
    }

    @Override
    public void sendBinary(ByteBuffer data, SendHandler handler) {
        send(data, told(handler));
    }

    @Override
    public Future<Void> sendObject(Object object) {
        Objects.requireNonNull(object, "object");
        CompletableFuture<Void> future = new CompletableFuture<>();
        encodeAndSend(object, ending(future));
        return future;
    }

    @Override
    public void sendObject(Object object, SendHandler handler) {
        Objects.requireNonNull(object, "object");
        encodeAndSend(object, told(handler));
    }

    private void encodeAndSend(Object object, SessionSender.Completion done) {
        Object encoded;
        try {
            encoded = session.coders().encode(object);
        } catch (EncodeException | IOException e) {
            done.ended(e);
            return;
        }
        send(encoded, done);
    }

    private Future<Void> future(Object message) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        send(message, ending(future));
        return future;
    }

    private void send(Object message, SessionSender.Completion done) {
        Objects.requireNonNull(message, "message");
        if (message instanceof ByteBuffer bytes) {
            session.sender().async(MessageType.BINARY, copyOf(bytes), getSendTimeout(), done);
        } else {
            session.sender().async(MessageType.TEXT, utf8((String) message), getSendTimeout(), done);
        }
    }

    private static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("half of a surrogate pair stands alone in the text", e);
        }
    }

    private SessionSender.Completion told(SendHandler handler) {
        Objects.requireNonNull(handler, "handler");
        SessionSender sender = session.sender();
        return failure ->
                sender.tell(handler, failure == null ? new SendResult(session) : new SendResult(session, failure));
    }

    private static SessionSender.Completion ending(CompletableFuture<Void> future) {
        return failure -> {
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        };
    }
}
