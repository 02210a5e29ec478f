package io.wsprotocol.driver;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.HandleState;
import io.wsprotocol.HandleStatistics;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.driver.OutgoingEntry.Kind;
import io.wsprotocol.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection as an application wants it: messages in, messages out, and an end that always comes. Still without I/O:
 * bytes and time come in as arguments, and what the transport should do is asked for and asked for again after every call.
 *
 * <pre>{@code
 * connection.onTime(now);
 * for (ConnectionEvent e; (e = connection.nextEvent()) != ConnectionEvent.NONE; ) { … connection.payload() … }
 * if (connection.wantsWrite()) connection.written(channel.write(connection.writeBuffers(), 0, connection.writeBufferCount()));
 * if (connection.wantsRead()) connection.received(channel.read(connection.readBuffer()));   // endOfInput() at -1
 * if (connection.wantsOutputShutdown()) { channel.shutdownOutput(); }  // once
 * if (connection.wantsTransportClose()) { channel.close(); connection.transportClosed(); }
 * }</pre>
 *
 * <p>{@link ConnectionLoop} is that loop, complete. Every connection ends with exactly one {@link ConnectionEvent#CLOSED}; before it
 * every accepted send has been completed, exactly once.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock. Of the methods, those that say "any thread" may be called
 * by all threads at any time, with no lock held.
 *
 * @since 0.1.0
 */
public final class WebSocketConnection {

    /** What {@link #nextDeadline()} answers when nothing is due, ever. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    /** The most bytes of a ping or pong (RFC 6455 §5.5). */
    public static final int MAX_CONTROL_PAYLOAD = FrameHeader.MAX_CONTROL_PAYLOAD;

    private static final int DRAIN_BYTES = 512;

    private final WebSocketHandle handle;
    private final SendQueue queue;
    private final Deadlines deadlines;
    private final KeepAlive keepAlive;
    private final CloseHandshake close;
    private final Outbound outbound;
    private final Inbound inbound;
    private final @Nullable DeflateParameters compression;

    private @Nullable TextParts textParts;
    private @Nullable String text;
    private @Nullable ByteBuffer drain;
    private @Nullable CloseEvent closeEvent;
    /** Taken when the last event was delivered. */
    private @Nullable HandleStatistics lastStatistics;

    private WebSocketConnection(
            WebSocketHandle handle,
            ConnectionOptions options,
            @Nullable DeflateParameters compression,
            SendListener sendListener,
            Runnable sendSignal,
            long now) {
        this.handle = handle;
        this.compression = compression;
        queue = new SendQueue(options, sendListener, sendSignal);
        deadlines = new Deadlines(options, now);
        keepAlive = new KeepAlive(options, deadlines);
        close = new CloseHandshake(handle.isServer(), queue, deadlines);
        OutgoingCompression outgoing = OutgoingCompression.of(handle, compression, options);
        IncomingCompression incoming = IncomingCompression.of(handle, compression, options);
        outbound = new Outbound(handle, options, outgoing, queue, close, keepAlive, deadlines);
        inbound = new Inbound(handle, options, incoming, outbound, close, keepAlive, deadlines);
        textParts = options.partialMessages() ? new TextParts() : null;
    }

    /**
     * {@return a connection over a handle whose handshake is done; a server's may still have to be ended} The handle belongs to the
     * connection from now on and is closed with it.
     *
     * @param handle best made with {@link ConnectionOptions#handleOptions}, so that it corks and enforces its share of the limits
     * @param options limits and deadlines
     * @param sendListener hears what becomes of sends
     * @param sendSignal runs on the sending thread after something was accepted, so that the owner comes by; it must not call back
     * @param now the time on any monotonic clock in nanoseconds, the one that {@link #onTime} continues
     * @throws IllegalStateException when the handshake has not been done
     */
    public static WebSocketConnection open(
            WebSocketHandle handle,
            ConnectionOptions options,
            SendListener sendListener,
            Runnable sendSignal,
            long now) {
        return open(handle, options, null, sendListener, sendSignal, now);
    }

    /**
     * {@return a connection over a handle whose handshake is done, with what was agreed there about compression}
     *
     * @param handle see the other method
     * @param options limits and deadlines; {@link ConnectionOptions#compression()} is what was wanted
     * @param compression what was agreed, see {@link ServerUpgrade#compression()} and {@link ClientUpgrade#compression()}; null for none
     * @param sendListener hears what becomes of sends
     * @param sendSignal see the other method
     * @param now the time on any monotonic clock in nanoseconds, the one that {@link #onTime} continues
     * @throws IllegalArgumentException when compression was agreed and the options do not want it
     * @throws IllegalStateException when the handshake has not been done
     */
    public static WebSocketConnection open(
            WebSocketHandle handle,
            ConnectionOptions options,
            @Nullable DeflateParameters compression,
            SendListener sendListener,
            Runnable sendSignal,
            long now) {
        Objects.requireNonNull(options, "options");
        if (compression != null && options.compression() == null) {
            throw new IllegalArgumentException("compression was agreed, but the options say nothing about it");
        }
        Objects.requireNonNull(sendListener, "sendListener");
        Objects.requireNonNull(sendSignal, "sendSignal");
        boolean ready =
                handle.state() == HandleState.OPEN || (handle.isServer() && handle.state() == HandleState.HANDSHAKING);
        if (!ready) {
            throw new IllegalStateException("the handle is " + handle.state() + ", expected OPEN");
        }
        if (compression != null) {
            // RFC 7692 §6: RSV1 says from now on that a message is compressed
            handle.allowReservedBits(FrameHeader.B0_RSV1);
        }
        return new WebSocketConnection(handle, options, compression, sendListener, sendSignal, now);
    }

    /** {@return what was agreed about compression; null for none} */
    public @Nullable DeflateParameters compression() {
        return compression;
    }

    // ---- bytes in ----

    /** {@return whether bytes should be read} Not while paused, while an event is current or waits, and after the end. */
    public boolean wantsRead() {
        return close.isDraining() || inbound.wantsRead();
    }

    /**
     * {@return memory to read into, from position to limit} The same until {@link #received}, {@link #endOfInput()},
     * {@link #transportFailed} or {@link #transportClosed()}; a read may move its position or leave it.
     *
     * @throws IllegalStateException when {@link #wantsRead()} is false
     */
    public ByteBuffer readBuffer() {
        if (!close.isDraining()) {
            return inbound.readBuffer();
        }
        ByteBuffer buffer = drain;
        if (buffer == null) {
            buffer = ByteBuffer.allocate(DRAIN_BYTES);
            drain = buffer;
        }
        return buffer;
    }

    /**
     * That many bytes were read into {@link #readBuffer()}.
     *
     * @param bytes 0 when there were none: the memory goes back, so that a waiting connection holds none
     * @throws IllegalArgumentException when they do not fit or no buffer was asked for
     */
    public void received(int bytes) {
        ByteBuffer buffer = drain;
        if (buffer == null) {
            inbound.received(bytes);
            return;
        }
        if (bytes < 0 || bytes > buffer.capacity()) {
            throw new IllegalArgumentException("0 to " + buffer.capacity() + " bytes can have been read, not " + bytes);
        }
        buffer.clear();
        close.drained(bytes);
    }

    /** The peer sends nothing more. What has arrived is delivered before the connection ends. */
    public void endOfInput() {
        if (close.mayReceive()) {
            inbound.endOfInput();
        } else {
            close.inputEnded();
        }
    }

    /**
     * The transport is lost: the connection is over, with 1006 unless a Close was received (RFC 6455 §7.1.5).
     *
     * @param cause the transport's error
     */
    public void transportFailed(Throwable cause) {
        terminate(Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Takes bytes of a stack that owns its read memory: as many as are wanted now. Call again with the rest after the events.
     *
     * @param bytes consumed from its position on
     */
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining() && wantsRead()) {
            ByteBuffer target = readBuffer();
            int length = Math.min(target.remaining(), bytes.remaining());
            int limit = bytes.limit();
            bytes.limit(bytes.position() + length);
            target.put(bytes);
            bytes.limit(limit);
            received(length);
        }
    }

    // ---- bytes out ----

    /** {@return whether bytes wait to be written; looks for the next ones when none do} Order: pong, Close that is due, sends. */
    public boolean wantsWrite() {
        close.noteRequests();
        queue.collect();
        if (!close.mayWrite()) {
            return false;
        }
        if (!outbound.isWriting()) {
            inbound.pumpPong();
        }
        return outbound.next();
    }

    /** {@return the buffers to write, in order; the array is reused} */
    public ByteBuffer[] writeBuffers() {
        return outbound.buffers();
    }

    /** {@return how many of {@link #writeBuffers()} count; 0 unless {@link #wantsWrite()} was true} */
    public int writeBufferCount() {
        return outbound.bufferCount();
    }

    /**
     * The transport took that many bytes, any part of what is there. The positions of the buffers may have moved, as channels do, or not.
     *
     * @param bytes 0 to all that remain
     * @throws IllegalArgumentException when there are not so many; nothing has changed
     */
    public void written(long bytes) {
        outbound.written(bytes);
    }

    // ---- events ----

    /** {@return what happened next} Ends the event before, and with it its payload. */
    public ConnectionEvent nextEvent() {
        text = null;
        close.noteRequests();
        ConnectionEvent event = inbound.next();
        if (!close.isOver() || lastStatistics != null) {
            return event;
        }
        lastStatistics = handle.statistics();
        handle.close();
        return ConnectionEvent.CLOSED;
    }

    /** {@return the payload of the current TEXT, BINARY or PONG, to be read only, valid until {@link #nextEvent()}} */
    public ByteBuffer payload() {
        return inbound.payload();
    }

    /**
     * {@return the payload of the current TEXT, BINARY or PONG, the caller's own, to be kept and changed} A message that came in several
     * pieces is handed over as it was put together, when its memory has just its length; everything else is copied. Afterwards {@link #payload()} is
     * empty.
     */
    public ByteBuffer takePayload() {
        return inbound.takePayload();
    }

    /**
     * {@return the current TEXT as a string} In partial mode a code point that is cut at the end of a part comes with the next part;
     * so ask for every part or for none.
     *
     * @throws IllegalStateException when the current event is not TEXT
     */
    public String text() {
        if (inbound.current() != ConnectionEvent.TEXT) {
            throw new IllegalStateException("the current event is " + inbound.current() + ", not TEXT");
        }
        String decoded = text;
        if (decoded == null) {
            decoded = textParts == null
                    ? TextEncoding.decode(inbound.payload())
                    : textParts.decode(inbound.payload(), inbound.last());
            text = decoded;
        }
        return decoded;
    }

    /**
     * {@return whether bytes have arrived of which no event came yet} Then the next event may need no read, and who pumps can let the
     * answer to this one wait for the answer to the next, and write both at once.
     */
    public boolean holdsInput() {
        return handle.unparsedBytes() > 0;
    }

    /** {@return whether the current part ends its message; always so when whole messages are delivered} */
    public boolean last() {
        return inbound.last();
    }

    /**
     * {@return how the connection ended}
     *
     * @throws IllegalStateException before it has
     */
    public CloseEvent closeEvent() {
        CloseEvent event = closeEvent;
        if (event == null) {
            throw new IllegalStateException("the connection has not ended");
        }
        return event;
    }

    // ---- wishes for the transport ----

    /**
     * {@return whether the output should be ended now, and the input read to its end} Stays true. A transport that cannot end one
     * direction alone only reads on: within bounds of bytes and time, so that a reset does not overtake our Close.
     */
    public boolean wantsOutputShutdown() {
        return close.wantsOutputShutdown();
    }

    /** {@return whether the transport should be closed now; then say {@link #transportClosed()}} */
    public boolean wantsTransportClose() {
        close.noteRequests();
        return close.wantsTransportClose();
    }

    /** The transport is closed, asked for or not. The last event follows. */
    public void transportClosed() {
        terminate(null);
    }

    private void terminate(@Nullable Throwable cause) {
        if (close.isOver()) {
            return;
        }
        close.noteRequests();
        close.transportGone(cause);
        deadlines.clear();
        handle.abort();
        outbound.terminate();
        inbound.terminate();
        queue.terminate();
        closeEvent = close.event();
    }

    // ---- time ----

    /**
     * Moves the clock and does what is due.
     *
     * @param now nanoseconds on the clock that {@link #open} was given
     */
    public void onTime(long now) {
        if (close.isOver()) {
            return;
        }
        deadlines.advanceTo(now);
        close.noteRequests();
        queue.collect();
        if (!inbound.isReceiving()) {
            deadlines.excusePeer();
        }
        if (deadlines.writeDue()) {
            close.drop(new ConnectionException(FailureReason.WRITE_TIMEOUT));
        } else if (deadlines.closeDue()) {
            close.drop(new ConnectionException(FailureReason.CLOSE_TIMEOUT));
        } else if (deadlines.messageDue()) {
            close.fail(FailureReason.MESSAGE_TOO_SLOW);
        } else if (deadlines.pongDue()) {
            if (keepAlive.pongMissed()) {
                close.fail(FailureReason.PONG_TIMEOUT);
            }
        } else if (deadlines.lifeDue()) {
            close.fail(FailureReason.LIFETIME_OVER);
        } else if (deadlines.idleDue()) {
            close.fail(FailureReason.IDLE_TIMEOUT);
        } else if (deadlines.pingDue()) {
            keepAlive.due();
        }
    }

    /** {@return when {@link #onTime} must be called at the latest, or {@link #NO_DEADLINE}} */
    public long nextDeadline() {
        return deadlines.next();
    }

    // ---- back-pressure ----

    /** Delivers and reads nothing until {@link #resumeReading()}; deadlines that wait for the peer stand still. */
    public void pauseReading() {
        inbound.pause();
    }

    /** Takes up reading again. */
    public void resumeReading() {
        inbound.resume();
    }

    // ---- limits ----

    /**
     * Sets the most bytes of a received text message, in whole and in partial mode. A longer one fails the connection with 1009:
     * by the declared length of a frame, else when it has grown too long. Counts for a message in progress, too.
     *
     * @param bytes at least 0; in whole mode that of the options stays, in partial mode 2 GiB or more means none
     * @throws IllegalArgumentException when negative; nothing has changed
     */
    public void limitText(long bytes) {
        inbound.limitText(bytes);
    }

    /**
     * Sets the most bytes of a received binary message, as {@link #limitText} does for text.
     *
     * @param bytes at least 0; in whole mode that of the options stays, in partial mode 2 GiB or more means none
     * @throws IllegalArgumentException when negative; nothing has changed
     */
    public void limitBinary(long bytes) {
        inbound.limitBinary(bytes);
    }

    // ---- any thread ----

    /**
     * Sends a message, or a part of one. Any thread. Parts of one message come from one thread, with no other message of that
     * thread between them; other threads must keep theirs back until the last part is accepted, but for {@link #trySendText} and {@link
     * #trySend(PreparedMessage, Object)}, which wait by themselves.
     *
     * @param type the kind; the same for all parts
     * @param payload belongs to the connection, its position moves, until {@link SendListener#sendCompleted}; text must be UTF-8
     * @param last whether the message ends here
     * @param context given back with the completion; may be null
     */
    public SendResult trySend(MessageType type, ByteBuffer payload, boolean last, @Nullable Object context) {
        Objects.requireNonNull(payload, "payload");
        return queue.offer(Kind.of(type), payload, last, context);
    }

    /**
     * Sends a message, or a part of one, as it is, also where compression was agreed on: for what is compressed already, and for secrets
     * that share a message with what an attacker chooses. Any thread.
     *
     * @param type as for {@link #trySend(MessageType, ByteBuffer, boolean, Object)}
     * @param payload as there
     * @param last as there; the first part decides for the message
     * @param context as there
     */
    public SendResult trySendUncompressed(
            MessageType type, ByteBuffer payload, boolean last, @Nullable Object context) {
        Objects.requireNonNull(payload, "payload");
        return queue.offer(Kind.of(type), payload, last, false, context);
    }

    /**
     * Sends a message that many connections share. Any thread; while a message is sent in parts, it leaves behind the last of them.
     *
     * @param message whole; not copied, and free to be sent again at once
     * @param context given back with the completion; may be null
     */
    public SendResult trySend(PreparedMessage message, @Nullable Object context) {
        return queue.offer(message, context);
    }

    /**
     * Sends a text message. Any thread; while a message is sent in parts, it leaves behind the last of them.
     *
     * @param message the text
     * @param context given back with the completion; may be null
     * @throws IllegalArgumentException when half of a surrogate pair stands alone in the text
     */
    public SendResult trySendText(String message, @Nullable Object context) {
        return queue.offerText(ByteBuffer.wrap(TextEncoding.encode(message)), context);
    }

    /**
     * Sends a ping, ahead of queued messages (RFC 6455 §5.5.2). Any thread.
     *
     * @param payload at most {@value #MAX_CONTROL_PAYLOAD} bytes, copied; its position does not move
     * @param context given back with the completion; may be null
     * @throws IllegalArgumentException when the payload is too long
     */
    public SendResult tryPing(ByteBuffer payload, @Nullable Object context) {
        return queue.offer(Kind.PING, controlPayload(payload), true, context);
    }

    /**
     * Sends a Pong that nobody asked for, ahead of queued messages (RFC 6455 §5.5.3). Any thread.
     *
     * @param payload at most {@value #MAX_CONTROL_PAYLOAD} bytes, copied; its position does not move
     * @param context given back with the completion; may be null
     * @throws IllegalArgumentException when the payload is too long
     */
    public SendResult tryPong(ByteBuffer payload, @Nullable Object context) {
        return queue.offer(Kind.PONG, controlPayload(payload), true, context);
    }

    private static ByteBuffer controlPayload(ByteBuffer payload) {
        int length = payload.remaining();
        if (length > MAX_CONTROL_PAYLOAD) {
            throw new IllegalArgumentException("a control frame has at most " + MAX_CONTROL_PAYLOAD + " bytes, not "
                    + length + " (RFC 6455 §5.5)");
        }
        return ByteBuffer.allocate(length).put(payload.duplicate()).flip();
    }

    /**
     * Begins the closing handshake behind what is queued (RFC 6455 §7.1.2). Any thread. The connection is over within
     * {@link ConnectionOptions#closeTimeout()}.
     *
     * @param status 1000–1003, 1007–1014 (1010 as client only) or 3000–4999; {@link CloseStatus#NO_STATUS} for an empty Close
     * @param reason at most 123 bytes of UTF-8; null for none, which is all that an empty Close can have
     * @return whether this call began it; false when the connection was closing or closed already
     * @throws IllegalArgumentException when status or reason cannot be sent
     */
    public boolean close(int status, @Nullable String reason) {
        String words = reason == null ? "" : reason;
        if (status == CloseStatus.NO_STATUS && words.isEmpty()) {
            return queue.close(CloseInfo.EMPTY);
        }
        requireSendable(status);
        int length = TextEncoding.encode(words).length;
        if (length > CloseInfo.MAX_REASON_LENGTH) {
            throw new IllegalArgumentException("a close reason has at most " + CloseInfo.MAX_REASON_LENGTH
                    + " bytes of UTF-8, not " + length + "; CloseInfo.truncated cuts it");
        }
        return queue.close(new CloseInfo(status, words));
    }

    /**
     * Gives up a peer that reads too slowly: what is queued fails, and a Close with that status is all that may still leave, within
     * {@link ConnectionOptions#failureCloseTimeout()}. The connection ends with that status. Any thread.
     *
     * @param status as for {@link #close}, but not {@link CloseStatus#NO_STATUS}
     * @throws IllegalArgumentException when the status cannot be sent
     */
    public void failSlowPeer(int status) {
        requireSendable(status);
        queue.overflowed(status);
    }

    private void requireSendable(int status) {
        if (!CloseStatus.isSendable(status) || (handle.isServer() && status == CloseStatus.MANDATORY_EXTENSION)) {
            throw new IllegalArgumentException("close status " + status
                    + " cannot be sent; use 1000-1003, 1007-1014 (1010 as client only) or 3000-4999 (RFC 6455 §7.4)");
        }
    }

    /** Gives the connection up without a Close (RFC 6455 §7.1.1 allows it under attack). Any thread. */
    public void abort() {
        queue.abort();
    }

    /** {@return whether sends are still accepted} Any thread. */
    public boolean isOpen() {
        return queue.isOpen();
    }

    /** {@return the payload bytes accepted and not yet sent} Any thread. */
    public long queuedBytes() {
        return queue.bytes();
    }

    /** {@return the sends accepted and not yet completed} Any thread. */
    public int queuedMessages() {
        return queue.messages();
    }

    /** {@return whether more is welcome: below the high-water mark, or fallen to the low one after it was passed} Any thread. */
    public boolean isWritable() {
        return queue.isWritable();
    }

    // ---- counters ----

    /** {@return the counters of the handle, the final ones after the end} */
    public HandleStatistics statistics() {
        return lastStatistics == null ? handle.statistics() : lastStatistics;
    }
}
