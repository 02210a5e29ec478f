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
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One person in the room, with a mailbox in front of the session. Sending to a session may have to wait for its reader; the mailbox keeps that
 * wait away from everybody else. At most one thread empties it at a time, so messages keep their order.
 *
 * <p>Thread-safe.
 */
final class ChatMember {

    /** Messages that may wait for one reader; with more it is not reading, and it is told so and dropped. */
    static final int MAILBOX_MESSAGES = 256;

    private static final Logger LOG = LoggerFactory.getLogger(ChatMember.class);

    private final String name;
    private final WebSocketSession session;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<String> mailbox = new ArrayDeque<>();
    private boolean delivering;
    private boolean dropped;

    ChatMember(String name, WebSocketSession session, Executor executor) {
        this.name = name;
        this.session = session;
        this.executor = executor;
    }

    String name() {
        return name;
    }

    /** Puts a message into the mailbox and returns at once, however slow the reader is. */
    void offer(String json) {
        Runnable task = null;
        lock.lock();
        try {
            if (dropped) {
                return;
            }
            if (mailbox.size() == MAILBOX_MESSAGES) {
                dropped = true;
                mailbox.clear();
                task = this::drop;
            } else {
                mailbox.add(json);
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
            for (String json = next(); json != null; json = next()) {
                session.sendMessage(new TextMessage(json));
            }
        } catch (IOException | RuntimeException e) {
            // The session is gone; the container reports that through afterConnectionClosed, which is where the member
            // leaves.
            LOG.debug("A chat message could not be delivered", e);
            stop();
        }
    }

    private @Nullable String next() {
        lock.lock();
        try {
            String json = mailbox.poll();
            if (json == null) {
                delivering = false;
            }
            return json;
        } finally {
            lock.unlock();
        }
    }

    private void stop() {
        lock.lock();
        try {
            dropped = true;
            mailbox.clear();
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        try {
            session.close(CloseStatus.SESSION_NOT_RELIABLE);
        } catch (IOException | RuntimeException e) {
            LOG.debug("A slow chat member could not be told", e);
        }
    }
}
