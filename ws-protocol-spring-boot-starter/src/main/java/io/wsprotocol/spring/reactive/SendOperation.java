package io.wsprotocol.spring.reactive;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SendQueueFullException;
import io.wsprotocol.spring.server.Turn;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.PooledDataBuffer;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Sends the messages of one source, each as it comes. Asks for the next one while the send queue of the connection is below its high
 * water mark, or as soon as all that it gave before have left. Thread-safe.
 *
 * <p>It is complete when the source is and each of its messages has gone to the socket. When the connection closes in order while the source is
 * silent, that completes it, too; it fails when a message was lost, with an {@link java.io.IOException}, or when the connection failed, with the
 * reason.
 */
final class SendOperation implements CoreSubscriber<WebSocketMessage> {

    private final WsProtocolReactiveSession session;
    private final ConnectionShell shell;
    private final MonoSink<Void> sink;
    /** All of the work is done in turns, so that no end of a write calls the source under the lock of the connection. */
    private final Turn turn = new Turn(this::work);

    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Subscription source;
    private volatile @Nullable WebSocketMessage next;
    private volatile @Nullable Throwable failure;
    private volatile boolean asked;
    private volatile boolean sourceDone;
    private volatile boolean lost;
    private volatile boolean connectionEnded;

    SendOperation(WsProtocolReactiveSession session, ConnectionShell shell, MonoSink<Void> sink) {
        this.session = session;
        this.shell = shell;
        this.sink = sink;
    }

    @Override
    public Context currentContext() {
        return Context.of(sink.contextView());
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.validate(source, subscription)) {
            source = subscription;
            if (over.get()) {
                // Whoever ended it had no source to cancel yet.
                subscription.cancel();
            }
            turn.take();
        }
    }

    @Override
    public void onNext(WebSocketMessage message) {
        next = message;
        asked = false;
        turn.take();
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        turn.take();
    }

    @Override
    public void onComplete() {
        sourceDone = true;
        turn.take();
    }

    /** The subscriber lost interest; what the connection has taken still leaves. */
    void cancel() {
        stop();
        // In a turn, since another thread may be about to send what is left.
        turn.take();
    }

    /** The connection is over. */
    void connectionEnded(@Nullable Throwable cause) {
        // Messages that were lost with it have an end of their own, which must not depend on who is told first.
        if (cause != null && !lost) {
            failure = cause;
        }
        connectionEnded = true;
        turn.take();
    }

    /** The send queue may have room again. Never works on this thread. */
    void roomMade() {
        turn.passTo(shell::execute);
    }

    private void work() {
        WebSocketMessage message = next;
        if (over.get()) {
            next = null;
            release(message);
            return;
        }
        if (message != null && !offer(message)) {
            return;
        }
        Throwable cause = failure;
        if (cause == null && lost) {
            cause = session.closedException();
        }
        if (cause != null) {
            fail(cause);
        } else if (connectionEnded || (sourceDone && unsent.get() == 0)) {
            if (stop()) {
                sink.success();
            }
        } else {
            askForNext();
        }
    }

    private void askForNext() {
        Subscription from = source;
        if (from != null && !asked && !sourceDone && (unsent.get() == 0 || shell.isWritable())) {
            asked = true;
            from.request(1);
        }
    }

    /** {@return whether the message is done with} If not, it waits for room. */
    private boolean offer(WebSocketMessage message) {
        SendResult result;
        try {
            result = attempt(message);
            if (result == SendResult.FULL && session.waitsForRoom()) {
                session.awaitRoom(this);
                // Once more, for the room that was made before anybody knew that this waits.
                result = attempt(message);
                if (result == SendResult.FULL) {
                    return false;
                }
            }
        } catch (RuntimeException e) {
            failure = e;
            result = SendResult.DROPPED;
        }
        next = null;
        if (result != SendResult.ACCEPTED) {
            release(message);
        }
        if (result == SendResult.CLOSED) {
            lost = true;
        } else if (result == SendResult.FULL) {
            failure = new SendQueueFullException(session.getId());
        }
        return true;
    }

    private SendResult attempt(WebSocketMessage message) {
        DataBuffer data = message.getPayload();
        ByteBuffer payload = bytesOf(data);
        return switch (message.getType()) {
            case TEXT -> send(MessageType.TEXT, payload, data);
            case BINARY -> send(MessageType.BINARY, payload, data);
            case PING -> control(shell.tryPing(payload), data);
            case PONG -> control(shell.tryPong(payload), data);
        };
    }

    private SendResult send(MessageType type, ByteBuffer payload, DataBuffer data) {
        unsent.incrementAndGet();
        SendResult result = SendResult.CLOSED;
        try {
            result = shell.trySend(type, payload, true, outcome -> {
                DataBufferUtils.release(data);
                completed(outcome);
            });
        } finally {
            if (!result.accepted()) {
                unsent.decrementAndGet();
            }
        }
        return result;
    }

    /** A control frame was copied. */
    private static SendResult control(SendResult result, DataBuffer data) {
        if (result.accepted()) {
            DataBufferUtils.release(data);
        }
        return result;
    }

    /** Under the lock of the connection. */
    private void completed(SendOutcome outcome) {
        if (outcome == SendOutcome.FAILED) {
            lost = true;
        }
        unsent.decrementAndGet();
        // While the source is asked, its answer takes the next turn.
        if (!asked || sourceDone || lost) {
            roomMade();
        }
    }

    private void fail(Throwable cause) {
        if (stop()) {
            sink.error(cause);
        }
    }

    /** {@return whether this call ended it} */
    private boolean stop() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        Subscription from = source;
        if (from != null) {
            from.cancel();
        }
        session.ended(this);
        return true;
    }

    private static void release(@Nullable WebSocketMessage message) {
        if (message != null) {
            DataBufferUtils.release(message.getPayload());
        }
    }

    /** {@return the bytes of a buffer without a copy, which they need no longer than until it is released} */
    private static ByteBuffer bytesOf(DataBuffer data) {
        if (!(data instanceof PooledDataBuffer)) {
            try (DataBuffer.ByteBufferIterator parts = data.readableByteBuffers()) {
                ByteBuffer first = parts.hasNext() ? parts.next() : ByteBuffer.allocate(0);
                if (!parts.hasNext()) {
                    return first;
                }
            }
        }
        ByteBuffer copy = ByteBuffer.allocate(data.readableByteCount());
        data.toByteBuffer(copy);
        return copy;
    }
}
