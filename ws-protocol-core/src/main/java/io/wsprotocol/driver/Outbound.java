package io.wsprotocol.driver;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.OutgoingEntry.Kind;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way out: moves sends from the queue into the handle and the handle's bytes to the transport. Only while nothing is being
 * written, and at most one batch at a time, so that a pong or a Close never waits behind more. HOT. Not thread-safe:
 * confine to one thread or guard with one lock.
 */
final class Outbound {

    /** Sends of one batch; more would only lengthen the wait of a pong. */
    static final int BATCH_SENDS = 64;

    private static final ByteBuffer[] NOTHING = {};

    private final WebSocketHandle handle;
    private final SendQueue queue;
    private final CloseHandshake close;
    private final KeepAlive keepAlive;
    private final Deadlines deadlines;
    private final @Nullable OutgoingCompression compression;
    private final int frameBytes;
    private final int mostInHandle;

    /** What is being written; null when the wire is free. */
    private @Nullable Action writing;

    private long unwritten;
    /** The send that is cut into frames, of which at most one is in the handle. */
    private @Nullable OutgoingEntry cut;
    /** The kind of the fragmented message in progress; null between messages. */
    private @Nullable Kind open;

    Outbound(
            WebSocketHandle handle,
            ConnectionOptions options,
            @Nullable OutgoingCompression compression,
            SendQueue queue,
            CloseHandshake close,
            KeepAlive keepAlive,
            Deadlines deadlines) {
        this.handle = handle;
        this.compression = compression;
        this.queue = queue;
        this.close = close;
        this.keepAlive = keepAlive;
        this.deadlines = deadlines;
        this.frameBytes = options.sendFrameBytes();
        this.mostInHandle = handle.options().maxQueuedSends();
    }

    boolean isWriting() {
        return writing != null;
    }

    /** Takes what the handle wants written: the send queue's bytes, or a pong. */
    void write(Action action) {
        writing = action;
        unwritten = action.totalBytes();
        deadlines.writeBegun();
    }

    /** {@return whether there is something} Finds something to write, if anything may be. */
    boolean next() {
        while (writing == null) {
            if (!pump() && !fill()) {
                return false;
            }
        }
        return true;
    }

    ByteBuffer[] buffers() {
        return writing == null ? NOTHING : writing.buffers();
    }

    int bufferCount() {
        return writing == null ? 0 : writing.bufferCount();
    }

    void written(long bytes) {
        Action action = writing;
        if (action == null || bytes < 0 || bytes > unwritten) {
            throw new IllegalArgumentException("0 to " + unwritten + " bytes can have been written, not " + bytes);
        }
        if (bytes == 0) {
            return;
        }
        unwritten -= bytes;
        consume(action);
        deadlines.writeProgressed();
        if (unwritten == 0) {
            writing = null;
            deadlines.writeEnded();
            handle.completeAction(action, action.totalBytes());
            while (writing == null && pump()) {
                // completions are reported as soon as they are known
            }
        }
    }

    /** Ends what is out when the transport is gone; what the handle held is reported as the handle knows it. */
    void terminate() {
        Action action = writing;
        if (action != null) {
            writing = null;
            handle.completeAction(action, action.totalBytes() - unwritten);
        }
        for (Action next = handle.getAction(ActionQueue.SEND);
                next.type() == ActionType.INDICATE_SEND_COMPLETE;
                next = handle.getAction(ActionQueue.SEND)) {
            indicated(next);
        }
        abandonMessage();
    }

    /** A transport may have moved the positions, as channels do, or only counted: afterwards they are where they belong. */
    private void consume(Action action) {
        ByteBuffer[] buffers = action.buffers();
        int count = action.bufferCount();
        long left = 0;
        for (int i = 0; i < count; i++) {
            left += buffers[i].remaining();
        }
        long skip = left - unwritten;
        for (int i = 0; i < count && skip > 0; i++) {
            int step = (int) Math.min(skip, buffers[i].remaining());
            buffers[i].position(buffers[i].position() + step);
            skip -= step;
        }
    }

