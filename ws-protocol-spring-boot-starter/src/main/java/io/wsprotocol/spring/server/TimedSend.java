package io.wsprotocol.spring.server;

import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one message of a connection that is timed on its way. It stands in for the message's own receipt, so that timing needs no
 * memory per message; while it is away no other message is timed. Thread-safe.
 */
final class TimedSend implements SendReceipt {

    private final ConnectionObserver observer;
    private final DeadlineScheduler scheduler;
    private final AtomicBoolean away = new AtomicBoolean();

    // Of whoever took it, and then of the connection's owner: the send queue publishes them.
    private @Nullable SendReceipt receipt;
    private long sentAt;

    /**
     * Makes one that is there.
     *
     * @param observer says what to time, and hears how long it took
     * @param scheduler the connection's clock
     */
    TimedSend(ConnectionObserver observer, DeadlineScheduler scheduler) {
        this.observer = observer;
        this.scheduler = scheduler;
    }

    /**
     * {@return what to send with: the receipt, or this in its place} Then {@link #offered} must follow.
     *
     * @param own the message's receipt, if it has one
     */
    @Nullable
    SendReceipt instead(@Nullable SendReceipt own) {
        // The cheap look first: the observer counts, and the clock costs more than both.
        if (away.getPlain() || !observer.timesSend() || !away.compareAndSet(false, true)) {
            return own;
        }
        receipt = own;
        sentAt = scheduler.now();
        return this;
    }

    /**
     * The message was offered.
     *
     * @param context what {@link #instead} said
     * @param result what became of it; nobody hears of one that was not accepted
     */
    void offered(@Nullable SendReceipt context, SendResult result) {
        if (context == this && result != SendResult.ACCEPTED) {
            back();
        }
    }

    /** Its bytes are handed out. */
    void started() {
        observer.sendWaited(scheduler.now() - sentAt);
    }

    @Override
    public void completed(SendOutcome outcome) {
        SendReceipt own = receipt;
        if (outcome == SendOutcome.SENT) {
            observer.sendTook(scheduler.now() - sentAt);
        }
        back();
        if (own != null) {
            own.completed(outcome);
        }
    }

    private void back() {
        receipt = null;
        away.set(false);
    }
}
