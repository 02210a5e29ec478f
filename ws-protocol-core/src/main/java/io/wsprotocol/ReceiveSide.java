package io.wsprotocol;

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
final class ReceiveSide extends ReceiveQueue {

    private static final byte TEXT_MESSAGE = (byte) (FrameHeader.B0_FIN | Opcode.TEXT);
    private static final byte BINARY_MESSAGE = (byte) (FrameHeader.B0_FIN | Opcode.BINARY);

    private final Lifecycle lifecycle;
    private final @Nullable FrameKeys keys;
    private final ReceiveBuffer input;
    private final Action action = Action.ofSlot(1);
    private final byte maskRule;

    /** Made by the first ping. */
    private @Nullable ControlSide control;

    private @Nullable WebSocketProtocolException failure;

    private boolean cancelled;

    private byte allowedRsv;
    /** The longest payload of a frame, by the kind of its message; what the options say stays. */
    private int maxTextFrame = Integer.MAX_VALUE;

    private int maxBinaryFrame = Integer.MAX_VALUE;

    /** First header byte of the data frame at hand. */
    private byte frameHeader;
    /** Its payload bytes that are not handed out yet. */
    private long remaining;
    /** Key for its next payload byte; 0 if it is not masked. */
    private int key;

    /** First header byte of the message in progress, without FIN. */
    private byte messageHeader;
    /** Whether its payload is verified. */
    private boolean verify;
    /** How far, as {@link Utf8Verifier#next} has it. */
    private int utf8 = Utf8Verifier.BOUNDARY;

    private int fragments;
    private int emptyFragments;

    long bytesReceived;
    long framesReceived;
    long messagesReceived;
    long payloadReceived;

    /**
     * @param keys null at a server
     * @param given the receive buffer; null to allocate or borrow it
     */
    ReceiveSide(Lifecycle lifecycle, @Nullable FrameKeys keys, HandleOptions options, @Nullable ByteBuffer given) {
        super(options);
        this.lifecycle = lifecycle;
        this.keys = keys;
        this.maskRule = (byte) maskRule(keys == null, options);
        this.input = new ReceiveBuffer(options, given);
    }

    private static int maskRule(boolean server, HandleOptions options) {
        if (!server) {
            return FrameHeader.MASK_FORBIDDEN;
        }
        return options.disableMasking() ? FrameHeader.MASK_OPTIONAL : FrameHeader.MASK_REQUIRED;
    }

    /** {@return what answers pings; null while none came} */
    @Nullable
    ControlSide control() {
        return control;
    }

    void allow(int rsvBits) {
        allowedRsv = (byte) rsvBits;
    }

