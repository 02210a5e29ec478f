package io.wsprotocol.sample;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Messages on their way to one session. Sending to a session may have to wait for its reader; the mailbox keeps that wait away from everybody
 * else. At most one thread empties it at a time, so messages keep their order.
 *
 * <p>Thread-safe.
 */
final class Mailbox {

    /** Messages that may wait for one reader; with more it is not reading, and it is told so and dropped. */
    static final int MOST_MESSAGES = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final WebSocketSession session;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<WebSocketMessage<?>> messages = new ArrayDeque<>();
    private boolean delivering;
    private boolean dropped;

    Mailbox(WebSocketSession session, Executor executor) {
        this.session = session;
        this.executor = executor;
    }

    /** Takes a message and returns at once, however slow the reader is. */
    void offer(WebSocketMessage<?> message) {
        Runnable task = null;
        lock.lock();
        try {
            if (dropped) {
                return;
            }
            if (messages.size() == MOST_MESSAGES) {
                dropped = true;
                messages.clear();
                task = this::drop;
            } else {
                messages.add(message);
                if (!delivering) {
                    delivering = true;
                    task = this::deliver;
                }
            }
        } finally {
            lock.unlock();
        }
        if (task != null) {
            executor.execute(task);
        }
    }

    private void deliver() {
        try {
            for (WebSocketMessage<?> message = next(); message != null; message = next()) {
                session.sendMessage(message);
            }
        } catch (IOException | RuntimeException e) {
            // The session is gone; the container reports that through afterConnectionClosed, which is where its owner
            // forgets it.
            LOG.debug("A message could not be delivered", e);
            stop();
        }
    }

    private @Nullable WebSocketMessage<?> next() {
        lock.lock();
        try {
            WebSocketMessage<?> message = messages.poll();
            if (message == null) {
                delivering = false;
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    private void stop() {
        lock.lock();
        try {
            dropped = true;
            messages.clear();
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        try {
            session.close(CloseStatus.SESSION_NOT_RELIABLE);
        } catch (IOException | RuntimeException e) {
            LOG.debug("A slow reader could not be told", e);
        }
    }
}
