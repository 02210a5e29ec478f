package io.wsprotocol.spring.server;

import io.wsprotocol.CloseStatus;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.driver.SendListener;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Owns the lock, the transport and the time of one {@link WebSocketConnection}, and lets any thread send on it. Thread-safe.
 *
 * <p>Knows no container: a {@link SocketTransport} moves the bytes, a {@link ShellListener} hears the messages.
 *
 * @since 0.1.0
 */
public final class ConnectionShell {

    /*
     * Three kinds of threads meet here.
     *
     * - The pump reads, parses and calls the listener. There is at most one at a time: the first one who wants to pump does it, and
     *   goes round again for those who came meanwhile. It takes the lock for each step and calls the listener
     *   without it.
     * - A sender puts its message into the connection's queue without a lock and then flushes: again the first one does it, the
     *   others leave at once. Nobody hops to another thread, and no message waits for a wake-up that was missed.
     * - The timer fires deadlines. It never runs application code; when there is something to tell, the transport's executor pumps.
     *
     * While the listener runs (and perhaps waits for the send queue to fall), the lock is free, so writes and deadlines go on. A
     * turn of writing is bounded: who ends one at its bound lets the lock go and takes part in the flush, which goes on.
     *
     * The listener's own answers to messages that came in one read leave in one write: while more of them are at hand, the pump
     * is about to come by, so its thread need not flush. A read that filled its buffer has more behind it, so what was held back waits for one
     * more read. A listener may answer and then work on, though; so nothing is held back for one
     * that was not quick the last time, and the timer lets go what was held back for one that is slow for once.
     */

    /** The most bytes that wait for each other; about what one write of a batch takes. */
    private static final int MOST_HELD = 16 << 10;

    /** A listener that takes longer for a message has its next answers written at once. */
    private static final long QUICK_NANOS = 2_000_000;

    /** As soon as the timer looks. */
    private static final long AT_ONCE = 0;

    private static final long RETRY_NANOS = DeadlineScheduler.GRANULARITY_MILLIS * 1_000_000L;

