package io.wsprotocol.sample;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * Sends every text and binary message to all who are connected, its sender included, to all in the same order. A reader who falls behind holds up
 * nobody: each has a {@link Mailbox}, and who lets it fill up is dropped.
 *
 * <p>Thread-safe.
 */
final class BroadcastHandler extends AbstractWebSocketHandler {

    /** Longest message that a client may send, in bytes: many readers may each have many of them waiting. */
    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private final Map<String, Mailbox> readers = new ConcurrentHashMap<>();
    private final ReentrantLock order = new ReentrantLock();
    private final Executor executor;
    private final EndpointStatus status;

    BroadcastHandler(Executor executor, EndpointStatus status) {
        this.executor = executor;
        this.status = status;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        session.setTextMessageSizeLimit(MAX_MESSAGE_BYTES);
        session.setBinaryMessageSizeLimit(MAX_MESSAGE_BYTES);
        status.opened(WebSocketEndpoints.BROADCAST, session);
        readers.put(session.getId(), new Mailbox(session, executor));
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        broadcast(message);
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
        broadcast(message);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus closeStatus) {
        readers.remove(session.getId());
        status.closed(WebSocketEndpoints.BROADCAST);
    }

    /** One message at a time, so that all mailboxes get them in one order; nobody waits under the lock for a network. */
    private void broadcast(WebSocketMessage<?> message) {
        order.lock();
        try {
            readers.values().forEach(reader -> reader.offer(message));
        } finally {
            order.unlock();
        }
    }
}