    /** {@return whether it had something, bytes to write or a completion} Asks the handle. */
    private boolean pump() {
        Action action = handle.getAction(ActionQueue.SEND);
        return switch (action.type()) {
            case SEND_TO_NETWORK -> {
                write(action);
                yield true;
            }
            case INDICATE_SEND_COMPLETE -> {
                indicated(action);
                yield true;
            }
            default -> {
                boolean pong = action.waitsFor() == WaitReason.CONTROL_FRAME;
                if (pong) {
                    // also when the input has failed and nobody else asks: nothing leaves before a pong that is due
                    write(handle.getAction(ActionQueue.RECEIVE));
                }
                yield pong;
            }
        };
    }

    private void indicated(Action action) {
        Object context = action.context();
        boolean sent = action.fullyTransferred();
        handle.completeAction(action, 0);
        if (context instanceof OutgoingEntry entry) {
            frameEnded(entry, sent);
        } else if (context == keepAlive) {
            keepAlive.frameEnded(sent);
        } else if (sent) {
            close.closeWritten();
        }
    }

    private void frameEnded(OutgoingEntry entry, boolean sent) {
        if (compression != null && entry.deflated) {
            compression.frameDone();
        }
        if (entry == cut && hasMore(entry)) {
            if (sent && close.mayQueue() && close.toSend() == null) {
                return; // the next frame of it is queued when the wire is free
            }
            sent = false;
            abandonDeflated();
        }
        if (entry == cut) {
            cut = null;
        }
        queue.finish(entry, sent ? SendOutcome.SENT : SendOutcome.FAILED);
    }

    /** {@return whether the frame was not the last of its send} Shows the payload to its end again then. */
    private static boolean hasMore(OutgoingEntry entry) {
        ByteBuffer payload = Objects.requireNonNull(entry.payload);
        boolean more = entry.deflated || payload.limit() < entry.end;
        payload.limit(entry.end);
        return more;
    }

    /** {@return whether there was any} Moves one batch into the handle, which is empty now. */
    private boolean fill() {
        if (!close.mayQueue()) {
            return false;
        }
        CloseInfo info = close.toSend();
        if (info != null) {
            sendClose(info);
            return true;
        }
        boolean any = fillControl();
        int sends = 0;
        long bytes = 0;
        while (sends < BATCH_SENDS && bytes < ConnectionOptions.CORK_BYTES && handleHasRoom()) {
            OutgoingEntry entry = cut != null ? cut : queue.pollData();
            if (entry == null || entry.kind == Kind.CLOSE) {
                return fillClose(entry) || any;
            }
            bytes += entry.reserved;
            if (sendData(entry)) {
                any = true;
                sends++;
            }
            if (cut != null) {
                break;
            }
        }
        return any;
    }

    /** {@return whether the handle takes another frame} What is not taken from the queue goes with a later batch. */
    private boolean handleHasRoom() {
        return handle.queued(ActionQueue.SEND) < mostInHandle;
    }

    /** {@return whether there is one} Queues the Close that was to go behind what is queued; that of a failure says more than one asked for. */
    private boolean fillClose(@Nullable OutgoingEntry entry) {
        CloseInfo info = close.toSendLast();
        if (entry != null) {
            info = info == null ? entry.closeInfo : info;
            queue.finish(entry, SendOutcome.SENT);
        }
        if (info == null) {
            return false;
        }
        sendClose(info);
        return true;
    }

    /** RFC 6455 §5.5.1 lets a message end before the Close; we do not make the Close wait for it. */
    private void abandonMessage() {
        OutgoingEntry entry = cut;
        if (entry != null) {
            cut = null;
            queue.finish(entry, SendOutcome.FAILED);
        }
        abandonDeflated();
    }

    private void abandonDeflated() {
        if (compression != null) {
            compression.abandon();
        }
    }

    private void sendClose(CloseInfo info) {
        abandonMessage();
        handle.sendClose(info.status() == CloseStatus.NO_STATUS ? null : info, close);
        close.closeQueued();
    }

