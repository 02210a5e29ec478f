package io.wsprotocol.driver;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.driver.CloseEvent.Initiator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection is on its way out: which Close was received, which goes out or went, what failed, and what the transport should
 * do about it (RFC 6455 §7). Knows no bytes. Not thread-safe: confine to one thread or guard with one lock.
 *
 * <p>Also the context of our Close frame in the handle.
 */
final class CloseHandshake {

    /** What is read and thrown away while the end of the input is awaited; more is a peer that will not stop. */
    private static final int MOST_DRAINED = 64 << 10;

    private final boolean server;
    private final SendQueue queue;
    private final Deadlines deadlines;

    private @Nullable CloseInfo toSend;
    private @Nullable CloseInfo toSendLast;
    private @Nullable CloseInfo received;
    private @Nullable CloseInfo failure;
    private @Nullable Throwable cause;
    private @Nullable Initiator initiator;
    private boolean queued;
    private boolean written;
    private boolean inputEnded;
    private boolean dropped;
    private boolean over;
    private int drained;

    CloseHandshake(boolean server, SendQueue queue, Deadlines deadlines) {
        this.server = server;
        this.queue = queue;
        this.deadlines = deadlines;
    }

    // ---- what happens ----

    /** Looks at what other threads asked for. */
    void noteRequests() {
        if (queue.isAborted() && !dropped && !over) {
            drop(null);
        }
        int overflowStatus = queue.overflowStatus();
        if (overflowStatus != 0) {
            fail(FailureReason.SEND_QUEUE_OVERFLOW, overflowStatus);
        }
        if (queue.isCloseRequested()) {
            begin(Initiator.LOCAL);
        }
    }

    /** The peer's Close arrived: ours goes next, ahead of what is queued (RFC 6455 §5.5.1), and nothing else goes any more. */
    void closeReceived(CloseInfo info) {
        received = info;
        begin(Initiator.REMOTE);
        deadlines.messageEnded();
        if (!queued) {
            toSend = echo(info.status());
        }
        toSendLast = null;
        queue.shut();
    }

    private CloseInfo echo(int status) {
        // RFC 6455 §7.4.1: 1010 is the client's to say
        return CloseInfo.of(server && status == CloseStatus.MANDATORY_EXTENSION ? CloseStatus.NORMAL : status);
    }

    /** A deadline passed or the queue overflowed: one Close about it, ahead of what is queued and may be what does not move. */
    void fail(FailureReason reason) {
        fail(reason, reason.closeStatus());
    }

    private void fail(FailureReason reason, int status) {
        if (failed(new CloseInfo(status, reason.text()), new ConnectionException(reason))) {
            toSend = queued ? null : failure;
            queue.shut();
        }
    }

    /** As {@link #failInput(int, String, Throwable)}, for a limit of ours. */
    void failInput(FailureReason reason) {
        failInput(reason.closeStatus(), reason.text(), new ConnectionException(reason));
    }

    /**
     * The peer broke a rule: one Close about it, and no look at what else arrives (RFC 6455 §7.1.7). What was queued before goes
     * first, answers to the good messages before the bad one among it: how far the peer's bytes were
     * cut into reads must not decide which of them leave.
     */
    void failInput(int status, String reason, Throwable why) {
        if (failed(new CloseInfo(status, reason), why)) {
            toSendLast = queued ? null : failure;
            queue.refuse();
        }
    }

    private boolean failed(CloseInfo info, Throwable why) {
        if (failure != null || received != null || dropped || over) {
            return false;
        }
        failure = info;
        cause = why;
        begin(Initiator.LOCAL);
        deadlines.failing();
        return true;
    }

    /** Bytes came that nobody reads. */
    void drained(int bytes) {
        drained += bytes;
        if (drained > MOST_DRAINED) {
            drop(null);
        }
    }

    /** The transport should go now, without a word. */
    void drop(@Nullable Throwable why) {
        if (dropped || over) {
            return;
        }
        if (cause == null && !isClean()) {
            cause = why;
        }
        begin(Initiator.LOCAL);
        dropped = true;
        deadlines.clear();
        queue.shut();
    }

    /** Our Close is in the handle: no second one may follow (RFC 6455 §5.5.1). */
    void closeQueued() {
        queued = true;
        toSend = null;
        toSendLast = null;
        queue.shut();
    }

    void closeWritten() {
        written = true;
    }

    /** The input is read and parsed to its end. */
    void inputEnded() {
        inputEnded = true;
        deadlines.closing();
    }

    /** The transport is gone. */
    void transportGone(@Nullable Throwable why) {
        if (cause == null && !isClean() && !dropped) {
            cause = why;
        }
        over = true;
        if (initiator == null) {
            initiator = Initiator.TRANSPORT;
        }
    }

    private void begin(Initiator who) {
        if (initiator == null) {
            initiator = who;
            deadlines.closing();
        }
    }

    // ---- what follows ----

    /** {@return the Close that must be the next frame; null when there is none} */
    @Nullable
    CloseInfo toSend() {
        return toSend;
    }

    /** {@return the Close that follows what is queued; null when there is none, or one that the application asked for} */
    @Nullable
    CloseInfo toSendLast() {
        return toSendLast;
    }

    /** {@return whether frames may still be put into the handle} */
    boolean mayQueue() {
        return !queued && !dropped && !over;
    }

    /** {@return whether bytes may still be written} */
    boolean mayWrite() {
        return !dropped && !over;
    }

    /** {@return whether received bytes still mean anything (RFC 6455 §5.5.1, §7.1.7)} */
    boolean mayReceive() {
        return received == null && failure == null && !inputEnded && !dropped && !over;
    }

    /** {@return whether an event that was found may still be delivered (RFC 6455 §7.1.7)} */
    boolean mayDeliver() {
        return failure == null && !dropped && !over;
    }

    /** {@return whether bytes are only read to see the end of the input} */
    boolean isDraining() {
        return wantsOutputShutdown() && !inputEnded;
    }

    boolean wantsOutputShutdown() {
        return written && !dropped && !over && (failure != null || (received != null && !server));
    }

    boolean wantsTransportClose() {
        if (over) {
            return false;
        }
        // RFC 6455 §7.1.1: the server closes at once, so that it is the one that keeps TIME_WAIT
        boolean serverDone = server && written && received != null;
        boolean owesClose = !written && (received != null || failure != null);
        return dropped || serverDone || (inputEnded && !owesClose);
    }

    boolean isOver() {
        return over;
    }

    /** RFC 6455 §7.1.4: clean when both Closes went. */
    private boolean isClean() {
        return received != null && written;
    }

    /** {@return how it ended; to be asked when it is over} */
    CloseEvent event() {
        CloseInfo said = failure != null ? failure : received;
        // RFC 6455 §7.1.5: the code of the first Close received, 1006 without one
        int code = said == null ? CloseStatus.ABNORMAL : said.status();
        String reason = said == null ? null : said.reason();
        return new CloseEvent(code, reason, failure == null && isClean(), Objects.requireNonNull(initiator), cause);
    }
}