    private static final Log LOG = LogFactory.getLog(ConnectionShell.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Turn pump = new Turn(this::drain);
    private final Turn flush = new Turn(this::workForSenders);
    private final Delivery delivery;
    private final WebSocketConnection connection;
    private final Wire wire;
    private final SocketTransport transport;
    private final ShellListener listener;
    private final ConnectionObserver observer;
    private final TimedSend timed;
    private final DeadlineScheduler scheduler;
    private final DeadlineScheduler.Task deadline;

    // Something waits in the connection's queue that nobody has come by for yet.
    private volatile boolean signalled;

    // Guarded by the lock.
    private boolean holding;

    private boolean paused;
    private boolean resumed;

    // The pump's own.
    private boolean opened;
    private boolean over;
    private boolean quick;
    private boolean followed;
    private boolean readAhead;
    private long toldAt = DeadlineScheduler.NO_DEADLINE;

    // The thread whose answers may wait for each other. Without a fence: only that thread can find itself in it.
    private @Nullable Thread held;

    /**
     * Takes over an open handle and its socket. Nothing is read or told before the first {@link #readable}.
     *
     * @param handle the handle, its handshake done; the shell's from now on
     * @param options the options the handle was made with
     * @param transport the socket; the shell's from now on
     * @param listener hears the messages
     * @param observer hears how deep the send queue is
     * @param scheduler calls back at the connection's deadlines
     * @throws IllegalStateException when the scheduler is closed; so is the handle then, and the observer was told
     */
    public ConnectionShell(
            WebSocketHandle handle,
            ConnectionOptions options,
            SocketTransport transport,
            ShellListener listener,
            ConnectionObserver observer,
            DeadlineScheduler scheduler) {
        this(handle, options, null, transport, listener, observer, scheduler);
    }

    /**
     * Takes over an open handle and its socket, with what was agreed about compression.
     *
     * @param handle the handle, its handshake done; the shell's from now on
     * @param options the options the handle was made with
     * @param compression what was agreed; null for none
     * @param transport the socket; the shell's from now on
     * @param listener hears the messages
     * @param observer hears how deep the send queue is
     * @param scheduler calls back at the connection's deadlines
     * @throws IllegalStateException when the scheduler is closed; so is the handle then, and the observer was told
     */
    public ConnectionShell(
            WebSocketHandle handle,
            ConnectionOptions options,
            @Nullable DeflateParameters compression,
            SocketTransport transport,
            ShellListener listener,
            ConnectionObserver observer,
            DeadlineScheduler scheduler) {
        this.transport = Objects.requireNonNull(transport, "transport");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.delivery = new Delivery(listener.takesEncodedText());
        this.observer = Objects.requireNonNull(observer, "observer");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.timed = new TimedSend(observer, scheduler);
        try {
            this.deadline = scheduler.register(this::deadlineReached);
        } catch (IllegalStateException e) {
            // The application stops. The handle is ours by now, and the observer waits for the end of what it saw
            // begin.
            handle.close();
            observer.closed(new CloseEvent(CloseStatus.ABNORMAL, null, false, CloseEvent.Initiator.TRANSPORT, e));
            throw e;
        }
        this.connection = WebSocketConnection.open(
                handle, options, compression, new Sends(), () -> signalled = true, scheduler.now());
        this.wire = new Wire(connection, transport);
    }

    /** {@return the name of the transport} */
    public String transportName() {
        return transport.name();
    }

    /** {@return whether messages may be sent: no Close was sent or received yet} */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /** {@return the limit or deadline that ended the connection; null while it lives and when it ended otherwise} */
    public @Nullable FailureReason failureReason() {
        lock.lock();
        try {
            return wire.isGone() && connection.closeEvent().cause() instanceof ConnectionException failure
                    ? failure.reason()
                    : null;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the messages that wait to be sent} */
    public int queuedMessages() {
        return connection.queuedMessages();
    }

    /** {@return the bytes that wait to be sent} */
    public long queuedBytes() {
        return connection.queuedBytes();
    }

    /**
     * Sends a text message, or fails to; never waits.
     *
     * @param message the text
     * @return what became of it
     * @throws IllegalArgumentException when the text has an unpaired surrogate
     */
    public SendResult trySendText(String message) {
        SendReceipt context = timed.instead(null);
        SendResult result = SendResult.CLOSED;
        try {
            result = connection.trySendText(message, context);
        } finally {
            timed.offered(context, result);
        }
        return noted(result);
    }

    /**
     * Sends a message or a part of one, or fails to; never waits.
     *
     * @param type its type; a part must have the type of the part before
     * @param payload the connection's until it is written
     * @param ends whether the message ends here
     * @return what became of it
     */
    public SendResult trySend(MessageType type, ByteBuffer payload, boolean ends) {
        return offer(type, payload, ends, null);
    }

    /**
     * Sends a message or a part of one, or fails to; never waits.
     *
     * @param type its type; a part must have the type of the part before
     * @param payload the connection's until the receipt says what became of it
     * @param ends whether the message ends here
     * @param receipt hears what became of it if it was accepted
     * @return what became of it
     */
    public SendResult trySend(MessageType type, ByteBuffer payload, boolean ends, SendReceipt receipt) {
        return offer(type, payload, ends, receipt);
    }

    /**
     * Sends a message that many connections share, or fails to; never waits.
     *
     * @param message the message
     * @param receipt hears what became of it if it was accepted; null if nobody wants to know
     * @return whether it was accepted
     */
    public SendResult trySend(PreparedMessage message, @Nullable SendReceipt receipt) {
        SendReceipt context = timed.instead(receipt);
        SendResult result = SendResult.CLOSED;
        try {
            result = connection.trySend(message, context);
        } finally {
            timed.offered(context, result);
        }
        return noted(result);
    }

    /**
     * Sends a message or a part of one as it is, also where compression was agreed on, or fails to; never waits.
     *
     * @param type its type; a part must have the type of the part before
     * @param payload the connection's until it is written
     * @param ends whether the message ends here; the first part decides about compression
     * @return what became of it
     */
    public SendResult trySendUncompressed(MessageType type, ByteBuffer payload, boolean ends) {
        SendReceipt context = timed.instead(null);
        SendResult result = SendResult.CLOSED;
        try {
            result = connection.trySendUncompressed(type, payload, ends, context);
        } finally {
            timed.offered(context, result);
        }
        return noted(result);
    }

    /**
     * Sends a ping, or fails to; never waits.
     *
     * @param payload at most 125 bytes, copied
     * @return what became of it
     */
    public SendResult tryPing(ByteBuffer payload) {
        return noted(connection.tryPing(payload, null));
    }

    /**
     * Sends a pong that nobody asked for, or fails to; never waits.
     *
     * @param payload at most 125 bytes, copied
     * @return what became of it
     */
    public SendResult tryPong(ByteBuffer payload) {
        return noted(connection.tryPong(payload, null));
    }

    /**
     * Starts the closing handshake after what is queued. The first call wins.
     *
     * @param status a code that may be sent (RFC 6455 §7.4)
     * @param reason at most 123 bytes of UTF-8, or null
     * @return whether this call was the first
     */
    public boolean close(int status, @Nullable String reason) {
        boolean first = connection.close(status, reason);
        flush.take();
        return first;
    }

    /**
     * Gives up a peer that reads too slowly: what is queued is lost, and only a Close with that status may still leave.
     *
     * @param status a code that may be sent (RFC 6455 §7.4)
     */
    public void failSlowPeer(int status) {
        connection.failSlowPeer(status);
        flush.take();
    }

    /** Drops the connection without a closing handshake. The socket is closed when this returns. Idempotent. */
    public void abort() {
        connection.abort();
        underLock(() -> {});
    }

    /**
     * Sets the most bytes of a text message; a longer one fails the connection with 1009 before it is complete.
     *
     * @param bytes at least 0
     * @throws IllegalArgumentException when the number is negative; nothing has changed
     */
    public void limitText(long bytes) {
        requireLimit(bytes);
        underLock(() -> connection.limitText(bytes));
    }

    /**
     * Sets the most bytes of a binary message; a longer one fails the connection with 1009 before it is complete.
     *
     * @param bytes at least 0
     * @throws IllegalArgumentException when the number is negative; nothing has changed
     */
    public void limitBinary(long bytes) {
        requireLimit(bytes);
        underLock(() -> connection.limitBinary(bytes));
    }

    private static void requireLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a limit is at least 0, was " + bytes);
        }
    }

