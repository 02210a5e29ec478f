package io.wsprotocol;

import io.wsprotocol.OperationRing.Operation;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns queued sends into transfers. A server hands out its header and the caller's own payload; a client masks through the send
 * buffer, a large payload in slices of one frame. With corking, small frames share one transfer. HOT. Not thread-safe: confine to
 * one thread or guard with one lock.
 */
final class SendSide {

    /** Larger payloads are handed out by reference: from here on a copy costs more than a second element of a gathering write. */
    private static final int COPY_LIMIT = 4096;

    private static final long NOT_SLICED = -1;

    private final Lifecycle lifecycle;
    private final HandleOptions options;
    private final @Nullable FrameKeys keys;
    private final Action action = Action.ofSlot(Action.MAX_BUFFERS);
    private @Nullable ByteBuffer memory;

    /** In use when anything is queued. */
    private Operation oldest = new Operation();
    /** What is queued behind the oldest; made when the first has to wait. */
    private @Nullable OperationRing behind;

    private int queued;
    /** Operations of the transfer at hand, from the oldest on. */
    private int batch;
    /** Operations, from the oldest on, that are over and not indicated yet. */
    private int finished;
    /** Key of the sliced frame, rotated to the next byte. */
    private int slicedKey;
    /** Bytes that are written of a frame that is cut into slices; {@link #NOT_SLICED} when the one at hand is not. */
    private long slicedWritten = NOT_SLICED;

    long bytesSent;
    long framesSent;
    long messagesSent;
    long payloadSent;

    /**
     * @param keys null at a server
     * @param given the send buffer; null to allocate or borrow it
     */
    SendSide(Lifecycle lifecycle, @Nullable FrameKeys keys, HandleOptions options, @Nullable ByteBuffer given) {
        this.lifecycle = lifecycle;
        this.keys = keys;
        this.options = options;
        this.memory = given;
    }

    int queued() {
        return queued;
    }

    boolean isFull() {
        return queued == options.maxQueuedSends();
    }

    void queue(BufferType type, int header, @Nullable ByteBuffer payload, @Nullable Object context) {
        Operation operation = queued++ == 0 ? oldest : addBehind();
        operation.fill(type, header, payload, context);
        lifecycle.queued(header);
    }

    private Operation addBehind() {
        OperationRing ring = behind;
        if (ring == null) {
            ring = new OperationRing();
            behind = ring;
        }
        return ring.add();
    }

    private Operation operation(int index) {
        return index == 0 ? oldest : Objects.requireNonNull(behind).peek(index - 1);
    }

    boolean owns(Action candidate) {
        return candidate == action;
    }

    Action next() {
        if (action.outstanding()) {
            return NoAction.COMPLETION;
        }
        if (finished == 0) {
            if (queued == 0) {
                return NoAction.OPERATION;
            }
            if (lifecycle.cannotSend()) {
                endTransfer(queued);
            }
        }
        if (finished > 0) {
            return action.issue(ActionType.INDICATE_SEND_COMPLETE, oldest.type, oldest.context)
                    .markTransferred(oldest.transferred);
        }
        if (lifecycle.pongComesFirst()) {
            return NoAction.CONTROL_FRAME;
        }
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer buffer = memory();
        lifecycle.takeWireForSend();
        return slicedWritten == NOT_SLICED ? firstFrames(buffer) : nextSlice(buffer);
    }

    private ByteBuffer memory() {
        ByteBuffer held = memory;
        if (held == null) {
            held = WorkMemory.take(options.lender(), capacity());
            memory = held;
        }
        return held;
    }

    private int capacity() {
        return options.sendBufferSize(keys == null);
    }

    /** {@return whether payload must go through the send buffer to be masked} */
    private boolean masks() {
        return keys != null && !keys.isZero();
    }

    /** Fills a transfer with the oldest frame and, when corking, with those behind it that fit. */
    private Action firstFrames(ByteBuffer buffer) {
        byte[] array = buffer.array();
        int base = buffer.arrayOffset();
        int capacity = capacity();
        boolean masks = masks();
        boolean corking = options.corking();
        int used = 0;
        ByteBuffer referenced = null;
        action.issue(ActionType.SEND_TO_NETWORK, oldest.type, oldest.context);
        for (Operation operation = oldest;
                operation != null;
                operation = corking && slicedWritten == NOT_SLICED && referenced == null
                        ? behind(capacity - used, masks)
                        : null) {
            ByteBuffer payload = operation.buffer;
            int length = payload == null ? 0 : payload.remaining();
            int key = keys == null ? 0 : keys.next();
            int header = FrameHeader.encode(array, base + used, operation.header, length, keys != null, key);
            operation.frameBytes = (long) header + length;
            used += header;
            batch++;
            framesSent++;
            if (payload == null || length == 0) {
                continue;
            }
            payloadSent += operation.type.isControl() ? 0 : length;
            if (masks ? length <= capacity - used : corking && length <= Math.min(COPY_LIMIT, capacity - used)) {
                copy(payload, array, base + used, length, key);
                used += length;
            } else if (masks) {
                slicedKey = copy(payload, array, base + used, capacity - used, key);
                used = capacity;
                slicedWritten = 0;
            } else {
                referenced = payload;
            }
        }
        action.add(buffer.clear().limit(used));
        if (referenced != null) {
            action.addLent(referenced);
        }
        return action;
    }

