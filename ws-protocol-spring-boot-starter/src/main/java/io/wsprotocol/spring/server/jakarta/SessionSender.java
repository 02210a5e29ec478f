package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SessionSettings;
import jakarta.websocket.SendHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of one session. Thread-safe: each message stays whole; the parts of one must come from one place.
 */
final class SessionSender {

    /** Spring's status for a peer that takes nothing (4500), used by all sessions of the starter. */
    static final int NOT_RELIABLE = 4500;

    private static final Log LOG = LogFactory.getLog(SessionSender.class);

    private final ConnectionShell shell;
    private final SessionSettings settings;
    private final DeadlineScheduler scheduler;

    SessionSender(ConnectionShell shell, SessionSettings settings, DeadlineScheduler scheduler) {
        this.shell = shell;
        this.settings = settings;
        this.scheduler = scheduler;
    }

    /** Sends a text, waiting for a slow peer as the settings say. */
    void text(String message) throws IOException {
        send(() -> shell.trySendText(message));
    }

    /**
     * Sends a message or a part of one, waiting for a slow peer as the settings say.
     *
     * @param payload the connection's from now on
     */
    void part(MessageType type, ByteBuffer payload, boolean last) throws IOException {
        send(() -> shell.trySend(type, payload, last));
    }

    void ping(ByteBuffer payload) throws IOException {
        send(() -> shell.tryPing(payload.duplicate()));
    }

    void pong(ByteBuffer payload) throws IOException {
        send(() -> shell.tryPong(payload.duplicate()));
    }

    /**
     * Sends a message and never waits.
     *
     * @param payload the connection's from now on
     * @param timeout milliseconds after which the session is given up; 0 or less for the engine's own limit alone
     * @param done hears of the end once, perhaps before this returns, perhaps under the connection's lock
     */
    void async(MessageType type, ByteBuffer payload, long timeout, Completion done) {
        Waiting waiting = new Waiting(done, timeout);
        SendResult result;
        try {
            result = shell.trySend(type, payload, true, waiting::completed);
        } catch (RuntimeException e) {
            waiting.end(e);
            return;
        }
        switch (result) {
            case ACCEPTED -> {}
            case DROPPED -> waiting.end(new IOException("the send queue is full; the message was dropped"));
            case FULL -> waiting.end(new IOException("the send queue is full"));
            case CLOSED -> waiting.end(closed());
        }
    }

    /** Tells a handler, on a thread that may run application code. */
    void tell(SendHandler handler, jakarta.websocket.SendResult result) {
        execute(() -> handler.onResult(result));
    }

    private void execute(Runnable task) {
        try {
            shell.execute(task);
        } catch (RejectedExecutionException e) {
            // The container stops, has no threads any more and closes the connection itself.
            LOG.debug("Nothing came of the end of a message", e);
        }
    }

    private void send(Supplier<SendResult> attempt) throws IOException {
        SendResult result;
        try {
            result = settings.waits()
                    ? shell.send(attempt, settings.sendTimeout().toNanos())
                    : attempt.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a slow peer");
        }
        switch (result) {
            case ACCEPTED, DROPPED -> {}
            case CLOSED -> throw closed();
            case FULL -> {
                if (settings.waits()) {
                    // A Close behind what the peer does not read would never leave.
                    shell.failSlowPeer(NOT_RELIABLE);
                }
                throw new IOException("the send queue is full");
            }
        }
    }

    private static IOException closed() {
        return new IOException("the WebSocket session is closed");
    }

    /** Hears how a message ended. */
    @FunctionalInterface
    interface Completion {

        /**
         * It ended; must neither block nor call the application.
         *
         * @param failure why it was not sent; null when it was
         */
        void ended(@Nullable Throwable failure);
    }

    /** A message on its way. Thread-safe. */
    private final class Waiting {

        private final Completion done;
        private final AtomicBoolean over = new AtomicBoolean();
        private final DeadlineScheduler.@Nullable Task task;

        Waiting(Completion done, long timeout) {
            this.done = done;
            this.task = timeout > 0 ? scheduler.register(this::late) : null;
            if (task != null) {
                task.deadline(scheduler.now() + TimeUnit.MILLISECONDS.toNanos(timeout));
            }
        }

        void completed(SendOutcome outcome) {
            end(outcome == SendOutcome.SENT ? null : new IOException("the message was not sent: " + outcome));
        }

        /** On the timer's thread, which is everybody's and must not wait for whoever has the connection's lock. */
        void late() {
            if (end(new SocketTimeoutException("the message was not sent within its time"))) {
                execute(() -> shell.failSlowPeer(NOT_RELIABLE));
            }
        }

        boolean end(@Nullable Throwable failure) {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            if (task != null) {
                task.cancel();
            }
            done.ended(failure);
            return true;
        }
    }
}