    /** {@return whether more is welcome in the send queue: it is below its high water mark} */
    public boolean isWritable() {
        return connection.isWritable();
    }

    /**
     * Stops reading from the peer after what was already read, until {@link #resumeReading} or a close from this side: whoever
     * closes wants the peer's answer.
     */
    public void pauseReading() {
        underLock(() -> {
            if (connection.isOpen()) {
                paused = true;
                connection.pauseReading();
                observer.readingSuspended(true);
            }
        });
    }

    /** Reads on after {@link #pauseReading}. */
    public void resumeReading() {
        underLock(this::endPause);
    }

    /**
     * Runs a task on a thread that may run application code, not this one.
     *
     * @param task what to run
     * @throws java.util.concurrent.RejectedExecutionException when there is no such thread any more
     */
    public void execute(Runnable task) {
        transport.execute(task);
    }

    /**
     * Sends with patience: waits while the send queue is above its high water mark, and while it has no room.
     *
     * @param attempt one of the {@code try…} methods of this shell
     * @param nanos how long to wait at most
     * @return what became of the last attempt; {@link SendResult#FULL} when the time passed
     * @throws InterruptedException when this thread was interrupted while waiting
     */
    public SendResult send(Supplier<SendResult> attempt, long nanos) throws InterruptedException {
        if (connection.isWritable()) {
            SendResult result = attempt.get();
            if (result != SendResult.FULL) {
                return result;
            }
        }
        long left = nanos;
        lock.lockInterruptibly();
        try {
            // Under the lock, so that no room is made between the attempt and the wait for it.
            while (true) {
                if (connection.isWritable() || !connection.isOpen()) {
                    SendResult result = attempt.get();
                    if (result != SendResult.FULL) {
                        return result;
                    }
                }
                if (left <= 0) {
                    return SendResult.FULL;
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
            if (signalled) {
                flush.take();
            }
        }
    }

    /** The transport's answer to {@link SocketTransport#awaitReadable}: reads, and tells the listener on this thread. */
    public void readable() {
        lock.lock();
        try {
            wire.readable();
        } finally {
            lock.unlock();
        }
        pump.take();
    }

    /**
     * The transport's answer to {@link SocketTransport#PENDING}.
     *
     * @param bytes how many bytes it took since; 0 is possible
     */
    public void writeCompleted(long bytes) {
        underLock(() -> wire.writeCompleted(bytes));
    }

    /**
     * The socket broke, or the container took it away.
     *
     * @param cause why
     */
    public void transportFailed(Throwable cause) {
        underLock(() -> wire.fail(cause));
    }

    private SendResult offer(MessageType type, ByteBuffer payload, boolean ends, @Nullable SendReceipt receipt) {
        SendReceipt context = timed.instead(receipt);
        SendResult result = SendResult.CLOSED;
        try {
            result = connection.trySend(type, payload, ends, context);
        } finally {
            timed.offered(context, result);
        }
        return noted(result);
    }

    private SendResult noted(SendResult result) {
        if (signalled && !lock.isHeldByCurrentThread() && !mayWait(result)) {
            flush.take();
        }
        if (result == SendResult.FULL || result == SendResult.DROPPED) {
            observer.sendOverflowed();
        }
        return result;
    }

    /** {@return whether the pump is sure to write what this thread has just sent, and soon} */
    private boolean mayWait(SendResult result) {
        return held == Thread.currentThread()
                && result == SendResult.ACCEPTED
                && connection.isWritable()
                && connection.queuedBytes() < MOST_HELD;
    }

    /** The pump: reads and tells until there is nothing more to read. */
    private void drain() {
        if (!opened) {
            opened = true;
            listener.opened();
        }
        while (!over && step()) {
            if (delivery.isClosed()) {
                tellEnd();
            } else if (delivery.isMessage()) {
                tellMessage();
            }
        }
    }

    private void tellMessage() {
        held = followed ? Thread.currentThread() : null;
        try {
            delivery.tell(listener);
        } finally {
            held = null;
        }
    }

    /**
     * One step of the pump: an event if there is one, else at most one read.
     *
     * @return whether another may follow
     */
    private boolean step() {
        boolean another;
        boolean writesOn;
        lock.lock();
        try {
            boolean goneBefore = wire.isGone();
            try {
                another = takeOrRead();
            } catch (RuntimeException | Error e) {
                // The end is said only once, so it is told whatever failed over it.
                boolean end = delivery.isClosed();
                if (!end) {
                    delivery.forget();
                }
                drop(e);
                another = end || !goneBefore;
            }
            writesOn = wire.writesOn();
        } finally {
            lock.unlock();
        }
        if (writesOn) {
            // Before the listener is called, in which this thread may wait.
            flush.take();
        }
        return another;
    }

    private boolean takeOrRead() {
        long now = scheduler.now();
        connection.onTime(now);
        quick = toldAt != DeadlineScheduler.NO_DEADLINE ? now - toldAt < QUICK_NANOS : quick;
        boolean progress = delivery.take(connection);
        delivery.report(observer);
        toldAt = delivery.isMessage() ? now : DeadlineScheduler.NO_DEADLINE;
        hold(delivery.isMessage());
        if (!holding || connection.queuedBytes() >= MOST_HELD) {
            write();
        }
        if (!progress) {
            progress = wire.readOnce();
            if (!progress) {
                letGo();
            }
        }
        return afterwards() || progress;
    }

    /** Decides whether what was answered, and the answer to the message that is told now, wait for those to the next one. */
    private void hold(boolean message) {
        boolean expected = wire.expectsMore();
        boolean more = connection.holdsInput() || expected;
        // The last of them, too: its answer takes the others along. For one read only: a long message may take many.
        holding = quick && (message ? more || holding : holding && expected && !readAhead);
        followed = holding && more;
        readAhead = holding && !message;
    }

    /** Nothing came: what was held back leaves before the transport lets its thread go, for some close a socket only on it. */
    private void letGo() {
        if (holding) {
            holding = false;
            write();
        }
        wire.awaitReadable();
    }

    private void tellEnd() {
        over = true;
        deadline.cancel();
        CloseEvent event = connection.closeEvent();
        try {
            observer.closed(event);
        } catch (RuntimeException | Error e) {
            LOG.error("An observer failed at the end of a connection", e);
        }
        listener.closed(event);
    }

    /** What senders leave behind for the first of them. */
    private void workForSenders() {
        underLock(() -> {
            if (!connection.isOpen()) {
                endPause();
            }
        });
    }

    private void endPause() {
        if (paused) {
            paused = false;
            resumed = true;
            connection.resumeReading();
            observer.readingSuspended(false);
        }
    }

    /** The timer's thread: never runs the listener, and writes one turn at most. */
    private void deadlineReached() {
        if (!lock.tryLock()) {
            // Whoever has it may write for long, and the timer's thread is everybody's.
            deadline.deadline(scheduler.now() + RETRY_NANOS);
            return;
        }
        boolean pumpDue;
        boolean writesOn;
        try {
            pumpDue = change(() -> {});
            writesOn = wire.writesOn();
        } finally {
            lock.unlock();
        }
        if (pumpDue) {
            pump.passTo(transport::execute);
        }
        if (writesOn) {
            flush.passTo(transport::execute);
        }
    }

    /** Changes something, does what follows from it, and has the listener told by a thread of the transport's. */
    private void underLock(Runnable change) {
        boolean pumpDue;
        boolean writesOn;
        lock.lock();
        try {
            pumpDue = change(change);
            writesOn = wire.writesOn();
        } finally {
            lock.unlock();
        }
        if (pumpDue) {
            pump.passTo(transport::execute);
        }
        if (writesOn) {
            // Not the pump: it may wait inside the listener for just these bytes to leave.
            flush.take();
        }
    }

    /**
     * Under the lock.
     *
     * @return whether a pump is due for what follows
     */
    private boolean change(Runnable change) {
        try {
            // First, so that what follows counts its deadlines from now: the last read may be long ago.
            connection.onTime(scheduler.now());
            change.run();
            write();
            return afterwards();
        } catch (RuntimeException | Error e) {
            drop(e);
            return true;
        }
    }

    /** One turn of writing, and the end if it is due. */
    private void write() {
        signalled = false;
        wire.write();
        wire.end();
    }

    /**
     * Everything else that follows a change of the connection, short of reading and telling.
     *
     * @return whether a pump is due for those
     */
    private boolean afterwards() {
        if (wire.isGone()) {
            changed.signalAll();
        }
        observer.queueChanged(connection.queuedMessages(), connection.queuedBytes());
        deadline.deadline(holding ? AT_ONCE : connection.nextDeadline());
        // Behind a pause there may be messages that were read before it: nothing to read, but to tell.
        boolean untold = resumed;
        resumed = false;
        return wire.needsPump() || untold;
    }

    /** An error, too, must not leave behind a connection that nobody pumps any more. */
    private void drop(Throwable failure) {
        LOG.error("The connection is dropped after a failure of the engine", failure);
        wire.fail(failure);
        changed.signalAll();
    }

    /** Told by the connection, always under the lock. */
    private final class Sends implements SendListener {

        @Override
        public void sendStarted(@Nullable Object context, int bytes, boolean endsMessage) {
            if (context == timed) {
                timed.started();
            }
            observer.messageSent(bytes, endsMessage);
        }

        @Override
        public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
            if (outcome == SendOutcome.DROPPED) {
                observer.sendOverflowed();
            }
            if (context instanceof SendReceipt receipt) {
                receipt.completed(outcome);
            }
            listener.roomMade();
            changed.signalAll();
        }

        @Override
        public void writabilityChanged(boolean writable) {
            changed.signalAll();
        }
    }
}
