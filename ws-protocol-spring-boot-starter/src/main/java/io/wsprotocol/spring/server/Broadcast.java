package io.wsprotocol.spring.server;

import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.web.socket.WebSocketSession;

/**
 * What becomes of one message on its way to many sessions: for each it is {@link Outcome#PENDING} until exactly one of the other
 * words is true, for good. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Broadcast {

    private final List<Recipient> recipients;
    private final AtomicInteger pending;
    private final CompletableFuture<Broadcast> done = new CompletableFuture<>();

    /**
     * What became of the message for one session. Immutable.
     *
     * @since 0.1.0
     */
    public enum Outcome {
        /** It waits, or is on its way. */
        PENDING,
        /** Every byte went to the network. */
        SENT,
        /** The session's overflow policy gave it up, for newer messages or as the newest. */
        DROPPED,
        /** The session closed first. */
        FAILED,
        /** The session's queue had no room. */
        FULL,
        /** The session was closing already. */
        CLOSED
    }

    Broadcast(List<WsProtocolWebSocketSession> sessions) {
        recipients = new ArrayList<>(sessions.size());
        for (WsProtocolWebSocketSession session : sessions) {
            recipients.add(new Recipient(session));
        }
        pending = new AtomicInteger(sessions.size());
        if (sessions.isEmpty()) {
            done.complete(this);
        }
    }

    /** {@return to how many sessions the message was to go} */
    public int recipients() {
        return recipients.size();
    }

    /**
     * {@return for how many of them that is true now}
     *
     * @param outcome the word
     */
    public int count(Outcome outcome) {
        return sessions(outcome).size();
    }

    /**
     * {@return those of them for which that is true now}
     *
     * @param outcome the word
     */
    public List<WebSocketSession> sessions(Outcome outcome) {
        List<WebSocketSession> found = new ArrayList<>();
        for (Recipient recipient : recipients) {
            if (recipient.outcome.get() == outcome) {
                found.add(recipient.session);
            }
        }
        return found;
    }

    /** {@return done when nothing is pending any more; what depends on it runs on another thread than the connections'} */
    public CompletionStage<Broadcast> done() {
        return done.minimalCompletionStage();
    }

    /** {@return how many there are of each outcome} */
    @Override
    public String toString() {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (Recipient recipient : recipients) {
            counts.merge(recipient.outcome.get(), 1, Integer::sum);
        }
        return "Broadcast" + counts;
    }

    void sendTo(int index, PreparedMessage message) {
        Recipient recipient = recipients.get(index);
        SendResult result = recipient.session.trySend(message, recipient);
        switch (result) {
            case ACCEPTED -> {}
            case FULL -> recipient.end(Outcome.FULL);
            case DROPPED -> recipient.end(Outcome.DROPPED);
            case CLOSED -> recipient.end(Outcome.CLOSED);
        }
    }

    /** One session and what became of the message there. Thread-safe. */
    private final class Recipient implements SendReceipt {

        final WsProtocolWebSocketSession session;
        final AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.PENDING);

        Recipient(WsProtocolWebSocketSession session) {
            this.session = session;
        }

        @Override
        public void completed(SendOutcome result) {
            end(
                    switch (result) {
                        case SENT -> Outcome.SENT;
                        case DROPPED -> Outcome.DROPPED;
                        case FAILED -> Outcome.FAILED;
                    });
        }

        void end(Outcome last) {
            if (outcome.compareAndSet(Outcome.PENDING, last) && pending.decrementAndGet() == 0) {
                // The lock of a connection is held here: whoever waits for the end must not run under it.
                done.completeAsync(() -> Broadcast.this);
            }
        }
    }
}
