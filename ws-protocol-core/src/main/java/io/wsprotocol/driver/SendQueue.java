package io.wsprotocol.driver;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.driver.OutgoingEntry.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The any-thread front of a connection: a queue with many producers and one consumer, bounded in bytes and in messages. Methods
 * of the first group are thread-safe, the others belong to the owner.
 *
 * <p>Producers push onto a stack, the inbox; the owner detaches the whole inbox, turns it round, and has the order in which each
 * producer sent. What is reserved but not completed is one {@code long}, messages above bytes, so that both bounds hold
 * exactly and together.
 */
final class SendQueue {

    private static final VarHandle INBOX;
    private static final VarHandle LOAD;
    private static final VarHandle STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INBOX = lookup.findVarHandle(SendQueue.class, "inbox", OutgoingEntry.class);
            LOAD = lookup.findVarHandle(SendQueue.class, "load", long.class);
            STATE = lookup.findVarHandle(SendQueue.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int OPEN = 0;
    private static final int CLOSING = 1;
    private static final int SHUT = 2;

    private static final int MESSAGES_SHIFT = 40;
    private static final long ONE_MESSAGE = 1L << MESSAGES_SHIFT;
    private static final long BYTES_MASK = ONE_MESSAGE - 1;
    /** "Unlimited" in what the packed load can count; twice this and one payload more still fit. */
    private static final long MOST_BYTES = 1L << 38;

    private static final int MOST_MESSAGES = 1 << 22;

    /** Stands in the inbox once nothing can be accepted any more. */
    private static final OutgoingEntry TERMINATED = new OutgoingEntry();

    private final EntryPool pool = new EntryPool();
    private final EntryList data = new EntryList();
    /** Pings and pongs of the application; made by the first. */
    private @Nullable EntryList control;
    /** Whole messages that wait for the end of one that is sent in parts; made by the first. */
    private @Nullable Waiting waiting;

    private final SendListener listener;
    private final Runnable signal;
    private final ConnectionOptions options;

    private volatile @Nullable OutgoingEntry inbox;
    private volatile long load;
    private volatile int state = OPEN;
    private volatile boolean writable = true;
    private volatile boolean aborted;
    /** What to close with because the peer reads too slowly; 0 while it does not. */
    private volatile int overflowStatus;

    private boolean reportedWritable = true;
    /** Whether the youngest data entry taken from the inbox left its message open. Written by the owner; for producers, a hint. */
    private volatile boolean messageOpen;

    SendQueue(ConnectionOptions options, SendListener listener, Runnable signal) {
        this.listener = listener;
        this.signal = signal;
        this.options = options;
    }

    // ---- any thread ----

    SendResult offer(Kind kind, ByteBuffer payload, boolean last, @Nullable Object context) {
        return offer(kind, payload, last, true, context);
    }

    SendResult offer(Kind kind, ByteBuffer payload, boolean last, boolean compressible, @Nullable Object context) {
        SendResult room = reserve(payload.remaining(), 1);
        if (room != SendResult.ACCEPTED) {
            return room;
        }
        OutgoingEntry entry = pool.take();
        entry.fill(kind, payload, last, context);
        entry.compressible = compressible;
        return accept(entry);
    }

    SendResult offerText(ByteBuffer utf8, @Nullable Object context) {
        SendResult room = reserve(utf8.remaining(), mayWait() ? 2 : 1);
        if (room != SendResult.ACCEPTED) {
            return room;
        }
        OutgoingEntry entry = pool.take();
        entry.fill(Kind.TEXT, utf8, true, context);
        entry.complete = true;
        return accept(entry);
    }

    SendResult offer(PreparedMessage message, @Nullable Object context) {
        SendResult room = reserve(message.size(), mayWait() ? 2 : 1);
        if (room != SendResult.ACCEPTED) {
            return room;
        }
        OutgoingEntry entry = pool.take();
        entry.fill(Kind.of(message.type()), message.view(), true, context);
        entry.prepared = message;
        entry.complete = true;
        entry.compressible = message.isCompressible();
        return accept(entry);
    }

    /**
     * {@return what becomes of a send of that many bytes; {@link SendResult#ACCEPTED} when there is room, which it has now}
     *
     * @param share 2 when only half of the queue is to be filled: the rest is for what ends the wait
     */
    private SendResult reserve(int bytes, int share) {
        if (state != OPEN) {
            return SendResult.CLOSED;
        }
        int slack = options.overflowPolicy() == OverflowPolicy.DROP_OLDEST ? 2 : 1;
        boolean room = reserve(bytes, maxBytes() * slack / share, Math.max(1, maxMessages() * slack / share));
        return room ? SendResult.ACCEPTED : overflow();
    }

    /** {@return whether a whole message would wait for the end of one that is sent in parts, as far as a producer knows} */
    private boolean mayWait() {
        return messageOpen && partsAreKept();
    }

    private SendResult accept(OutgoingEntry entry) {
        if (!push(entry)) {
            release(entry.reserved);
            pool.give(entry);
            return SendResult.CLOSED;
        }
        return SendResult.ACCEPTED;
    }

    /** {@return whether this was the first call and the connection was open} Queues a Close behind what is queued. */
    boolean close(CloseInfo info) {
        if (!STATE.compareAndSet(this, OPEN, CLOSING)) {
            return false;
        }
        OutgoingEntry entry = pool.take();
        entry.fill(Kind.CLOSE, null, true, null);
        entry.closeInfo = info;
        push(entry);
        signal.run(); // even when the inbox was not empty: the close deadline starts when the owner hears of it
        return true;
    }

    void abort() {
        aborted = true;
        signal.run();
    }

    /** The peer reads too slowly, and is to be told so with that status. */
    void overflowed(int closeStatus) {
        overflowStatus = closeStatus;
        signal.run();
    }

    boolean isOpen() {
        return state == OPEN;
    }

    boolean isWritable() {
        return writable && state == OPEN;
    }

    long bytes() {
        return load & BYTES_MASK;
    }

    int messages() {
        return (int) (load >>> MESSAGES_SHIFT);
    }

    private boolean reserve(int bytes, long mostBytes, int mostMessages) {
        long seen;
        long queued;
        do {
            seen = load;
            queued = seen & BYTES_MASK;
            // A payload beyond the bound is in memory anyway: alone it may pass, or it never could.
            if ((seen >>> MESSAGES_SHIFT) >= mostMessages || (queued != 0 && queued + bytes > mostBytes)) {
                writable = false;
                return false;
            }
        } while (!LOAD.compareAndSet(this, seen, seen + ONE_MESSAGE + bytes));
        if (queued + bytes >= Math.min(options.highWaterBytes(), MOST_BYTES)) {
            writable = false;
        }
        return true;
    }

    private long maxBytes() {
        return Math.min(options.maxQueuedBytes(), MOST_BYTES);
    }

    private int maxMessages() {
        return Math.min(options.maxQueuedMessages(), MOST_MESSAGES);
    }

    private SendResult overflow() {
        return switch (options.overflowPolicy()) {
            case REJECT, DROP_OLDEST -> SendResult.FULL;
            case DROP_NEWEST -> SendResult.DROPPED;
            case CLOSE -> {
                overflowed(FailureReason.SEND_QUEUE_OVERFLOW.closeStatus());
                yield SendResult.CLOSED;
            }
        };
    }

    /** Publishes an entry; signals unless an earlier signal for the same inbox is still to be followed. */
    private boolean push(OutgoingEntry entry) {
        OutgoingEntry seen;
        do {
            seen = inbox;
            if (seen == TERMINATED) {
                return false;
            }
            entry.next = seen;
        } while (!INBOX.compareAndSet(this, seen, entry));
        if (seen == null) {
            signal.run();
        }
        return true;
    }

    private void release(int bytes) {
        LOAD.getAndAdd(this, -(ONE_MESSAGE + bytes));
    }

    // ---- owner ----

    boolean isAborted() {
        return aborted;
    }

    /** {@return what to close with because the peer reads too slowly; 0 when it does not} */
    int overflowStatus() {
        return overflowStatus;
    }

    boolean isCloseRequested() {
        return state != OPEN;
    }

    @Nullable
    OutgoingEntry pollData() {
        return data.poll();
    }

    @Nullable
    OutgoingEntry pollControl() {
        return control == null ? null : control.poll();
    }

    /** Takes what has been sent since the last time. */
    void collect() {
        if (inbox != null && inbox != TERMINATED) {
            sort((OutgoingEntry) INBOX.getAndSet(this, (OutgoingEntry) null));
            if (options.overflowPolicy() == OverflowPolicy.DROP_OLDEST) {
                dropOldest();
            }
        }
        settleWritability();
    }

    /** A frame of the entry is in the handle: reports the first one. */
    void started(OutgoingEntry entry) {
        if (!entry.started) {
            entry.started = true;
            listener.sendStarted(entry.context, entry.reserved, entry.last);
        }
    }

    /** Ends an entry: gives back its room and reports the outcome, once. */
    void finish(OutgoingEntry entry, SendOutcome outcome) {
        Object context = entry.context;
        boolean report = entry.kind != Kind.CLOSE;
        int reserved = entry.reserved;
        pool.give(entry);
        if (report) {
            release(reserved);
            listener.sendCompleted(context, outcome);
        }
    }

    /** Takes nothing from now on; what waits may still go. */
    void refuse() {
        STATE.compareAndSet(this, OPEN, CLOSING);
        collect();
    }

    /** Takes nothing from now on and fails what waits. */
    void shut() {
        state = SHUT;
        collect();
        failAll();
    }

    /** As {@link #shut()}, and no entry that a producer is about to push can slip in afterwards. */
    void terminate() {
        shut();
        sort((OutgoingEntry) INBOX.getAndSet(this, TERMINATED));
        failAll();
    }

    private void sort(@Nullable OutgoingEntry youngest) {
        OutgoingEntry oldest = null;
        for (OutgoingEntry entry = youngest; entry != null; ) {
            OutgoingEntry older = entry.next;
            entry.next = oldest;
            oldest = entry;
            entry = older;
        }
        for (OutgoingEntry entry = oldest; entry != null; ) {
            OutgoingEntry younger = entry.next;
            if (entry.kind.isControl()) {
                addControl(entry);
            } else if (messageOpen && entry.complete && partsAreKept()) {
                // RFC 6455 §5.4: fragments of two messages must not mix. Who sends a whole one knows nothing of the
                // other.
                addWaiting(entry);
            } else {
                addData(entry);
            }
            entry = younger;
        }
        if (state == SHUT) {
            failAll();
        }
    }

    /** {@return whether a message that was begun has an end} A last part that was dropped has none, and nothing may wait for it. */
    private boolean partsAreKept() {
        return options.overflowPolicy() != OverflowPolicy.DROP_NEWEST;
    }

    private void addData(OutgoingEntry entry) {
        entry.whole = entry.kind != Kind.CLOSE && entry.last && !messageOpen;
        if (messageOpen == entry.last) {
            messageOpen = !entry.last;
        }
        data.add(entry);
        Waiting behind = waiting;
        if (behind != null && entry.last) {
            for (OutgoingEntry next = behind.poll(); next != null; next = behind.poll()) {
                next.whole = true;
                data.add(next);
            }
        }
    }

    private void addWaiting(OutgoingEntry entry) {
        Waiting behind = waiting;
        if (behind == null) {
            behind = new Waiting();
            waiting = behind;
        }
        behind.add(entry);
    }

    private void dropOldest() {
        while ((bytes() > maxBytes() && messages() > 1) || messages() > maxMessages()) {
            OutgoingEntry victim = data.pollWhole();
            if (victim == null) {
                return;
            }
            finish(victim, SendOutcome.DROPPED);
        }
    }

    private void addControl(OutgoingEntry entry) {
        EntryList list = control;
        if (list == null) {
            list = new EntryList();
            control = list;
        }
        list.add(entry);
    }

    private void failAll() {
        failAll(control);
        failAll(data);
        Waiting behind = waiting;
        if (behind != null) {
            for (OutgoingEntry entry = behind.poll(); entry != null; entry = behind.poll()) {
                finish(entry, SendOutcome.FAILED);
            }
        }
    }

    private void failAll(@Nullable EntryList list) {
        if (list == null) {
            return;
        }
        for (OutgoingEntry entry = list.poll(); entry != null; entry = list.poll()) {
            finish(entry, SendOutcome.FAILED);
        }
    }

    /** Follows the water marks. A producer lowers the flag before it pushes, so the signal of that push leads here. */
    private void settleWritability() {
        if (writable) {
            return;
        }
        if (reportedWritable) {
            reportedWritable = false;
            listener.writabilityChanged(false);
        }
        // Without what waits for the end of a message: whoever is to send that end must not wait for those.
        long moving = waiting == null ? load : load - waiting.load;
        if (state == OPEN
                && (moving & BYTES_MASK) <= Math.min(options.lowWaterBytes(), MOST_BYTES)
                && moving >>> MESSAGES_SHIFT <= maxMessages() / 2) {
            writable = true;
            reportedWritable = true;
            listener.writabilityChanged(true);
        }
    }

    /** Whole messages that wait, and how much of the load they are. */
    private static final class Waiting {

        private final EntryList entries = new EntryList();
        private long load;

        void add(OutgoingEntry entry) {
            entries.add(entry);
            load += ONE_MESSAGE + entry.reserved;
        }

        @Nullable
        OutgoingEntry poll() {
            OutgoingEntry entry = entries.poll();
            if (entry != null) {
                load -= ONE_MESSAGE + entry.reserved;
            }
            return entry;
        }
    }
}
