package io.wsprotocol.driver;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.deflate.DeflateOptions;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way in: lends the handle's memory to be read into, and turns what the handle indicates into events, one at a time. A message
 * that arrives in one chunk is shown where it lies, others are assembled. HOT. Not thread-safe: confine to one thread
 * or guard with one lock.
 */
final class Inbound {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final WebSocketHandle handle;
    private final Outbound outbound;
    private final CloseHandshake close;
    private final KeepAlive keepAlive;
    private final Deadlines deadlines;
    private final ConnectionOptions options;
    /** Made by the first control frame. */
    private @Nullable ControlRate controlRate;
    /** Made by the first message that comes in parts. */
    private @Nullable MessageAssembler assembler;

    private final @Nullable IncomingCompression compression;
    private final boolean partial;

    /** The read that is out; null when no memory is lent. */
    private @Nullable Action reading;
    /** The indication whose memory the payload shows; null when it shows none. */
    private @Nullable Action shown;

    private ConnectionEvent found = ConnectionEvent.NONE;
    private ConnectionEvent current = ConnectionEvent.NONE;
    private ByteBuffer payload = EMPTY;
    private boolean last;

    private boolean receiveQueued;
    /** Whether the handle has parsed all it has and waits for bytes. */
    private boolean hungry = true;

    private boolean paused;
    private boolean ended;
    private boolean messageOpen;
    /** Payload of the message in progress that has arrived, at most {@link Integer#MAX_VALUE}. */
    private int messageBytes;
    /** The most bytes of a message; {@link Integer#MAX_VALUE} for no limit. */
    private int maxTextBytes;

    private int maxBinaryBytes;
    private int largestRead;
    /** The low bits of their number; only the difference matters. */
    private int pingsCounted;

    Inbound(
            WebSocketHandle handle,
            ConnectionOptions options,
            @Nullable IncomingCompression compression,
            Outbound outbound,
            CloseHandshake close,
            KeepAlive keepAlive,
            Deadlines deadlines) {
        this.handle = handle;
        this.compression = compression;
        this.outbound = outbound;
        this.close = close;
        this.keepAlive = keepAlive;
        this.deadlines = deadlines;
        this.options = options;
        this.partial = options.partialMessages();
        this.maxTextBytes = mostBytes();
        this.maxBinaryBytes = mostBytes();
    }

    void limitText(long bytes) {
        handle.limitTextFrames(frameLimit(bytes));
        maxTextBytes = (int) Math.min(bytes, mostBytes());
    }

    void limitBinary(long bytes) {
        handle.limitBinaryFrames(frameLimit(bytes));
        maxBinaryBytes = (int) Math.min(bytes, mostBytes());
    }

    /** L-20: a frame may be a little longer than the message that it holds compressed. */
    private long frameLimit(long bytes) {
        return compression == null ? bytes : DeflateOptions.maxCompressedBytes(bytes);
    }

    private int mostBytes() {
        return partial ? Integer.MAX_VALUE : MessageAssembler.limit(options.maxMessageBytes());
    }

    // ---- bytes ----

    boolean wantsRead() {
        if (!isReceiving() || ended) {
            return false;
        }
        if (!hungry) {
            advance();
        }
        return hungry && close.mayReceive();
    }

    /** {@return whether this side takes what the peer sends, so that its silence is its own} */
    boolean isReceiving() {
        return !paused && current == ConnectionEvent.NONE && found == ConnectionEvent.NONE && close.mayReceive();
    }

    /** {@return memory of the handle, the same until it is given back} */
    ByteBuffer readBuffer() {
        advance();
        Action read = reading;
        if (read == null) {
            throw new IllegalStateException("nothing may be read now");
        }
        return read.buffer();
    }

    void received(int bytes) {
        Action read = reading;
        if (read == null || bytes < 0 || bytes > read.totalBytes()) {
            throw new IllegalArgumentException(
                    bytes + " bytes cannot have been read into " + (read == null ? "nothing" : "the read buffer"));
        }
        if (bytes == 0) {
            cancelRead();
            return;
        }
        reading = null;
        hungry = false;
        deadlines.received();
        handle.completeAction(read, bytes);
    }

    /** The peer sends nothing more; what has arrived is still delivered. */
    void endOfInput() {
        ended = true;
        if (reading != null) {
            cancelRead();
        }
        advance();
    }

    /** Lets the handle have its memory back while there is nothing to read. */
    private void cancelRead() {
        Action read = reading;
        reading = null;
        if (read != null) {
            handle.completeAction(read, 0);
            step(false);
        }
    }

    // ---- events ----

    /** Ends the current event, and with it its payload, and looks for the next. */
    ConnectionEvent next() {
        release();
        if (paused || close.isOver()) {
            return ConnectionEvent.NONE;
        }
        if (!hungry || ended) {
            advance();
        }
        if (!close.mayDeliver()) {
            discardFound();
        }
        current = found;
        found = ConnectionEvent.NONE;
        return current;
    }