    void limitTextFrames(long bytes) {
        maxTextFrame = (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    void limitBinaryFrames(long bytes) {
        maxBinaryFrame = (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    int allowedRsv() {
        return allowedRsv;
    }

    boolean owns(Action candidate) {
        return candidate == action;
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
        if (queued() == 0) {
            return NoAction.OPERATION;
        }
        if (cancelled || !lifecycle.isOpen()) {
            return action.issue(ActionType.INDICATE_RECEIVE_COMPLETE, null, context);
        }
        if (failure != null) {
            throw failed(failure);
        }
        if (remaining > 0) {
            return input.available() == 0 ? read() : chunk();
        }
        Action message = wholeMessage();
        return message != null ? message : frames();
    }

    /**
     * {@return the indication of a message of one frame that is here entirely; null, with nothing changed, for all else} The most
     * frequent case, without what only the others need. What is missing or wrong {@link #frames} finds.
     */
    private @Nullable Action wholeMessage() {
        byte[] array = input.array;
        int from = input.read;
        int available = input.available();
        if (available < 2 || !lifecycle.expectsMessage()) {
            return null;
        }
        int byte0 = array[from];
        boolean text = byte0 == TEXT_MESSAGE;
        if (!text && byte0 != BINARY_MESSAGE) {
            return null;
        }
        int size = FrameHeader.decode(array, from, available, maskRule, 0);
        if (size <= 0 || size > FrameHeader.MAX_BYTES_16) {
            return null;
        }
        int length = FrameHeader.payloadLength16(array, from);
        if (length > available - size
                || length > mostPayload(text)
                || (target != null && length > target.remaining())) {
            return null;
        }
        int mask = FrameHeader.maskingKey(array, from, size);
        if (!unmaskWhole(array, from + size, length, mask, text && !options.disableUtf8Verification())) {
            return null;
        }
        input.read = from + size;
        framesReceived++;
        messagesReceived++;
        Action last = indicate(text ? BufferType.UTF8_MESSAGE : BufferType.BINARY_MESSAGE, length);
        last.message(byte0 & 0xFF);
        return last;
    }

    /** {@return whether the payload is unmasked; false, with nothing changed, when it shall be UTF-8 and is not} */
    private static boolean unmaskWhole(byte[] array, int from, int length, int mask, boolean verified) {
        if (!verified) {
            if (mask != 0) {
                Masking.apply(array, from, length, mask);
            }
            return true;
        }
        boolean ascii =
                mask == 0 ? Masking.isAscii(array, from, length) : Masking.applyAndTestAscii(array, from, length, mask);
        if (ascii || Utf8Verifier.isValid(array, from, length)) {
            return true;
        }
        Masking.apply(array, from, length, mask);
        return false;
    }

    private Action frames() {
        while (true) {
            byte[] array = input.array;
            int from = input.read;
            int size = FrameHeader.decode(array, from, input.available(), maskRule, allowedRsv);
            if (size == FrameHeader.NEED_MORE) {
                return read();
            }
            if (size < 0) {
                throw failed(Failures.header(size, array, from, offset()));
            }
            int opcode = array[from] & FrameHeader.B0_OPCODE;
            Action next = Opcode.isControl(opcode) ? controlFrame(opcode, size) : dataFrame(opcode, size);
            if (next != null) {
                return next;
            }
            if (remaining > 0) {
                return input.available() == 0 ? read() : chunk();
            }
        }
    }

    private Action read() {
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer free = input.free();
        Action read = action.issue(ActionType.RECEIVE_FROM_NETWORK, null, context);
        read.add(free);
        return read;
    }

    /** {@return bytes received that are neither consumed nor shown by an indication that is out} */
    int unparsed() {
        boolean shown = action.outstanding() && action.is(ActionType.INDICATE_RECEIVE_COMPLETE);
        return input.available() - (shown ? (int) action.totalBytes() : 0);
    }

    /** {@return the number of stream bytes before the next one to parse} */
    private long offset() {
        return bytesReceived - input.available();
    }

    /** Control frames are parsed whole: the smallest buffer holds the largest. */
    private @Nullable Action controlFrame(int opcode, int size) {
        int length = (int) FrameHeader.payloadLength(input.array, input.read);
        if (input.available() < size + length) {
            return read();
        }
        boolean closed = lifecycle.receive() == ReceiveState.CLOSED;
        if (closed && opcode == Opcode.CLOSE) {
            throw failed(Violation.CLOSE_AFTER_CLOSE, "a second Close; expected nothing after the first");
        }
        int payload = input.read + size;
        Masking.apply(input.array, payload, length, FrameHeader.maskingKey(input.array, input.read, size));
        framesReceived++;
        return switch (opcode) {
            case Opcode.PING -> ping(payload, length);
            case Opcode.PONG -> pong(payload, length);
            default -> close(payload, length);
        };
    }

    /** The application never sees a ping, and it does not use up the receive operation. */
    private @Nullable Action ping(int payload, int length) {
        ControlSide answers = control;
        if (answers == null) {
            answers = new ControlSide(lifecycle, keys, options);
            control = answers;
        }
        answers.offer(input.array, payload, length);
        input.read = payload + length;
        return answers.next();
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
        Action out = indicate(BufferType.CLOSE, 0);
        out.close(length == 0 ? CloseInfo.EMPTY : new CloseInfo(status, reason));
        return out;
    }

    private @Nullable Action dataFrame(int opcode, int size) {
        checkSequence(opcode);
        boolean first = opcode != Opcode.CONTINUATION;
        long length = FrameHeader.payloadLength(input.array, input.read);
        long most = mostPayload((first ? opcode : lifecycle.receiving()) == Opcode.TEXT);
        if (length > most) {
            throw failed(Violation.FRAME_TOO_BIG, "a frame of " + length + " bytes; expected at most " + most);
        }
        frameHeader = input.array[input.read];
        if (first) {
            beginMessage(opcode);
        }
        countFragment(length);
        framesReceived++;
        key = FrameHeader.maskingKey(input.array, input.read, size);
        input.read += size;
        remaining = length;
        return length > 0 || !isLastFrame() ? null : lastChunk(0);
    }

    private long mostPayload(boolean text) {
        int lowered = text ? maxTextFrame : maxBinaryFrame;
        return lowered == Integer.MAX_VALUE ? options.maxFramePayload() : Math.min(lowered, options.maxFramePayload());
    }

    private boolean isLastFrame() {
        return (frameHeader & FrameHeader.B0_FIN) != 0;
    }

    /** RFC 6455 §5.4: fragments follow each other, and nothing follows a Close (§5.5.1). */
    private void checkSequence(int opcode) {
        if (lifecycle.receive() == ReceiveState.CLOSED) {
            throw failed(Violation.DATA_AFTER_CLOSE, "a data frame; expected nothing after the Close");
        }
        boolean continues = opcode == Opcode.CONTINUATION;
        boolean inMessage = lifecycle.receiving() != Lifecycle.NONE;
        if (continues && !inMessage) {
            throw failed(Violation.CONTINUATION_WITHOUT_MESSAGE, "opcode 0; expected 1, 2 or a control frame");
        }
        if (!continues && inMessage) {
            throw failed(Violation.DATA_FRAME_INSIDE_MESSAGE, "opcode " + opcode + "; expected 0 or a control frame");
        }
    }

    private void beginMessage(int opcode) {
        lifecycle.messageBegun(opcode);
        messageHeader = (byte) (frameHeader & ~FrameHeader.B0_FIN);
        // Payload that an extension transformed can only be verified above the engine (RFC 7692 §6)
        verify = opcode == Opcode.TEXT && !isTransformed() && !options.disableUtf8Verification();
        fragments = 0;
        emptyFragments = 0;
        utf8 = Utf8Verifier.BOUNDARY;
    }

    private void countFragment(long length) {
        if (++fragments > options.maxFragments()) {
            throw failed(
                    Violation.TOO_MANY_FRAGMENTS, "more than " + options.maxFragments() + " fragments in one message");
        }
        if (length > 0) {
            emptyFragments = 0;
        } else if (!isLastFrame() && ++emptyFragments > options.maxEmptyFragments()) {
            throw failed(
                    Violation.TOO_MANY_EMPTY_FRAGMENTS,
                    "more than " + options.maxEmptyFragments() + " empty fragments in a row");
        }
    }

    /** Unmasks, verifies and indicates the payload at hand, at most to the end of its frame. */
    private Action chunk() {
        int length = (int) Math.min(input.available(), remaining);
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
        return remaining == 0 && isLastFrame() ? lastChunk(length) : indicate(fragmentType(), length);
    }

    private int unmask(int length) {
        if (key != 0) {
            key = Masking.apply(input.array, input.read, length, key);
        }
        return Utf8Verifier.VALID;
    }

    /** {@return {@link Utf8Verifier#VALID} or the index of the first byte that no UTF-8 can have there} */
    private int unmaskText(int length) {
        byte[] array = input.array;
        int from = input.read;
        int before = utf8;
        if (before == Utf8Verifier.BOUNDARY) {
            boolean ascii = key == 0
                    ? Masking.isAscii(array, from, length)
                    : Masking.applyAndTestAscii(array, from, length, key);
            key = Masking.rotate(key, length);
            if (ascii) {
                return Utf8Verifier.VALID;
            }
        } else {
            key = Masking.apply(array, from, length, key);
        }
        utf8 = Utf8Verifier.next(before, array, from, length);
        return utf8 == Utf8Verifier.REJECTED ? Utf8Verifier.firstImpossible(before, array, from) : Utf8Verifier.VALID;
    }

    /** Indicates the end of a message, or of what is right in it when its last code point is cut short. */
    private Action lastChunk(int length) {
        if (verify && utf8 != Utf8Verifier.BOUNDARY) {
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
        messagesReceived++;
        lifecycle.messageEnded();
        Action last = indicate(type, length);
        last.message((messageHeader | FrameHeader.B0_FIN) & 0xFF);
        return last;
    }

    private BufferType fragmentType() {
        if (isTransformed()) {
            return BufferType.RAW;
        }
        return lifecycle.receiving() == Opcode.TEXT ? BufferType.UTF8_FRAGMENT : BufferType.BINARY_FRAGMENT;
    }

    private BufferType lastType() {
        if (isTransformed()) {
            return BufferType.RAW;
        }
        return lifecycle.receiving() == Opcode.TEXT ? BufferType.UTF8_MESSAGE : BufferType.BINARY_MESSAGE;
    }

    private boolean isTransformed() {
        return (messageHeader & FrameHeader.B0_RSV) != 0;
    }

    /** Hands out that many bytes at the read mark, in the application's target if it gave one; control frames never go there. */
    private Action indicate(BufferType type, int length) {
        action.issue(ActionType.INDICATE_RECEIVE_COMPLETE, type, context);
        if (type == BufferType.CLOSE) {
            return action;
        }
        if (type != BufferType.PING_PONG) {
            action.message(messageHeader);
            payloadReceived += length;
            ByteBuffer into = target;
            if (into != null) {
                int position = into.position();
                into.put(input.array, input.read, length);
                action.addLent(into.limit(position + length).position(position));
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
            bytesReceived += bytes;
            cancelled = bytes == 0;
        } else {
            input.read += (int) action.totalBytes();
            cancelled = false;
            removeOldest();
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
        if (input.holdsLoan()) {
            action.forget();
            input.giveBack();
        } else {
            input.clear();
        }
    }
}