    /** {@return the next operation when its frame, or its header if the payload goes by reference, fits into that room} */
    private @Nullable Operation behind(int room, boolean masks) {
        if (batch == queued) {
            return null;
        }
        Operation operation = operation(batch);
        int length = operation.buffer == null ? 0 : operation.buffer.remaining();
        long needed = FrameHeader.encodedLength(length, keys != null) + (masks ? (long) length : 0L);
        return needed <= room ? operation : null;
    }

    private Action nextSlice(ByteBuffer buffer) {
        ByteBuffer payload = slicedPayload();
        int length = Math.min(payload.remaining(), capacity());
        slicedKey = copy(payload, buffer.array(), buffer.arrayOffset(), length, slicedKey);
        action.issue(ActionType.SEND_TO_NETWORK, oldest.type, oldest.context)
                .add(buffer.clear().limit(length));
        return action;
    }

    private ByteBuffer slicedPayload() {
        return Objects.requireNonNull(oldest.buffer, "a sliced frame has a payload");
    }

    /** Moves bytes out of a payload, masked with the key, and gives the key for the byte behind them. */
    private int copy(ByteBuffer payload, byte[] target, int offset, int length, int key) {
        boolean masks = masks();
        if (masks && payload.hasArray()) {
            int position = payload.position();
            payload.position(position + length);
            return Masking.copy(payload.array(), payload.arrayOffset() + position, target, offset, length, key);
        }
        payload.get(target, offset, length);
        return masks ? Masking.apply(target, offset, length, key) : 0;
    }

    void complete(long bytes) {
        if (action.is(ActionType.INDICATE_SEND_COMPLETE)) {
            action.settle();
            removeOldest();
            return;
        }
        boolean whole = bytes == action.totalBytes();
        bytesSent += bytes;
        action.settle();
        long written = slicedWritten == NOT_SLICED ? bytes : slicedWritten + bytes;
        boolean moreSlices = slicedWritten != NOT_SLICED && slicedPayload().hasRemaining();
        if (lifecycle.cannotSend()) {
            noteTransferred(written);
            endTransfer(queued);
        } else if (!whole) {
            cut(written);
        } else if (moreSlices) {
            slicedWritten = written;
        } else {
            noteTransferred(written);
            endTransfer(batch);
        }
    }

    private void removeOldest() {
        oldest.clear();
        finished--;
        queued--;
        if (queued > 0) {
            oldest = Objects.requireNonNull(behind).exchange(oldest);
        }
    }

    /** A short write cancels what it did not cover; inside a frame it spoils the stream for good. */
    private void cut(long bytes) {
        boolean insideFrame = noteTransferred(bytes) > 0;
        if (insideFrame && !options.writtenElsewhere()) {
            lifecycle.to(SendState.BROKEN);
        }
        endTransfer(batch);
    }

    /** Marks the operations of the transfer whose frames lie within that many bytes, and returns the bytes of one that lies across. */
    private long noteTransferred(long bytes) {
        long left = bytes;
        for (int i = 0; i < batch; i++) {
            Operation operation = operation(i);
            if (left < operation.frameBytes) {
                break;
            }
            left -= operation.frameBytes;
            operation.transferred = true;
            if (operation.buffer != null) {
                operation.buffer.position(operation.buffer.limit());
            }
            if (operation.type.endsMessage()
                    || (operation.type == BufferType.RAW && (operation.header & FrameHeader.B0_FIN) != 0)) {
                messagesSent++;
            }
        }
        return left;
    }

    /** Cancels what is not out, and gives wire and memory back, also those of a frame between two slices. */
    void abort() {
        if (!action.outstanding()) {
            endTransfer(queued);
        }
    }

    /** Gives wire and memory back and leaves that many operations to be indicated. */
    private void endTransfer(int over) {
        finished = over;
        batch = 0;
        slicedWritten = NOT_SLICED;
        lifecycle.releaseWireOfSend();
        BufferSource lender = options.lender();
        ByteBuffer lent = memory;
        if (lender != null && lent != null) {
            action.forget();
            memory = null;
            lender.release(lent);
        }
    }
}
