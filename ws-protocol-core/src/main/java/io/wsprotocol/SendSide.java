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

    private final Lifecycle lifecycle;
    private final WriteTurn turn;
    private final HandleCounters counters;
    private final ControlSide control;
    private final @Nullable FrameKeys keys;
    private final OperationRing ring;
    private final WorkBuffer work;
    private final Action action = Action.ofSlot(Action.MAX_BUFFERS);
    private final boolean corking;
    private final boolean writtenElsewhere;
    private final boolean copies;

    /** Operations of the transfer at hand, from the head of the ring. */
    private int batch;
    /** Operations from the head of the ring that are over and not indicated yet. */
    private int finished;
    /** Whether a frame is cut into slices and not all of them are handed out. */
    private boolean sliced;
    /** Bytes of the sliced frame that are written. */
    private long slicedWritten;
    /** Key of the sliced frame, rotated to the next byte. */
    private int slicedKey;

    SendSide(
            Lifecycle lifecycle,
            WriteTurn turn,
            HandleCounters counters,
            ControlSide control,
            @Nullable FrameKeys keys,
            HandleOptions options,
            WorkBuffer work) {
        this.lifecycle = lifecycle;
        this.turn = turn;
        this.counters = counters;
        this.control = control;
        this.keys = keys;
        this.ring = new OperationRing(options.maxQueuedSends());
        this.work = work;
        this.corking = options.corking();
        this.writtenElsewhere = options.writtenElsewhere();
        this.copies = keys != null && !keys.isZero();
    }

    int queued() {
        return ring.size();
    }

    boolean isFull() {
        return ring.isFull();
    }

    void queue(BufferType type, int header, @Nullable ByteBuffer payload, @Nullable Object context) {
        Operation operation = ring.add();
        operation.type = type;
        operation.header = header;
        operation.buffer = payload;
        operation.context = context;
        lifecycle.queued(header);
    }

    boolean owns(Action candidate) {
        return candidate == action;
    }

    boolean isOutstanding() {
        return action.outstanding();
    }

    Action next() {
        if (action.outstanding()) {
            return NoAction.COMPLETION;
        }
        if (finished == 0) {
            if (ring.isEmpty()) {
                return NoAction.OPERATION;
            }
            if (lifecycle.cannotSend()) {
                endTransfer(ring.size());
            }
        }
        if (finished > 0) {
            return indicate();
        }
        if ((!turn.isHeldBySend() && control.comesFirst()) || turn.isHeldByControl()) {
            return NoAction.CONTROL_FRAME;
        }
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer memory = work.take();
        turn.takeForSend();
        return sliced ? nextSlice(memory) : firstFrames(memory);
    }

    private Action indicate() {
        Operation operation = ring.peek(0);
        action.issue(ActionType.INDICATE_SEND_COMPLETE, operation.type, operation.context)
                .markTransferred(operation.transferred);
        return action;
    }

    /** Fills a transfer with the oldest frame and, when corking, with those behind it that fit. */
    private Action firstFrames(ByteBuffer buffer) {
        byte[] array = buffer.array();
        int base = buffer.arrayOffset();
        int capacity = work.bytes();
        int used = 0;
        ByteBuffer referenced = null;
        Operation oldest = ring.peek(0);
        action.issue(ActionType.SEND_TO_NETWORK, oldest.type, oldest.context);
        for (Operation operation = oldest;
                operation != null;
                operation = corking && !sliced && referenced == null ? behind(capacity - used) : null) {
            ByteBuffer payload = operation.buffer;
            int length = payload == null ? 0 : payload.remaining();
            int key = keys == null ? 0 : keys.next();
            int header = FrameHeader.encode(array, base + used, operation.header, length, keys != null, key);
            operation.frameBytes = (long) header + length;
            used += header;
            batch++;
            counters.framesSent++;
            if (payload == null || length == 0) {
                continue;
            }
            counters.payloadSent += operation.type.isControl() ? 0 : length;
            if (copies ? length <= capacity - used : corking && length <= Math.min(COPY_LIMIT, capacity - used)) {
                copy(payload, array, base + used, length, key);
                used += length;
            } else if (copies) {
                slicedKey = copy(payload, array, base + used, capacity - used, key);
                used = capacity;
                sliced = true;
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
    private @Nullable Operation behind(int room) {
        if (batch == ring.size()) {
            return null;
        }
        Operation operation = ring.peek(batch);
        int length = operation.buffer == null ? 0 : operation.buffer.remaining();
        long needed = FrameHeader.encodedLength(length, keys != null) + (copies ? (long) length : 0L);
        return needed <= room ? operation : null;
    }

    private Action nextSlice(ByteBuffer buffer) {
        Operation operation = ring.peek(0);
        ByteBuffer payload = Objects.requireNonNull(operation.buffer, "a sliced frame has a payload");
        int length = Math.min(payload.remaining(), work.bytes());
        slicedKey = copy(payload, buffer.array(), buffer.arrayOffset(), length, slicedKey);
        action.issue(ActionType.SEND_TO_NETWORK, operation.type, operation.context)
                .add(buffer.clear().limit(length));
        return action;
    }

    /** Moves bytes out of a payload, masked with the key, and gives the key for the byte behind them. */
    private int copy(ByteBuffer payload, byte[] target, int offset, int length, int key) {
        if (copies && payload.hasArray()) {
            int position = payload.position();
            payload.position(position + length);
            return Masking.copy(payload.array(), payload.arrayOffset() + position, target, offset, length, key);
        }
        payload.get(target, offset, length);
        return copies ? Masking.apply(target, offset, length, key) : 0;
    }

    void complete(long bytes) {
        if (action.is(ActionType.INDICATE_SEND_COMPLETE)) {
            action.settle();
            ring.remove();
            finished--;
            return;
        }
        boolean whole = bytes == action.totalBytes();
        counters.bytesSent += bytes;
        action.settle();
        if (lifecycle.cannotSend()) {
            noteTransferred(whole && !moreSlices() ? Long.MAX_VALUE : slicedWritten + bytes);
            endTransfer(ring.size());
        } else if (!whole) {
            cut(slicedWritten + bytes);
        } else if (moreSlices()) {
            slicedWritten += bytes;
        } else {
            noteTransferred(Long.MAX_VALUE);
            endTransfer(batch);
        }
    }

    private boolean moreSlices() {
        if (!sliced) {
            return false;
        }
        ByteBuffer payload = ring.peek(0).buffer;
        return payload != null && payload.hasRemaining();
    }

    /** A short write cancels what it did not cover; inside a frame it spoils the stream for good. */
    private void cut(long bytes) {
        boolean insideFrame = noteTransferred(bytes);
        if (insideFrame && !writtenElsewhere) {
            lifecycle.to(SendState.BROKEN);
        }
        endTransfer(batch);
    }

    /** Marks the operations of the transfer whose frames lie within that many bytes, and tells whether one lies across. */
    private boolean noteTransferred(long bytes) {
        long left = bytes;
        for (int i = 0; i < batch; i++) {
            Operation operation = ring.peek(i);
            if (left < operation.frameBytes) {
                return left > 0;
            }
            left -= operation.frameBytes;
            operation.transferred = true;
            if (operation.buffer != null) {
                operation.buffer.position(operation.buffer.limit());
            }
            if (operation.type.endsMessage()
                    || (operation.type == BufferType.RAW && (operation.header & FrameHeader.B0_FIN) != 0)) {
                counters.messagesSent++;
            }
        }
        return false;
    }

    /** Cancels what is not out, and gives wire and memory back, also those of a frame between two slices. */
    void abort() {
        if (!action.outstanding()) {
            endTransfer(ring.size());
        }
    }

    /** Gives wire and memory back and leaves that many operations to be indicated. */
    private void endTransfer(int over) {
        finished = over;
        batch = 0;
        sliced = false;
        slicedWritten = 0;
        if (turn.isHeldBySend()) {
            turn.release();
        }
        if (work.isBorrowed()) {
            action.forget();
            work.giveBack();
        }
    }
}
