package io.wsprotocol.spring.reactive;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.spring.server.ConnectionShell;
import java.io.IOException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * WebFlux's session on the ws-protocol engine. Thread-safe: {@link #send} may be called any number of times, also while others are
 * under way; each message stays whole.
 *
 * <p>Messages are heap buffers: to retain or to release one changes nothing, so code that does as Reactor Netty's own session needs it works as well
 * as code that does not. Buffers that come in through {@link #send} are released once their bytes have left, or are lost.
 *
 * @since 0.1.0
 */
public final class WsProtocolReactiveSession extends AbstractWebSocketSession<ConnectionShell> {

    private final boolean waitsForRoom;
    private final Incoming incoming;
    private final Set<SendOperation> sending = ConcurrentHashMap.newKeySet();
    private final Queue<SendOperation> waiting = new ConcurrentLinkedQueue<>();
    private final Sinks.One<CloseStatus> closeStatus = Sinks.one();
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    /**
     * Makes a session.
     *
     * @param id nobody can guess it
     * @param shell the connection
     * @param handshake what was asked for and agreed
     * @param waitsForRoom whether a message that finds the send queue full waits, instead of failing its source
     */
    WsProtocolReactiveSession(String id, ConnectionShell shell, HandshakeInfo handshake, boolean waitsForRoom) {
        super(shell, id, handshake, DefaultDataBufferFactory.sharedInstance);
        this.waitsForRoom = waitsForRoom;
        this.incoming = new Incoming(shell);
    }

    /**
     * {@return the messages of the peer, and pongs} At most one is read ahead of demand. It completes when the connection has closed, also
     * without a closing handshake, and fails when the peer broke a rule or a limit, or the transport broke. One subscriber at a time.
     */
    @Override
    public Flux<WebSocketMessage> receive() {
        return incoming;
    }

    /**
     * Sends the messages of a source, with back-pressure: the next one is asked for while the send queue is below its high water mark,
     * or once all before have gone to the socket.
     *
     * @param messages their buffers are the session's
     * @return complete when the source is and each message has gone to the socket, or the connection has closed in order with none
     *     lost; fails with an {@link IOException} when one was lost, with the reason when the connection failed
     */
    @Override
    public Mono<Void> send(Publisher<WebSocketMessage> messages) {
        return Mono.create(sink -> {
            SendOperation operation = new SendOperation(this, getDelegate(), sink);
            sending.add(operation);
            sink.onCancel(operation::cancel);
            messages.subscribe(operation);
            if (ended) {
                // It may have come too late to be told.
                operation.connectionEnded(failure);
            }
        });
    }

    @Override
    public boolean isOpen() {
        return getDelegate().isOpen();
    }

    /**
     * Closes behind what is queued. The first call wins; a reason that is too long is cut.
     *
     * @param status code and reason; 1005 stands for a Close without them
     * @return done when the Close is on its way
     */
    @Override
    public Mono<Void> close(CloseStatus status) {
        return Mono.fromRunnable(() -> {
            String reason = status.getReason();
            CloseInfo info = CloseInfo.truncated(status.getCode(), reason == null ? "" : reason);
            getDelegate().close(info.status(), info.reason());
        });
    }

    /** {@return the status of the end, when it has come: 1005 for a Close without one, 1006 if none was received} */
    @Override
    public Mono<CloseStatus> closeStatus() {
        return closeStatus.asMono();
    }

    /** {@return the connection} */
    ConnectionShell shell() {
        return getDelegate();
    }

    /** A message or a pong arrived. Called by the pump of the connection. */
    void message(WebSocketMessage message) {
        incoming.message(message);
    }

    /**
     * The connection is over: tells all who wait for something of it.
     *
     * @param each tells one of them, whose failure is nothing to the others
     */
    void closed(CloseEvent event, Consumer<Runnable> each) {
        failure = event.cause();
        ended = true;
        each.accept(() -> closeStatus.tryEmitValue(new CloseStatus(event.code(), event.reason())));
        each.accept(() -> incoming.end(event.cause()));
        sending.forEach(operation -> each.accept(() -> operation.connectionEnded(event.cause())));
    }

    /** The send queue may have room again. Called under the lock of the connection. */
    void roomMade() {
        for (SendOperation operation = waiting.poll(); operation != null; operation = waiting.poll()) {
            operation.roomMade();
        }
    }

    /** {@return whether a message that finds the send queue full waits} */
    boolean waitsForRoom() {
        return waitsForRoom;
    }

    /** Has an operation told of the next room that is made. */
    void awaitRoom(SendOperation operation) {
        waiting.add(operation);
    }

    /** Forgets an operation that is over. */
    void ended(SendOperation operation) {
        sending.remove(operation);
        waiting.remove(operation);
    }

    /** {@return what says that a message was lost, and over what if that is known by now} */
    IOException closedException() {
        return new IOException("the WebSocket session " + getId() + " is closed", failure);
    }
}
