package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.Turn;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The messages of one session, as many as were asked for. One message is read ahead, so that pings and a Close are noticed although
 * nobody asks for messages; behind it nothing is read from the socket until it was taken. Thread-safe.
 *
 * <p>One subscriber at a time. Who comes after another that cancelled goes on where that one stopped.
 */
final class Incoming extends Flux<WebSocketMessage> {

    private final ConnectionShell shell;
    /** At most one message, and a pong before it. */
    private final Queue<WebSocketMessage> held = new ConcurrentLinkedQueue<>();

    private final AtomicReference<@Nullable Reader> reader = new AtomicReference<>();
    private final Turn turn = new Turn(this::emit);
    private volatile boolean paused;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    Incoming(ConnectionShell shell) {
        this.shell = shell;
    }

    /** A message arrived. Called by the pump of the connection, one at a time. */
    void message(WebSocketMessage message) {
        if (message.getType() == WebSocketMessage.Type.PONG && !held.isEmpty()) {
            // Nobody asks: a late pong is worth nothing, and it must not stop the reading.
            return;
        }
        boolean open = shell.isOpen();
        held.add(message);
        turn.take();
        if (message.getType() == WebSocketMessage.Type.PONG || held.isEmpty()) {
            return;
        }
        if (!open) {
            // Closing, the connection looks for the peer's Close; what nobody asked for by now is not wanted.
            held.remove(message);
            return;
        }
        shell.pauseReading();
        // In this order: whoever takes the message meanwhile must not find the pause before it is there.
        paused = true;
        turn.take();
    }

    /** Nothing more arrives; null for an end in order. */
    void end(@Nullable Throwable cause) {
        failure = cause;
        ended = true;
        turn.take();
    }

    @Override
    public void subscribe(CoreSubscriber<? super WebSocketMessage> subscriber) {
        Reader asking = new Reader(Objects.requireNonNull(subscriber, "subscriber"));
        if (!reader.compareAndSet(null, asking)) {
            Operators.error(subscriber, new IllegalStateException("receive() has a subscriber already"));
            return;
        }
        subscriber.onSubscribe(asking);
        asking.ready = true;
        turn.take();
    }

    private void emit() {
        Reader asking = reader.get();
        if (asking != null && asking.ready) {
            emitTo(asking);
        }
        if (paused && held.isEmpty()) {
            paused = false;
            shell.resumeReading();
        }
    }

    private void emitTo(Reader asking) {
        boolean over = ended;
        while (asking.mayTake()) {
            WebSocketMessage message = held.poll();
            if (message == null) {
                break;
            }
            asking.demand.accumulateAndGet(1, (left, one) -> left == Long.MAX_VALUE ? left : left - one);
            asking.subscriber.onNext(message);
        }
        if (over && held.isEmpty() && reader.compareAndSet(asking, null)) {
            Throwable cause = failure;
            if (cause == null) {
                asking.subscriber.onComplete();
            } else {
                asking.subscriber.onError(cause);
            }
        }
    }

    /** Who takes the messages now. Thread-safe. */
    private final class Reader implements Subscription {

        final CoreSubscriber<? super WebSocketMessage> subscriber;
        final AtomicLong demand = new AtomicLong();
        volatile boolean ready;

        Reader(CoreSubscriber<? super WebSocketMessage> subscriber) {
            this.subscriber = subscriber;
        }

        boolean mayTake() {
            return demand.get() > 0 && reader.get() == this;
        }

        @Override
        public void request(long count) {
            if (Operators.validate(count)) {
                demand.accumulateAndGet(count, Operators::addCap);
                turn.take();
            }
        }

        @Override
        public void cancel() {
            reader.compareAndSet(this, null);
        }
    }
}
