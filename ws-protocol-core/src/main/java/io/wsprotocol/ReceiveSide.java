package io.wsprotocol;

import io.wsprotocol.OperationRing.Operation;
import io.wsprotocol.wire.ClosePayload;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import io.wsprotocol.wire.Opcode;
import io.wsprotocol.wire.Utf8Verifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into indications: one chunk of a data frame, one pong or one close for each receive operation. Payload is
 * unmasked and verified as it arrives and handed out where it lies. HOT. Not thread-safe: confine to one thread or guard with one
 * lock.
 */
final class ReceiveSide {

    private final Lifecycle lifecycle;
    private final HandleCounters counters;
    private final ControlSide control;
    private final HandleOptions options;
    private final int maskRule;
    private final OperationRing ring;
    private final ReceiveBuffer input;
    private final FrameHeader header = new FrameHeader();
    private final Utf8Verifier utf8 = new Utf8Verifier();
    private final Action action = Action.ofSlot(1);

    private int allowedRsv;
    /** The longest payload of a frame, by the kind of its message; what the options say stays. */
    private int maxTextFrame = Integer.MAX_VALUE;

    private int maxBinaryFrame = Integer.MAX_VALUE;
    /** Payload bytes of the data frame at hand that are not handed out yet. */
    private long remaining;
    /** Key for the next payload byte, if the frame is masked. */
    private int key;

    private boolean verify;
    /** First header byte of the message in progress, without FIN. */
    private int messageHeader;

    private int fragments;
    private int emptyFragments;
    /** Bytes of {@link #input} that the outstanding indication shows. */
    private int indicated;

    private boolean cancelled;
    private @Nullable WebSocketProtocolException failure;

    ReceiveSide(
            Lifecycle lifecycle,
            HandleCounters counters,
            ControlSide control,
            HandleOptions options,
            boolean server,
            WorkBuffer work) {
        this.lifecycle = lifecycle;
        this.counters = counters;
        this.control = control;
        this.options = options;
        this.maskRule = !server
                ? FrameHeader.MASK_FORBIDDEN
                : options.disableMasking() ? FrameHeader.MASK_OPTIONAL : FrameHeader.MASK_REQUIRED;
        this.ring = new OperationRing(options.maxQueuedReceives());
        this.input = new ReceiveBuffer(work);
    }

    void allow(int rsvBits) {
        allowedRsv = rsvBits;
    }

