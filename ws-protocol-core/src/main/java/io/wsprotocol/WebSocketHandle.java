package io.wsprotocol;

import io.wsprotocol.wire.ClosePayload;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The protocol state of one WebSocket connection: no socket, no thread, no clock. Operations are queued with {@link #send} and
 * {@link #receive}; what they need from the network is asked for with {@link #getAction} and reported with {@link #completeAction}:
 *
 * <pre>{@code
 * for (Action a; (a = handle.getAction(ActionQueue.ALL)).type() != ActionType.NO_ACTION; ) {
 *     switch (a.type()) {
 *         case SEND_TO_NETWORK -> { long n = channel.write(a.buffers(), 0, a.bufferCount()); handle.completeAction(a, n); }
 *         case RECEIVE_FROM_NETWORK -> handle.completeAction(a, Math.max(0, channel.read(a.buffer())));
 *         case INDICATE_RECEIVE_COMPLETE -> { consume(a); handle.completeAction(a, 0); }
 *         default -> handle.completeAction(a, 0);
 *     }
 * }
 * }</pre>
 *
 * <p>Operations are queued, actions are computed when asked for: parsing happens in {@code getAction}. After each
 * {@code completeAction} look at both queues again. A ping is answered by the engine itself, but only while a receive operation is
 * queued and the {@link ActionQueue#RECEIVE} or {@link ActionQueue#ALL} queue is pumped.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock; never hold that lock while writing or reading.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_HANDLE}.
 *
 * @since 0.1.0
 */
public abstract sealed class WebSocketHandle implements AutoCloseable permits ClientHandle, ServerHandle {

    private static final int ALL_RSV = FrameHeader.B0_RSV;

    private final HandleOptions options;
    private final @Nullable HandleObserver observer;
    private final @Nullable OutgoingText outgoingText;
    private final SendSide sendSide;
    private final ReceiveSide receiveSide;

    /** The states; only subclasses in this package move them, through the handshake. */
    final Lifecycle lifecycle = new Lifecycle();

    /**
     * @param keys the client's; null makes a server, which never masks (RFC 6455 §5.1)
     */
    WebSocketHandle(HandleOptions options, @Nullable FrameKeys keys) {
        this.options = options;
        this.observer = options.observer();
        this.outgoingText = options.verifyOutgoingText() ? new OutgoingText() : null;
        int sendBytes = options.sendBufferSize(keys == null);
        int receiveBytes = options.receiveBufferSize();
        ByteBuffer sendMemory = null;
        ByteBuffer receiveMemory = null;
        ByteBuffer given = options.allocatedBuffer();
        if (given != null) {
            requireCapacity(given.capacity(), receiveBytes, sendBytes);
            receiveMemory = given.slice(0, receiveBytes);
            sendMemory = given.slice(receiveBytes, sendBytes);
        }
        this.sendSide = new SendSide(lifecycle, keys, options, sendMemory);
        this.receiveSide = new ReceiveSide(lifecycle, keys, options, receiveMemory);
    }

    private static void requireCapacity(int capacity, int receiveBytes, int sendBytes) {
        long needed = (long) receiveBytes + sendBytes + HandleOptions.ALLOCATED_BUFFER_OVERHEAD;
        if (capacity <= needed) {
            throw new IllegalArgumentException(
                    "allocatedBuffer must have more than " + needed + " bytes for these buffer sizes, has " + capacity);
        }
    }

    /**
     * {@return a new client handle with default options} Windows counterpart: {@code WebSocketCreateClientHandle}.
     */
    public static ClientHandle createClient() {
        return new ClientHandle(HandleOptions.defaults());
    }

    /**
     * {@return a new client handle: it masks what it sends and refuses masked input} Windows counterpart:
     * {@code WebSocketCreateClientHandle}.
     *
     * @param options sizes, limits and plug-ins
     * @throws IllegalArgumentException when the allocated buffer is too small
     */
    public static ClientHandle createClient(HandleOptions options) {
        return new ClientHandle(Objects.requireNonNull(options, "options"));
    }

    /**
     * {@return a new server handle with default options} Windows counterpart: {@code WebSocketCreateServerHandle}.
     */
    public static ServerHandle createServer() {
        return new ServerHandle(HandleOptions.defaults());
    }

    /**
     * {@return a new server handle: it never masks and refuses unmasked input} Windows counterpart:
     * {@code WebSocketCreateServerHandle}.
     *
     * @param options sizes, limits and plug-ins
     * @throws IllegalArgumentException when the allocated buffer is too small
     */
    public static ServerHandle createServer(HandleOptions options) {
        return new ServerHandle(Objects.requireNonNull(options, "options"));
    }

    /**
     * Queues one frame. Several may be queued; they leave in order. The payload's bytes from position to limit belong to the handle
     * until the {@link ActionType#INDICATE_SEND_COMPLETE} of this operation is completed; its position is consumed by then.
     *
     * <p>Windows counterpart: {@code WebSocketSend}. A payload of a ping or pong, at most 125 bytes, is our extension.
     *
     * @param type what to send; not {@link BufferType#RAW} and not {@link BufferType#CLOSE}, which have methods of their own
     * @param payload the bytes, of any kind of buffer; null for none
     * @param context given back with the actions of this operation; may be null
     * @throws WebSocketStateException when this may not be sent now, or the queue is full; nothing has changed
     * @throws IllegalArgumentException when type or payload can never be sent; nothing has changed
     */
    public final void send(BufferType type, @Nullable ByteBuffer payload, @Nullable Object context) {
        if (!trySend(type, payload, context)) {
            throw full(ActionQueue.SEND, options.maxQueuedSends());
        }
    }

    /**
     * Queues one frame unless the queue is full.
     *
     * @param type as for {@link #send}
     * @param payload as for {@link #send}
     * @param context as for {@link #send}
     * @return false when the queue is full; nothing has changed then
     * @throws WebSocketStateException when this may not be sent now; nothing has changed
     * @throws IllegalArgumentException when type or payload can never be sent; nothing has changed
     */
    public final boolean trySend(BufferType type, @Nullable ByteBuffer payload, @Nullable Object context) {
        requireSendable();
        if (type == BufferType.CLOSE) {
            throw new IllegalArgumentException("a Close is sent with sendClose, which takes status and reason");
        }
        int header = lifecycle.headerToSend(type);
        if (type.isControl() && payload != null && payload.remaining() > FrameHeader.MAX_CONTROL_PAYLOAD) {
            throw new IllegalArgumentException("V06: a control frame has at most " + FrameHeader.MAX_CONTROL_PAYLOAD
                    + " bytes, not " + payload.remaining() + " (RFC 6455 §5.5)");
        }
        if (sendSide.isFull()) {
            return false;
        }
        if (outgoingText != null && type.isText() && !outgoingText.accept(payload, type.endsMessage())) {
            throw new IllegalArgumentException("the text to send is not UTF-8 (RFC 6455 §5.6)");
        }
        queueSend(type, header, payload, context);
        return true;
    }

    /**
     * Queues one data frame whose first header byte is given, for extensions that use reserved bits.
     *
     * <p>Windows counterpart: {@code WebSocketSend} with a raw buffer type.
     *
     * @param header FIN 0x80, the reserved bits allowed by {@link #allowReservedBits} and an opcode: 1 or 2 begins a message, 0
     *     continues it without reserved bits (RFC 7692 §6.1)
     * @param payload as for {@link #send}
     * @param context as for {@link #send}
     * @throws WebSocketStateException when this may not be sent now, or the queue is full; nothing has changed
     * @throws IllegalArgumentException when the header can never be sent; nothing has changed
     */
    public final void sendRaw(int header, @Nullable ByteBuffer payload, @Nullable Object context) {
        if (!trySendRaw(header, payload, context)) {
            throw full(ActionQueue.SEND, options.maxQueuedSends());
        }
    }

    /**
     * Queues one data frame whose first header byte is given, unless the queue is full.
     *
     * @param header as for {@link #sendRaw}
     * @param payload as for {@link #sendRaw}
     * @param context as for {@link #sendRaw}
     * @return false when the queue is full; nothing has changed then
     * @throws WebSocketStateException when this may not be sent now; nothing has changed
     * @throws IllegalArgumentException when the header can never be sent; nothing has changed
     */
    public final boolean trySendRaw(int header, @Nullable ByteBuffer payload, @Nullable Object context) {
        requireSendable();
        int opcode = header & FrameHeader.B0_OPCODE;
        if ((header & ~0xFF) != 0) {
            throw new IllegalArgumentException("V30: a raw header is one byte; the mask bit is the engine's own");
        }
        if (!Opcode.isData(opcode) && opcode != Opcode.CONTINUATION) {
            throw new IllegalArgumentException("V45: a raw frame has opcode 0, 1 or 2, not " + opcode);
        }
        int rsv = header & FrameHeader.B0_RSV;
        if ((rsv & ~receiveSide.allowedRsv()) != 0 || (rsv != 0 && opcode == Opcode.CONTINUATION)) {
            throw new IllegalArgumentException(
                    "V29: reserved bits need an extension, and stand on a message's first frame only (RFC 6455 §5.2)");
        }
        lifecycle.requireRaw(opcode);
        if (sendSide.isFull()) {
            return false;
        }
        queueSend(BufferType.RAW, header, payload, context);
        return true;
    }

    /**
     * {@return whether this part of a text message may be sent} For an extension, which asks before it transforms the text and calls
     * {@link #sendRaw}. False only under {@link HandleOptions#verifyOutgoingText}, when it is not UTF-8 (RFC 6455 §5.6).
     *
     * @param payload from position to limit; neither moves
     * @param last whether the message ends with it
     */
    public final boolean acceptsText(ByteBuffer payload, boolean last) {
        return outgoingText == null || outgoingText.accept(payload, last);
    }

    /**
     * Queues the Close frame. From now on only pings and pongs may be sent; keep receiving until the peer's Close.
     *
     * <p>Windows counterpart: {@code WebSocketSend} with {@code WEB_SOCKET_CLOSE_BUFFER_TYPE}.
     *
     * @param info status and reason; null or {@link CloseStatus#NO_STATUS} for an empty body
     * @param context as for {@link #send}
     * @throws WebSocketStateException when a Close was queued before, or the queue is full; nothing has changed
     * @throws IllegalArgumentException when the status cannot be sent, a server gives 1010, the reason is longer than 123 bytes of
     *     UTF-8 or stands without a status; nothing has changed
     */
    public final void sendClose(@Nullable CloseInfo info, @Nullable Object context) {
        if (!trySendClose(info, context)) {
            throw full(ActionQueue.SEND, options.maxQueuedSends());
        }
    }

    /**
     * Queues the Close frame unless the queue is full.
     *
     * @param info as for {@link #sendClose}
     * @param context as for {@link #sendClose}
     * @return false when the queue is full; nothing has changed then
     * @throws WebSocketStateException when a Close was queued before; nothing has changed
     * @throws IllegalArgumentException as for {@link #sendClose}; nothing has changed
     */
    public final boolean trySendClose(@Nullable CloseInfo info, @Nullable Object context) {
        requireSendable();
        int header = lifecycle.headerToSend(BufferType.CLOSE);
        ByteBuffer body = closeBody(info == null ? CloseInfo.EMPTY : info);
        if (sendSide.isFull()) {
            return false;
        }
        queueSend(BufferType.CLOSE, header, body, context);
        return true;
    }

    private @Nullable ByteBuffer closeBody(CloseInfo info) {
        String reason = info.reason();
        if (info.status() == CloseStatus.NO_STATUS) {
            if (reason != null && !reason.isEmpty()) {
                throw new IllegalArgumentException("V31: a reason needs a status (RFC 6455 §5.5.1)");
            }
            return null;
        }
        // RFC 6455 §7.4.1: 1010 is the client's
        if (!CloseStatus.isSendable(info.status())
                || (isServer() && info.status() == CloseStatus.MANDATORY_EXTENSION)) {
            throw new IllegalArgumentException("V32: close status " + info.status()
                    + " cannot be sent; use 1000-1003, 1007-1014 (1010 as client only) or 3000-4999 (RFC 6455 §7.4)");
        }
        byte[] utf8 = reason == null ? new byte[0] : reason.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > CloseInfo.MAX_REASON_LENGTH) {
            throw new IllegalArgumentException("V11: a close reason has at most " + CloseInfo.MAX_REASON_LENGTH
                    + " bytes of UTF-8, not " + utf8.length + "; CloseInfo.truncated cuts it");
        }
        byte[] body = new byte[2 + utf8.length];
        ClosePayload.encode(body, 0, info.status(), utf8, 0, utf8.length);
        return ByteBuffer.wrap(body);
    }

    private void queueSend(BufferType type, int header, @Nullable ByteBuffer payload, @Nullable Object context) {
        enterSession();
        sendSide.queue(type, header, payload, context);
        if (observer != null) {
            observer.operationQueued(ActionQueue.SEND, sendSide.queued());
        }
    }

    private void requireSendable() {
        requireSession();
        if (lifecycle.send() == SendState.BROKEN) {
            throw new WebSocketStateException("the byte stream was cut inside a frame, nothing can be sent any more");
        }
    }

    /**
     * Queues one receive: it delivers one chunk of a message, one pong, or one Close.
     *
     * <p>Windows counterpart: {@code WebSocketReceive}.
     *
     * @param target writable memory with room for at least one byte that message payload is copied into; it belongs to the handle
     *     until the indication, which shows it with position unchanged and limit at the end of what was filled. Null means that the
     *     indication shows the engine's own memory, without a copy
     * @param context given back with the actions of this operation; may be null
     * @throws WebSocketStateException when nothing can come any more (a Close was received, the peer failed, aborted) or the queue
     *     is full; nothing has changed
     * @throws IllegalArgumentException when the target has no room or is read-only; nothing has changed
     */
    public final void receive(@Nullable ByteBuffer target, @Nullable Object context) {
        if (!tryReceive(target, context)) {
            throw full(ActionQueue.RECEIVE, options.maxQueuedReceives());
        }
    }

    /**
     * Queues one receive unless the queue is full.
     *
     * @param target as for {@link #receive}
     * @param context as for {@link #receive}
     * @return false when the queue is full; nothing has changed then
     * @throws WebSocketStateException when nothing can come any more; nothing has changed
     * @throws IllegalArgumentException when the target has no room or is read-only; nothing has changed
     */
    public final boolean tryReceive(@Nullable ByteBuffer target, @Nullable Object context) {
        requireSession();
        if (lifecycle.receive() != ReceiveState.OPEN) {
            throw new WebSocketStateException(
                    lifecycle.receive() == ReceiveState.CLOSED
                            ? "the peer's Close was received, nothing can follow"
                            : "the peer broke the protocol, nothing can be received any more");
        }
        if (target != null && (target.isReadOnly() || !target.hasRemaining())) {
            throw new IllegalArgumentException("the target must be writable and have room for at least one byte");
        }
        if (receiveSide.isFull()) {
            return false;
        }
        enterSession();
        receiveSide.queue(target, context);
        if (observer != null) {
            observer.operationQueued(ActionQueue.RECEIVE, receiveSide.queued());
        }
        return true;
    }

    private static WebSocketStateException full(ActionQueue queue, int limit) {
        return new WebSocketStateException("the " + queue + " queue is full: " + limit + " operations are waiting");
    }

    private void requireSession() {
        if (!lifecycle.isOpen() && !endsHandshake()) {
            throw new WebSocketStateException("the handle is " + lifecycle.handle() + ", expected OPEN");
        }
    }

    /** RFC 6455 knows no such step; in the Windows API any session function ends a server's handshake, unless it is refused. */
    private void enterSession() {
        if (endsHandshake()) {
            lifecycle.to(HandleState.OPEN);
        }
    }

    private boolean endsHandshake() {
        return isServer() && lifecycle.handle() == HandleState.HANDSHAKING;
    }

    /**
     * {@return what to do next for that queue} The same object each time for one slot: complete it before asking the queue again.
     *
     * <p>Windows counterpart: {@code WebSocketGetAction}.
     *
     * @param queue which queue to serve
     * @throws WebSocketProtocolException when the peer broke a rule; repeated until {@link #abort()}. The send side stays usable
     * @throws WebSocketStateException before the handshake is done, and after {@link #close()}
     */
    public final Action getAction(ActionQueue queue) {
        if (!lifecycle.isOpen()) {
            requireActions();
        }
        Action next = queue == ActionQueue.RECEIVE
                ? receiveOrPong()
                : queue == ActionQueue.SEND ? sendSide.next() : anything();
        if (observer != null && !next.is(ActionType.NO_ACTION)) {
            observer.actionIssued(next);
        }
        return next;
    }

    private void requireActions() {
        enterSession();
        if (!lifecycle.isOpen() && lifecycle.handle() != HandleState.ABORTED) {
            throw new WebSocketStateException("the handle is " + lifecycle.handle() + ", expected OPEN or ABORTED");
        }
    }

    private Action receiveOrPong() {
        Action pong = pong();
        return pong != null ? pong : receiveSide.next();
    }

    private @Nullable Action pong() {
        ControlSide control = receiveSide.control();
        return control == null ? null : control.next();
    }

    private Action anything() {
        Action pong = pong();
        if (pong != null) {
            return pong;
        }
        Action send = sendSide.next();
        if (!send.is(ActionType.NO_ACTION)) {
            return send;
        }
        Action receive = receiveSide.next();
        return receive == NoAction.OPERATION && (send == NoAction.COMPLETION || lifecycle.isPongOut())
                ? NoAction.COMPLETION
                : receive;
    }

    /**
     * Reports that an action was carried out. Its buffers belong to the engine, or to the owner of the payload, from now on.
     *
     * <p>Windows counterpart: {@code WebSocketCompleteAction}.
     *
     * @param action what {@link #getAction} gave; {@link ActionType#NO_ACTION} is ignored
     * @param bytesTransferred written: the sum of the buffers, anything less cancels the operation; read: at least 1, and 0
     *     cancels the operation; for indications it is ignored
     * @throws IllegalArgumentException when the action is another handle's, or the number is negative or beyond the buffers
     *     (V01); nothing has changed
     * @throws IllegalStateException when the action was completed before; nothing has changed
     */
    public final void completeAction(Action action, long bytesTransferred) {
        if (receiveSide.owns(action)) {
            requireOutstanding(action, bytesTransferred);
            receiveSide.complete(bytesTransferred);
            finished(ActionQueue.RECEIVE, action);
        } else if (sendSide.owns(action)) {
            requireOutstanding(action, bytesTransferred);
            sendSide.complete(bytesTransferred);
            finished(ActionQueue.SEND, action);
        } else if (!action.is(ActionType.NO_ACTION)) {
            completePong(action, bytesTransferred);
        }
    }

    private void completePong(Action action, long bytesTransferred) {
        ControlSide control = receiveSide.control();
        if (control == null || !control.owns(action)) {
            throw new IllegalArgumentException("V01: the action belongs to another handle");
        }
        requireOutstanding(action, bytesTransferred);
        control.complete(bytesTransferred, options.writtenElsewhere());
    }

    /** Tells the observer as well, before the action is settled. */
    private void requireOutstanding(Action action, long bytes) {
        if (!action.outstanding()) {
            throw new IllegalStateException("V01: the action was completed before");
        }
        if (action.transfers() && (bytes < 0 || bytes > action.totalBytes())) {
            throw new IllegalArgumentException(
                    "bytesTransferred must be 0 to " + action.totalBytes() + ", was " + bytes);
        }
        if (observer != null) {
            observer.actionCompleted(action, bytes);
        }
    }

    private void finished(ActionQueue queue, Action action) {
        if (observer != null && !action.transfers()) {
            observer.operationFinished(queue, queued(queue));
        }
    }

    /**
     * Gives up: queued operations become ready to be indicated, further ones are refused, nothing goes to the network any more. An
     * action that is out stays valid and must be completed. Does nothing before the handshake is done, or a second time.
     *
     * <p>Windows counterpart: {@code WebSocketAbortHandle}.
     */
    public final void abort() {
        if (lifecycle.isOpen()) {
            lifecycle.to(HandleState.ABORTED);
            letGo();
        }
    }

    /**
     * Ends the handle: operations that are still queued are dropped without an indication, so abort and drain first. An action that
     * is out may still be completed, which gives its memory back. Does nothing a second time.
     *
     * <p>Windows counterpart: {@code WebSocketDeleteHandle}.
     */
    @Override
    public final void close() {
        if (lifecycle.handle() != HandleState.DELETED) {
            lifecycle.to(HandleState.DELETED);
            letGo();
            if (observer != null) {
                observer.handleClosed();
            }
        }
    }

    private void letGo() {
        sendSide.abort();
        receiveSide.abort();
    }

    /**
     * Lets reserved bits through that an extension has given a meaning, on the first frame of a message, both ways.
     *
     * @param rsvBits a set of 0x40, 0x20 and 0x10, as in the header's first byte
     * @throws IllegalArgumentException for other bits; nothing has changed
     * @throws WebSocketStateException when the handshake has not begun, or a frame was sent or received already; nothing has changed
     */
    public final void allowReservedBits(int rsvBits) {
        if ((rsvBits & ~ALL_RSV) != 0) {
            throw new IllegalArgumentException("reserved bits are 0x40, 0x20 and 0x10");
        }
        boolean negotiated = lifecycle.handle() == HandleState.HANDSHAKING || lifecycle.isOpen();
        if (!negotiated || receiveSide.bytesReceived > 0 || sendSide.framesSent > 0 || sendSide.queued() > 0) {
            throw new WebSocketStateException("extensions are agreed in the handshake, before the first frame");
        }
        receiveSide.allow(rsvBits);
    }

    /**
     * Sets the longest payload accepted in a received frame of a text message, from the next frame on. A longer one is refused by
     * its header, with 1009 (RFC 6455 §10.4).
     *
     * @param bytes at least 0; from 2 GiB on, and beyond {@link HandleOptions#maxFramePayload}, that of the options counts
     * @throws IllegalArgumentException when negative; nothing has changed
     */
    public final void limitTextFrames(long bytes) {
        receiveSide.limitTextFrames(notNegative(bytes));
    }

    /**
     * Sets the longest payload accepted in a received frame of a binary message, as {@link #limitTextFrames} does for text.
     *
     * @param bytes at least 0; from 2 GiB on, and beyond {@link HandleOptions#maxFramePayload}, that of the options counts
     * @throws IllegalArgumentException when negative; nothing has changed
     */
    public final void limitBinaryFrames(long bytes) {
        receiveSide.limitBinaryFrames(notNegative(bytes));
    }

    private static long notNegative(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a limit must not be negative: " + bytes);
        }
        return bytes;
    }

    /** {@return whether this handle has the server's role} */
    public final boolean isServer() {
        return this instanceof ServerHandle;
    }

    /** {@return where the handle is in its life} */
    public final HandleState state() {
        return lifecycle.handle();
    }

    /** {@return what may still be sent} */
    public final SendState sendState() {
        return lifecycle.send();
    }

    /** {@return what may still be received} */
    public final ReceiveState receiveState() {
        return lifecycle.receive();
    }

    /**
     * {@return how many operations are queued and not yet indicated}
     *
     * @param queue which queue; {@link ActionQueue#ALL} adds both
     */
    public final int queued(ActionQueue queue) {
        return switch (queue) {
            case SEND -> sendSide.queued();
            case RECEIVE -> receiveSide.queued();
            case ALL -> sendSide.queued() + receiveSide.queued();
        };
    }

    /**
     * {@return how many bytes were received and not parsed yet, 0 to the size of the receive buffer} While there are some, the next
     * indication may need no read, so a driver can let what it has to write wait for it.
     */
    public final int unparsedBytes() {
        return receiveSide.unparsed();
    }

    /** {@return the counters now} */
    public final HandleStatistics statistics() {
        ControlSide control = receiveSide.control();
        return new HandleStatistics(
                receiveSide.bytesReceived,
                sendSide.bytesSent + (control == null ? 0 : control.bytesSent),
                receiveSide.framesReceived,
                sendSide.framesSent + (control == null ? 0 : control.framesSent),
                receiveSide.messagesReceived,
                sendSide.messagesSent,
                receiveSide.payloadReceived,
                sendSide.payloadSent,
                pingsReceived(),
                control == null ? 0 : control.pongsSent,
                control == null ? 0 : control.pongsDropped);
    }

    /** {@return the pings parsed so far, as {@link HandleStatistics#pingsReceived()} without making a snapshot} */
    public final long pingsReceived() {
        ControlSide control = receiveSide.control();
        return control == null ? 0 : control.pingsReceived;
    }

    /** {@return role and states; never content} */
    @Override
    public final String toString() {
        return (isServer() ? "ServerHandle[" : "ClientHandle[") + lifecycle.handle() + ", send=" + lifecycle.send()
                + ", receive=" + lifecycle.receive() + "]";
    }

    /** {@return the options that the handle was made with} */
    public final HandleOptions options() {
        return options;
    }
}