    ByteBuffer payload() {
        return payload;
    }

    /** {@return the payload, the caller's own: handed over where that costs nothing, else copied} There is none afterwards. */
    ByteBuffer takePayload() {
        ByteBuffer taken;
        if (shown == null && assembling() && assembler().isFull()) {
            taken = assembler().handOver();
        } else {
            taken = ByteBuffer.allocate(payload.remaining());
            taken.put(payload).flip();
        }
        payload = EMPTY;
        return taken;
    }

    boolean last() {
        return last;
    }

    ConnectionEvent current() {
        return current;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** Takes a pong out of the handle if one is due and the wire is free. */
    void pumpPong() {
        if (close.mayReceive()) {
            step(!hungry); // a connection that waits for bytes shall not borrow memory on this way
        }
    }

    /** Ends what is out when the transport is gone; a payload that is being looked at stays until the next event. */
    void terminate() {
        Action read = reading;
        reading = null;
        if (read != null) {
            handle.completeAction(read, 0);
        }
        discardFound();
        if (current == ConnectionEvent.NONE) {
            drain();
        }
    }

    /** Ends the current event. */
    void release() {
        if (current == ConnectionEvent.NONE) {
            return;
        }
        current = ConnectionEvent.NONE;
        letGo();
        if (close.isOver()) {
            drain();
        }
    }

    private void drain() {
        if (compression != null) {
            compression.abandon();
        }
        for (Action next = handle.getAction(ActionQueue.RECEIVE);
                next.type() == ActionType.INDICATE_RECEIVE_COMPLETE;
                next = handle.getAction(ActionQueue.RECEIVE)) {
            handle.completeAction(next, 0);
        }
    }

    private void discardFound() {
        if (found != ConnectionEvent.NONE) {
            found = ConnectionEvent.NONE;
            letGo();
        }
    }

    private void letGo() {
        payload = EMPTY;
        Action indication = shown;
        shown = null;
        if (indication != null) {
            handle.completeAction(indication, 0);
            return;
        }
        if (compression != null) {
            compression.release();
        }
        if (!messageOpen) {
            endAssembly();
        }
    }

    /** Parses until there is an event, or bytes are needed. */
    private void advance() {
        while (isReceiving() && reading == null && (isInflating() ? inflate() : step(true))) {
            // each step is one action of the handle, or one slice of one
        }
    }

    private boolean isInflating() {
        return compression != null && compression.hasChunk();
    }

    /** {@return whether to ask again could bring something} Asks the handle once. */
    private boolean step(boolean mayReceive) {
        if (mayReceive && !receiveQueued && isReceiving() && !isInflating()) {
            handle.receive(null, null);
            receiveQueued = true;
        }
        Action action;
        try {
            action = handle.getAction(ActionQueue.RECEIVE);
        } catch (WebSocketProtocolException violation) {
            countPings();
            // RFC 6455 §7.1.7: tell the peer, and look at nothing else it sends
            close.failInput(violation.closeStatus(), violation.violation().rfc(), violation);
            return false;
        }
        countPings();
        return switch (action.type()) {
            case SEND_TO_NETWORK -> {
                outbound.write(action);
                yield true;
            }
            case RECEIVE_FROM_NETWORK -> {
                needsBytes(action);
                if (!close.mayReceive()) {
                    cancelRead();
                }
                yield false;
            }
            case INDICATE_RECEIVE_COMPLETE -> {
                receiveQueued = false;
                if (close.mayReceive()) {
                    indicated(action);
                } else {
                    handle.completeAction(action, 0);
                }
                yield true;
            }
            default -> false;
        };
    }

    private void needsBytes(Action read) {
        hungry = true;
        reading = read;
        if (ended) {
            reading = null;
            handle.completeAction(read, 0);
            step(false);
            close.inputEnded();
        } else {
            largestRead = Math.max(largestRead, read.buffer().capacity());
        }
    }

    private void indicated(Action action) {
        BufferType type = action.bufferType();
        if (type == null) {
            handle.completeAction(action, 0); // the read was cancelled
            return;
        }
        switch (type) {
            case CLOSE -> {
                CloseInfo info = Objects.requireNonNull(action.closeInfo());
                handle.completeAction(action, 0);
                close.closeReceived(info);
            }
            case PING_PONG -> pong(action);
            case UTF8_MESSAGE, UTF8_FRAGMENT -> part(action, ConnectionEvent.TEXT);
            case BINARY_MESSAGE, BINARY_FRAGMENT -> part(action, ConnectionEvent.BINARY);
            default -> compressedPart(action);
        }
    }

    private void pong(Action action) {
        ByteBuffer body = action.buffer();
        if (!withinRate(1)) {
            handle.completeAction(action, 0);
            close.failInput(FailureReason.TOO_MANY_CONTROL_FRAMES);
        } else if (keepAlive.answeredBy(body)) {
            handle.completeAction(action, 0);
        } else {
            last = true;
            show(ConnectionEvent.PONG, action, body);
        }
    }

    /** Pings that came on the way to an action, whether the engine can answer them or the wire is blocked (L-06). */
    private void countPings() {
        int pings = (int) handle.pingsReceived();
        if (pings == pingsCounted) {
            return;
        }
        boolean within = withinRate(pings - pingsCounted);
        pingsCounted = pings;
        if (!within) {
            close.failInput(FailureReason.TOO_MANY_CONTROL_FRAMES);
        }
    }

    private void part(Action action, ConnectionEvent event) {
        ByteBuffer bytes = action.buffer();
        boolean ends = action.endsMessage();
        noteProgress(ends);
        if (!countPart(event, bytes.remaining(), ends)) {
            handle.completeAction(action, 0);
            close.failInput(FailureReason.MESSAGE_TOO_BIG);
        } else if (partial) {
            deadlines.messageFlowed(bytes.remaining());
            last = ends;
            show(event, action, bytes);
        } else if (ends && !assembling()) {
            last = true;
            show(event, action, bytes);
        } else {
            assemble(action, event, bytes, ends);
        }
    }

    private void noteProgress(boolean ends) {
        if (!ends && !messageOpen) {
            deadlines.messageBegun();
        }
        messageOpen = !ends;
        if (ends) {
            deadlines.messageEnded();
        }
    }

    // ---- compressed messages ----

    private void compressedPart(Action action) {
        IncomingCompression incoming = compression;
        if (incoming == null) {
            handle.completeAction(action, 0);
            close.failInput(FailureReason.UNKNOWN_EXTENSION);
            return;
        }
        noteProgress(action.endsMessage());
        if (partial) {
            deadlines.messageFlowed((int) action.totalBytes());
        }
        incoming.take(action, limit(IncomingCompression.kind(action)));
    }

    /** {@return whether to go on} Takes the next slice out of the chunk at hand. */
    private boolean inflate() {
        IncomingCompression incoming = Objects.requireNonNull(compression);
        boolean slice = incoming.next();
        FailureReason failure = incoming.failure();
        if (failure != null) {
            close.failInput(failure);
            return false;
        }
        if (slice && !countPart(incoming.event(), incoming.slice().remaining(), incoming.ends())) {
            incoming.abandon();
            close.failInput(FailureReason.MESSAGE_TOO_BIG);
            return false;
        }
        if (slice) {
            inflated(incoming);
        }
        return true;
    }

    private void inflated(IncomingCompression incoming) {
        boolean ends = incoming.ends();
        if (partial || (ends && !assembling())) {
            last = ends;
            found = incoming.event();
            payload = incoming.slice();
        } else if (!incoming.isInvalid()) {
            assembler().append(incoming.slice());
            if (ends) {
                last = true;
                found = incoming.event();
                payload = assembler().view();
                incoming.release();
            }
        }
    }

    /** {@return whether the message is within its limit, this part included (L-01)} */
    private boolean countPart(ConnectionEvent event, int bytes, boolean ends) {
        int total = (int) Math.min((long) messageBytes + bytes, Integer.MAX_VALUE);
        messageBytes = ends ? 0 : total;
        return total <= limit(event);
    }

    private int limit(ConnectionEvent event) {
        return event == ConnectionEvent.TEXT ? maxTextBytes : maxBinaryBytes;
    }

    private void assemble(Action action, ConnectionEvent event, ByteBuffer bytes, boolean ends) {
        assembler().append(bytes);
        handle.completeAction(action, 0);
        if (ends) {
            last = true;
            found = event;
            payload = assembler().view();
        }
    }

    private boolean assembling() {
        return assembler != null && assembler.begun();
    }

    private MessageAssembler assembler() {
        MessageAssembler made = assembler;
        if (made == null) {
            made = new MessageAssembler(options.maxMessageBytes());
            assembler = made;
        }
        return made;
    }

    private void endAssembly() {
        if (assembler != null) {
            assembler.release(largestRead);
        }
    }

    /** {@return whether that many more control frames are within the rate (L-06)} */
    private boolean withinRate(long frames) {
        ControlRate rate = controlRate;
        if (rate == null) {
            rate = new ControlRate(options.controlFrameRate(), options.controlFrameBurst());
            controlRate = rate;
        }
        return rate.accept(frames, deadlines.now());
    }

    private void show(ConnectionEvent event, Action action, ByteBuffer bytes) {
        found = event;
        payload = bytes;
        shown = action;
    }
}