    void limitTextFrames(long bytes) {
        maxTextFrame = (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    void limitBinaryFrames(long bytes) {
        maxBinaryFrame = (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    int queued() {
        return ring.size();
    }

    boolean isFull() {
        return ring.isFull();
    }

    void queue(@Nullable ByteBuffer target, @Nullable Object context) {
        Operation operation = ring.add();
        operation.buffer = target;
        operation.context = context;
    }

    boolean owns(Action candidate) {
        return candidate == action;
    }

    boolean isOutstanding() {
        return action.outstanding();
    }

    /**
     * {@return what the oldest receive needs or has got, or a pong that a ping on the way made due}
     *
     * @throws WebSocketProtocolException when the peer broke a rule
     */
    Action next() {
        if (action.outstanding()) {
            return NoAction.COMPLETION;
        }
        if (ring.isEmpty()) {
            return NoAction.OPERATION;
        }
        if (cancelled || !lifecycle.isOpen()) {
            return action.issue(ActionType.INDICATE_RECEIVE_COMPLETE, null, ring.peek(0).context);
        }
        if (failure != null) {
            throw failed(failure);
        }
        while (true) {
            if (remaining > 0) {
                return input.available() == 0 ? read() : chunk();
            }
            int size = header.decode(input.array, input.read, input.available(), maskRule, allowedRsv);
            if (size == FrameHeader.NEED_MORE) {
                return read();
            }
            if (size < 0) {
                throw failed(Failures.header(size, input.array, input.read, input.available(), offset()));
            }
            Action next = Opcode.isControl(header.opcode()) ? controlFrame(size) : dataFrame(size);
            if (next != null) {
                return next;
            }
        }
    }

    private Action read() {
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer free = input.free();
        Action read = action.issue(ActionType.RECEIVE_FROM_NETWORK, null, ring.peek(0).context);
        read.add(free);
        return read;
    }

    /** {@return the number of stream bytes before the next one to parse} */
    private long offset() {
        return counters.bytesReceived - input.available();
    }

    /** Control frames are parsed whole: the smallest buffer holds the largest. */
    private @Nullable Action controlFrame(int size) {
        int length = (int) header.payloadLength();
        if (input.available() < size + length) {
            return read();
        }
        boolean closed = lifecycle.receive() == ReceiveState.CLOSED;
        if (closed && header.opcode() == Opcode.CLOSE) {
            throw failed(Violation.CLOSE_AFTER_CLOSE, "a second Close; expected nothing after the first");
        }
        int payload = input.read + size;
        if (header.masked()) {
            Masking.apply(input.array, payload, length, header.maskingKey());
        }
        counters.framesReceived++;
        return switch (header.opcode()) {
            case Opcode.PING -> ping(payload, length);
            case Opcode.PONG -> pong(payload, length);
            default -> close(payload, length);
        };
    }

    /** The application never sees a ping, and it does not use up the receive operation. */
    private @Nullable Action ping(int payload, int length) {
        counters.pingsReceived++;
        control.offer(input.array, payload, length);
        input.read = payload + length;
        return control.next();
    }

    private @Nullable Action pong(int payload, int length) {
        input.read = payload;
        if (lifecycle.receive() == ReceiveState.CLOSED) {
            input.read += length;
            return null;
        }
        return indicate(BufferType.PING_PONG, length);
    }

    private Action close(int payload, int length) {
        boolean verifyReason = !options.disableUtf8Verification();
        int status = ClosePayload.decode(input.array, payload, length, verifyReason);
        if (status < 0) {
            throw failed(Failures.close(status, length, offset()));
        }
        String reason = length == 0 ? null : new String(input.array, payload + 2, length - 2, StandardCharsets.UTF_8);
        input.read = payload + length;
        lifecycle.to(ReceiveState.CLOSED);
        // RFC 6455 §5.5.2: no pong once a Close was received
        control.clear();
        Action out = indicate(BufferType.CLOSE, 0);
        out.close(length == 0 ? CloseInfo.EMPTY : new CloseInfo(status, reason));
        return out;
    }

    private @Nullable Action dataFrame(int size) {
        checkSequence();
        boolean first = header.opcode() != Opcode.CONTINUATION;
        long length = header.payloadLength();
        boolean text = (first ? header.opcode() : lifecycle.receiving()) == Opcode.TEXT;
        int lowered = text ? maxTextFrame : maxBinaryFrame;
        long most =
                lowered == Integer.MAX_VALUE ? options.maxFramePayload() : Math.min(lowered, options.maxFramePayload());
        if (length > most) {
            throw failed(Violation.FRAME_TOO_BIG, "a frame of " + length + " bytes; expected at most " + most);
        }
        if (first) {
            beginMessage();
        }
        countFragment(length);
        counters.framesReceived++;
        input.read += size;
        remaining = length;
        key = header.maskingKey();
        if (length > 0 || !header.fin()) {
            return null;
        }
        return lastChunk(0);
    }

    /** RFC 6455 §5.4: fragments follow each other, and nothing follows a Close (§5.5.1). */
    private void checkSequence() {
        if (lifecycle.receive() == ReceiveState.CLOSED) {
            throw failed(Violation.DATA_AFTER_CLOSE, "a data frame; expected nothing after the Close");
        }
        boolean continues = header.opcode() == Opcode.CONTINUATION;
        boolean inMessage = lifecycle.receiving() != Lifecycle.NONE;
        if (continues && !inMessage) {
            throw failed(Violation.CONTINUATION_WITHOUT_MESSAGE, "opcode 0; expected 1, 2 or a control frame");
        }
        if (!continues && inMessage) {
            throw failed(
                    Violation.DATA_FRAME_INSIDE_MESSAGE,
                    "opcode " + header.opcode() + "; expected 0 or a control frame");
        }
    }

    private void beginMessage() {
        lifecycle.messageBegun(header.opcode());
        messageHeader = header.byte0() & ~FrameHeader.B0_FIN;
        // Payload that an extension transformed can only be verified above the engine (RFC 7692 §6)
        verify = header.opcode() == Opcode.TEXT && header.rsv() == 0 && !options.disableUtf8Verification();
        fragments = 0;
        emptyFragments = 0;
        utf8.reset();
    }

    private void countFragment(long length) {
        if (++fragments > options.maxFragments()) {
            throw failed(
                    Violation.TOO_MANY_FRAGMENTS, "more than " + options.maxFragments() + " fragments in one message");
        }
        if (length > 0) {
            emptyFragments = 0;
        } else if (!header.fin() && ++emptyFragments > options.maxEmptyFragments()) {
            throw failed(
                    Violation.TOO_MANY_EMPTY_FRAGMENTS,
                    "more than " + options.maxEmptyFragments() + " empty fragments in a row");
        }
    }

    /** Unmasks, verifies and indicates the payload at hand, at most to the end of its frame. */
    private Action chunk() {
        int length = (int) Math.min(input.available(), remaining);
        ByteBuffer target = ring.peek(0).buffer;
        if (target != null) {
            length = Math.min(length, target.remaining());
        }
        int bad = verify ? unmaskText(length) : unmask(length);
        if (bad >= 0) {
            failure = Failures.exception(
                    Violation.INVALID_UTF8, "text that is not UTF-8; expected UTF-8", offset() + bad);
            if (bad == 0) {
                throw failed(failure);
            }
            // What was right is indicated first, so that the cuts of the stream make no difference
            return indicate(BufferType.UTF8_FRAGMENT, bad);
        }
        remaining -= length;
        return remaining == 0 && header.fin() ? lastChunk(length) : indicate(fragmentType(), length);
    }

    private int unmask(int length) {
        if (header.masked()) {
            key = Masking.apply(input.array, input.read, length, key);
        }
        return Utf8Verifier.VALID;
    }

    /** {@return {@link Utf8Verifier#VALID} or the index of the first byte that no UTF-8 can have there} */
    private int unmaskText(int length) {
        boolean ascii;
        if (!header.masked()) {
            ascii = utf8.atBoundary() && Masking.isAscii(input.array, input.read, length);
        } else if (utf8.atBoundary()) {
            ascii = Masking.applyAndTestAscii(input.array, input.read, length, key);
            key = Masking.rotate(key, length);
        } else {
            ascii = false;
            key = Masking.apply(input.array, input.read, length, key);
        }
        return ascii ? Utf8Verifier.VALID : utf8.accept(input.array, input.read, length);
    }

    /** Indicates the end of a message, or of what is right in it when its last code point is cut short. */
    private Action lastChunk(int length) {
        if (verify && !utf8.atBoundary()) {
            failure = Failures.exception(
                    Violation.INVALID_UTF8,
                    "a text message that ends inside a code point; expected its end",
                    offset() + length);
            if (length == 0) {
                throw failed(failure);
            }
            return indicate(BufferType.UTF8_FRAGMENT, length);
        }
        BufferType type = lastType();
        counters.messagesReceived++;
        lifecycle.messageEnded();
        Action last = indicate(type, length);
        last.message(messageHeader | FrameHeader.B0_FIN);
        return last;
    }

    private BufferType fragmentType() {
        if ((messageHeader & FrameHeader.B0_RSV) != 0) {
            return BufferType.RAW;
        }
        return lifecycle.receiving() == Opcode.TEXT ? BufferType.UTF8_FRAGMENT : BufferType.BINARY_FRAGMENT;
    }

    private BufferType lastType() {
        if ((messageHeader & FrameHeader.B0_RSV) != 0) {
            return BufferType.RAW;
        }
        return lifecycle.receiving() == Opcode.TEXT ? BufferType.UTF8_MESSAGE : BufferType.BINARY_MESSAGE;
    }

    /** Hands out that many bytes at the read mark, in the application's target if it gave one; control frames never go there. */
    private Action indicate(BufferType type, int length) {
        Operation operation = ring.peek(0);
        action.issue(ActionType.INDICATE_RECEIVE_COMPLETE, type, operation.context);
        action.message(messageHeader);
        indicated = length;
        if (type == BufferType.CLOSE) {
            return action;
        }
        if (type != BufferType.PING_PONG) {
            counters.payloadReceived += length;
            ByteBuffer target = operation.buffer;
            if (target != null) {
                int position = target.position();
                target.put(input.array, input.read, length);
                action.addLent(target.limit(position + length).position(position));
                return action;
            }
        }
        action.add(input.view(length));
        return action;
    }

    private WebSocketProtocolException failed(Violation violation, String observed) {
        return failed(Failures.exception(violation, observed, offset()));
    }

    /** The receive side stays failed and repeats this error until abort (RFC 6455 §7.1.7). */
    private WebSocketProtocolException failed(WebSocketProtocolException cause) {
        failure = cause;
        if (lifecycle.receive() != ReceiveState.FAILED) {
            lifecycle.to(ReceiveState.FAILED);
            control.clear();
            HandleObserver observer = options.observer();
            if (observer != null) {
                observer.violation(cause.violation());
            }
        }
        return cause;
    }

    void complete(long bytes) {
        if (action.is(ActionType.RECEIVE_FROM_NETWORK)) {
            input.write += (int) bytes;
            counters.bytesReceived += bytes;
            cancelled = bytes == 0;
        } else {
            input.read += indicated;
            indicated = 0;
            cancelled = false;
            ring.remove();
        }
        action.settle();
        tidy();
    }

    void abort() {
        if (!action.outstanding()) {
            tidy();
        }
    }

    /** Starts over in memory that nothing needs any more, and gives it back if it is a loan. No action may show it. */
    private void tidy() {
        if (!input.isEmpty() && lifecycle.isOpen()) {
            return;
        }
        input.clear();
        if (input.holdsLoan()) {
            action.forget();
            input.release();
        }
    }
}
