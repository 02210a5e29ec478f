package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import io.wsprotocol.wire.Opcode;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The automatic pong: answers pings at the next frame boundary, ahead of queued sends (RFC 6455 §5.5.2, §5.5.3). Has a slot of its
 * own, because a pong may become sendable while a read is out. Made when the first ping comes. HOT. Not thread-safe: confine to one
 * thread or guard with one lock.
 */
final class ControlSide {

    private static final int FRAME_BYTES = FrameHeader.MAX_BYTES + FrameHeader.MAX_CONTROL_PAYLOAD;

    private final Lifecycle lifecycle;
    private final @Nullable FrameKeys keys;
    private final @Nullable BufferSource lender;
    private final PongRing pending;
    private final Action action = Action.ofSlot(1);
    private @Nullable ByteBuffer memory;

    long pingsReceived;
    long framesSent;
    long bytesSent;
    long pongsSent;
    long pongsDropped;

    ControlSide(Lifecycle lifecycle, @Nullable FrameKeys keys, HandleOptions options) {
        this.lifecycle = lifecycle;
        this.keys = keys;
        this.lender = options.bufferSource();
        this.pending = new PongRing(options.maxPendingPongs());
        action.markInternal();
    }

    /** Takes a copy of a ping's payload, to be answered. */
    void offer(byte[] array, int offset, int length) {
        pingsReceived++;
        if (!lifecycle.mayAnswerPings()) {
            return;
        }
        if (pending.offer(array, offset, length)) {
            pongsDropped++;
        }
        lifecycle.pongWaits(true);
    }

    /** {@return the next pong to write, or null when there is none or the wire is taken} */
    @Nullable
    Action next() {
        if (!lifecycle.pongMayGo()) {
            return null;
        }
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer frame = memory;
        if (frame == null) {
            frame = WorkMemory.take(lender, FRAME_BYTES);
            memory = frame;
        }
        lifecycle.takeWireForPong();
        action.issue(ActionType.SEND_TO_NETWORK, BufferType.PING_PONG, null).add(encode(frame));
        pending.remove();
        lifecycle.pongWaits(!pending.isEmpty());
        return action;
    }

    /** One contiguous frame: it must fit the single buffer that drivers pass on this queue. */
    private ByteBuffer encode(ByteBuffer frame) {
        byte[] array = frame.array();
        int base = frame.arrayOffset();
        int length = pending.length();
        int key = keys == null ? 0 : keys.next();
        int header = FrameHeader.encode(array, base, FrameHeader.B0_FIN | Opcode.PONG, length, keys != null, key);
        pending.copyTo(array, base + header);
        if (key != 0) {
            Masking.apply(array, base + header, length, key);
        }
        framesSent++;
        return frame.clear().limit(header + length);
    }

    boolean owns(Action candidate) {
        return candidate == action;
    }

    /** Completes the pong; a short write spoils the stream as it does for any frame. */
    void complete(long bytes, boolean writtenElsewhere) {
        bytesSent += bytes;
        boolean whole = bytes == action.totalBytes();
        action.settle();
        lifecycle.releaseWireOfPong();
        if (lender != null) {
            action.forget();
            ByteBuffer lent = Objects.requireNonNull(memory);
            memory = null;
            lender.release(lent);
        }
        if (whole) {
            pongsSent++;
        } else if (bytes > 0 && !writtenElsewhere) {
            lifecycle.to(SendState.BROKEN);
        }
    }
}