    /** RFC 6455 §5.4: control frames may stand between the frames of a message, so none waits for a large one to end. */
    private boolean fillControl() {
        boolean any = keepAlive.wantsFrame();
        if (any) {
            handle.send(keepAlive.frameType(), keepAlive.framePayload(), keepAlive);
        }
        for (int sends = 0; sends < BATCH_SENDS && handleHasRoom(); sends++) {
            OutgoingEntry entry = queue.pollControl();
            if (entry == null) {
                break;
            }
            BufferType type = entry.kind == Kind.PING ? BufferType.PING_PONG : BufferType.UNSOLICITED_PONG;
            handle.send(type, entry.payload, entry);
            any = true;
        }
        return any;
    }

    /** {@return whether there is one} Queues the next frame of a send. */
    private boolean sendData(OutgoingEntry entry) {
        ByteBuffer payload = Objects.requireNonNull(entry.payload);
        if (open != null && open != entry.kind) {
            // RFC 6455 §5.4: fragments of two messages must not mix; who broke in is refused, not who began
            queue.finish(entry, SendOutcome.FAILED);
            return false;
        }
        if (!payload.hasRemaining() && !entry.last) {
            queue.finish(entry, SendOutcome.SENT); // an empty frame would say nothing
            return false;
        }
        OutgoingCompression outgoing = compression;
        if (outgoing != null) {
            if (entry != cut && !prepare(outgoing, entry, payload)) {
                return false;
            }
            if (outgoing.isDeflating()) {
                switch (outgoing.deflate(payload, entry.last)) {
                    case FRAME -> {
                        sendDeflated(outgoing, entry);
                        return true;
                    }
                    case NO_ROOM -> {
                        cut = entry; // first in the next batch
                        return false;
                    }
                    case NOT_SMALLER -> {}
                }
            }
        }
        return sendFrame(entry, Objects.requireNonNull(entry.payload));
    }

    /** {@return whether the entry may be sent} Decides how, when a message begins with it. */
    private boolean prepare(OutgoingCompression outgoing, OutgoingEntry entry, ByteBuffer payload) {
        if (open == null) {
            outgoing.begin(entry, payload);
        }
        if (outgoing.isDeflating() && !outgoing.acceptsText(entry, payload)) {
            if (open == null) {
                outgoing.abandon();
            }
            queue.finish(entry, SendOutcome.FAILED);
            return false;
        }
        return true;
    }

    private void sendDeflated(OutgoingCompression outgoing, OutgoingEntry entry) {
        boolean done = outgoing.isPartDone();
        boolean ends = done && entry.last;
        entry.deflated = true;
        handle.sendRaw(OutgoingCompression.header(entry.kind, open == null, ends), outgoing.frame(), entry);
        queue.started(entry);
        cut = done ? null : entry;
        open = ends ? null : entry.kind;
    }

    private boolean sendFrame(OutgoingEntry entry, ByteBuffer payload) {
        boolean large = payload.remaining() > frameBytes;
        if (large) {
            payload.limit(payload.position() + frameBytes);
            cut = entry;
        }
        boolean ends = entry.last && !large;
        try {
            if (compression != null && compression.isCompressed()) {
                handle.sendRaw(OutgoingCompression.header(entry.kind, open == null, ends), payload, entry);
            } else {
                handle.send(type(entry.kind, ends), payload, entry);
            }
        } catch (IllegalArgumentException notUtf8) {
            // HandleOptions.verifyOutgoingText: what may not go out has failed, and the outcome says so
            payload.limit(entry.end);
            cut = null;
            queue.finish(entry, SendOutcome.FAILED);
            return false;
        }
        queue.started(entry);
        open = ends ? null : entry.kind;
        return true;
    }

    private static BufferType type(Kind kind, boolean ends) {
        if (kind == Kind.TEXT) {
            return ends ? BufferType.UTF8_MESSAGE : BufferType.UTF8_FRAGMENT;
        }
        return ends ? BufferType.BINARY_MESSAGE : BufferType.BINARY_FRAGMENT;
    }
}
