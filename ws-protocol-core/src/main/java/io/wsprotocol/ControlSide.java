package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import io.wsprotocol.wire.Opcode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The automatic pong: answers pings at the next frame boundary, ahead of queued sends (RFC 6455 §5.5.2, §5.5.3). Has a slot of its
 * own, because a pong may become sendable while a read is out. What it needs is made when the first ping comes. HOT. Not
 * thread-safe: confine to one thread or guard with one lock.
 */
final class ControlSide {

    private static final int FRAME_BYTES = FrameHeader.MAX_BYTES + FrameHeader.MAX_CONTROL_PAYLOAD;

    private final Lifecycle lifecycle;
    private final WriteTurn turn;
    private final HandleCounters counters;
    private final @Nullable FrameKeys keys;
    private final @Nullable BufferSource source;
    private final int maxPending;
    private @Nullable PongRing pending;
    private @Nullable WorkBuffer work;
    private @Nullable Action action;

    ControlSide(
            Lifecycle lifecycle,
            WriteTurn turn,
            HandleCounters counters,
            @Nullable FrameKeys keys,
            HandleOptions options) {
        this.lifecycle = lifecycle;
        this.turn = turn;
        this.counters = counters;
        this.keys = keys;
        this.source = options.bufferSource();
        this.maxPending = options.maxPendingPongs();
    }

    /** Takes a copy of a ping's payload, to be answered. */
    void offer(byte[] array, int offset, int length) {
        if (!lifecycle.mayAnswerPings()) {
            return;
        }
        PongRing ring = pending;
        if (ring == null) {
            ring = new PongRing(maxPending);
            pending = ring;
        }
        if (ring.offer(array, offset, length)) {
            counters.pongsDropped++;
        }
    }

    /** {@return whether a pong is on its way or must leave before the next frame of the send side} */
    boolean comesFirst() {
        Action out = action;
        return (out != null && out.outstanding()) || (hasPending() && lifecycle.mayAnswerPings());
    }

    private boolean hasPending() {
        PongRing ring = pending;
        return ring != null && !ring.isEmpty();
    }

    /** {@return the next pong to write, or null when there is none or the wire is taken} */
    @Nullable
    Action next() {
        PongRing ring = pending;
        if (ring == null || ring.isEmpty() || !lifecycle.mayAnswerPings() || !turn.isFree()) {
            return null;
        }
        // First the memory: a source that has none throws, and nothing must have changed then
        ByteBuffer memory = memory();
        turn.takeForControl();
        Action out = action;
        if (out == null) {
            out = Action.ofSlot(1);
            out.markInternal();
            action = out;
        }
        out.issue(ActionType.SEND_TO_NETWORK, BufferType.PING_PONG, null).add(encode(ring, memory));
        ring.remove();
        return out;
    }

    private ByteBuffer memory() {
        WorkBuffer memory = work;
        if (memory == null) {
            memory = new WorkBuffer(source, FRAME_BYTES, null);
            work = memory;
        }
        return memory.take();
    }

    /** One contiguous frame: it must fit the single buffer that drivers pass on this queue. */
    private ByteBuffer encode(PongRing ring, ByteBuffer frame) {
        byte[] array = frame.array();
        int base = frame.arrayOffset();
        int length = ring.length();
        int key = keys == null ? 0 : keys.next();
        int header = FrameHeader.encode(array, base, FrameHeader.B0_FIN | Opcode.PONG, length, keys != null, key);
        ring.copyTo(array, base + header);
        if (key != 0) {
            Masking.apply(array, base + header, length, key);
        }
        counters.framesSent++;
        return frame.clear().limit(header + length);
    }

    boolean owns(Action candidate) {
        return candidate == action;
    }

    boolean isOutstanding() {
        Action out = action;
        return out != null && out.outstanding();
    }

    /** Completes the pong; a short write spoils the stream as it does for any frame. */
    void complete(Action out, long bytes, boolean writtenElsewhere) {
        counters.bytesSent += bytes;
        boolean whole = bytes == out.totalBytes();
        out.settle();
        turn.release();
        if (work != null && work.isBorrowed()) {
            out.forget();
            work.giveBack();
        }
        if (whole) {
            counters.pongsSent++;
        } else if (bytes > 0 && !writtenElsewhere && lifecycle.send() != SendState.BROKEN) {
            lifecycle.to(SendState.BROKEN);
        }
    }

    /** Drops what waits; an outstanding pong stays until it is completed. */
    void clear() {
        if (pending != null) {
            pending.clear();
        }
    }
}
