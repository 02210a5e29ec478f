package io.wsprotocol.deflate;

import io.wsprotocol.deflate.CoderPool.MessageCoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the messages that one connection sends, into payloads of frames of at most 16 KiB (RFC 7692 §7.2.1). Borrows its coder for
 * the length of a message, and the memory of frames until they are written; between messages it holds, with context takeover only, a
 * history of a few KiB. HOT. Not thread-safe: confine to one thread or guard with one lock.
 *
 * <pre>{@code
 * if (!deflater.begin()) … send as it is
 * do {
 *     switch (deflater.deflate(payload, last, mostBytes)) { case FRAME -> send(deflater.frame()); … }
 * } while (!deflater.isPartDone());                          // frameDone() for each frame once it is written
 * }</pre>
 *
 * @since 0.1.0
 */
public final class MessageDeflater {

    /** The least that a longest frame may be: below it one would be mostly header, and zlib repeats its marker in six bytes or less. */
    public static final int LEAST_FRAME = 64;

    /** What {@link #deflate} did. */
    public enum Result {
        /** The payload of a frame is there. */
        FRAME,
        /** No memory is left until frames are written; nothing has changed. */
        NO_ROOM,
        /** The message does not get smaller: nothing was consumed, and it is over. */
        NOT_SMALLER
    }

    /*
     * The zlib of the JDK always looks back 32 KiB. It forgets all it has seen at a full flush, so a full flush after at most 2^w bytes
     * of input, history included, keeps every reference within a window of 2^w bytes (RFC 7692 §7.1.2).
     */

    /** Input of one call: what one turn of a connection may cost. */
    private static final int SLICE_BYTES = 64 << 10;
    /** What ends every flush, and is dropped at the end of a message (RFC 7692 §7.2.1). */
    private static final int TAIL_BYTES = 4;
    /** More history costs more time to hash for each message than it saves on the wire. */
    private static final int MOST_HISTORY = 8 << 10;

    private static final byte EMPTY_BLOCK_HEADER = 0;

    private static final byte[] NOTHING = {};
    private static final ByteBuffer EMPTY = ByteBuffer.wrap(NOTHING);

    private final CoderPool pool;
    private final int level;
    private final int window;
    private final boolean takeover;
    private final boolean counts;

    private @Nullable MessageCoder coder;
    private @Nullable FrameMemory memory;
    private int framesOut;
    private ByteBuffer frame = EMPTY;
    /** Input that zlib holds and has not finished; 0 when it has finished all it was given. */
    private int sliceBytes;

    private int flush;
    /** Input that may follow before all that came before must be forgotten. */
    private int reach;

    private boolean begun;
    private boolean partDone;
    private final byte[] held = new byte[TAIL_BYTES];
    private int heldBytes;
    private long before;
    private long after;
    private byte[] history = NOTHING;
    private int historyBytes;

    /**
     * Makes a deflater for one connection.
     *
     * @param parameters what was agreed on
     * @param options how hard to compress
     * @param server whether this is the server's end
     * @param pool where coders come from
     */
    public MessageDeflater(DeflateParameters parameters, DeflateOptions options, boolean server, CoderPool pool) {
        this(
                Objects.requireNonNull(pool, "pool"),
                options.level(),
                1 << parameters.outgoingWindowBits(server),
                parameters.outgoingContextTakeover(server),
                true);
    }

    private MessageDeflater(CoderPool pool, int level, int window, boolean takeover, boolean counts) {
        this.counts = counts;
        this.pool = pool;
        this.level = level;
        this.window = window;
        this.takeover = takeover;
    }

    /** {@return whether a message may refer to those before it, so that the result depends on them} */
    public boolean takesContextOver() {
        return takeover;
    }

    /** {@return whether there is a coder for a message, which begins then} */
    public boolean begin() {
        abandon();
        coder = pool.takeDeflater(level);
        begun = false;
        heldBytes = 0;
        before = 0;
        after = 0;
        return coder != null;
    }

    /** {@return whether a message has begun and is not over} */
    public boolean isBegun() {
        return coder != null;
    }

    /**
     * Compresses what one frame holds.
     *
     * @param payload what to compress; its position moves over what is done, and its content must stay until {@link #isPartDone}
     * @param last whether the message ends with it
     * @param mostBytes the longest payload of a frame, at least {@value #LEAST_FRAME}; there is never more than 16 KiB
     * @return what there is now
     * @throws IllegalStateException when no message has begun
     * @throws IllegalArgumentException for an empty part that does not end its message, as no frame says that
     */
    public Result deflate(ByteBuffer payload, boolean last, int mostBytes) {
        MessageCoder using = coder;
        if (using == null) {
            throw new IllegalStateException("no message has begun");
        }
        int size = payload.remaining();
        if (size == 0 && !last) {
            throw new IllegalArgumentException("an empty part must end its message");
        }
        FrameMemory target = memory;
        if (target == null) {
            target = pool.takeFrameMemory();
            memory = target;
        }
        if (target.room() < LEAST_FRAME) {
            return Result.NO_ROOM;
        }
        boolean whole = !begun && last;
        int first = payload.position();
        if (!begun) {
            begun = true;
            takeHistory(using.deflater, size);
        }
        int start = target.used();
        System.arraycopy(held, 0, target.array, start, heldBytes);
        int limit = Math.min(FrameMemory.BYTES, start + Math.max(LEAST_FRAME, mostBytes));
        int end = run(using.deflater, payload, last, target.array, start + heldBytes, limit);
        if (whole && partDone && end - start >= size && size > 0) {
            payload.position(first);
            abandon();
            return Result.NOT_SMALLER;
        }
        if (takeover) {
            keepHistory(payload, first, payload.position() - first);
        }
        before += payload.position() - first;
        after += end - start;
        frame = target.frame(end);
        framesOut++;
        if (last && partDone) {
            if (counts) {
                pool.countDeflated(before, after);
            }
            giveCoderBack();
        }
        return Result.FRAME;
    }

    /** {@return the payload of the frame that {@link #deflate} made, valid until {@link #frameDone}} */
    public ByteBuffer frame() {
        return frame;
    }

    /** {@return whether all that {@link #deflate} was given is in frames} */
    public boolean isPartDone() {
        return partDone;
    }

    /** A frame is written or given up; with the last one the memory goes back. */
    public void frameDone() {
        framesOut--;
        giveMemoryBack();
    }

    /** Gives up the message in progress. Frames that are out stay until they are done. */
    public void abandon() {
        giveCoderBack();
        giveMemoryBack();
    }

    /** {@return what {@link #deflateApart} depends on besides the payload, to be compared by equals} */
    public Object variant() {
        return List.of(window, level);
    }

    /**
     * {@return a whole message compressed for many connections; the payload itself when it does not get smaller; null when no coder is
     * free} Not a message of this connection, and only without context takeover one that its peer can read.
     *
     * @param payload read from its position to its limit, and not changed
     */
    public @Nullable ByteBuffer deflateApart(ByteBuffer payload) {
        MessageDeflater apart = new MessageDeflater(pool, level, window, false, false);
        if (!apart.begin()) {
            return null;
        }
        ByteBuffer rest = payload.duplicate();
        byte[] result = new byte[payload.remaining()];
        int length = 0;
        do {
            boolean smaller = apart.deflate(rest, true, FrameMemory.BYTES) == Result.FRAME
                    && apart.frame.remaining() < result.length - length;
            if (!smaller) {
                apart.framesOut = 0;
                apart.abandon();
                return payload;
            }
            int bytes = apart.frame.remaining();
            apart.frame.get(result, length, bytes);
            length += bytes;
            apart.frameDone();
        } while (!apart.partDone);
        return ByteBuffer.wrap(Arrays.copyOf(result, length));
    }

    /** Counts a message that this connection sends as {@link #deflateApart} made it, once for each time. */
    public void countShared(long bytesBefore, long bytesAfter) {
        pool.countDeflated(bytesBefore, bytesAfter);
    }

    // ---- one frame ----

    /** {@return where the frame ends} */
    private int run(Deflater deflater, ByteBuffer payload, boolean last, byte[] target, int from, int limit) {
        int to = from;
        int budget = SLICE_BYTES;
        partDone = false;
        heldBytes = 0;
        if (sliceBytes == 0 && !payload.hasRemaining()) {
            // RFC 7692 §7.2.3.6: all before is flushed, so the header of an empty block ends the message
            target[to++] = EMPTY_BLOCK_HEADER;
            partDone = true;
            return to;
        }
        while (true) {
            if (sliceBytes == 0) {
                beginSlice(deflater, payload, last, budget);
            }
            int room = limit - to;
            int made = deflater.deflate(target, to, room, flush);
            to += made;
            if (made == room) {
                // what is last may be the tail, which is not known before the next call
                heldBytes = TAIL_BYTES;
                to -= TAIL_BYTES;
                System.arraycopy(target, to, held, 0, TAIL_BYTES);
                return to;
            }
            budget -= sliceBytes;
            endSlice(payload);
            if (!payload.hasRemaining()) {
                partDone = true;
                return last ? to - TAIL_BYTES : to;
            }
            if (budget <= 0) {
                return to;
            }
        }
    }

    private void beginSlice(Deflater deflater, ByteBuffer payload, boolean last, int budget) {
        int length = Math.min(Math.min(payload.remaining(), reach), budget);
        if (payload.hasArray()) {
            deflater.setInput(payload.array(), payload.arrayOffset() + payload.position(), length);
        } else {
            deflater.setInput(payload.slice(payload.position(), length));
        }
        sliceBytes = length;
        boolean endsMessage = last && length == payload.remaining();
        // every slice is flushed: a frame is never empty, and what was sent does not wait for what is sent next
        flush = length == reach && !endsMessage ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH;
    }

    private void endSlice(ByteBuffer payload) {
        payload.position(payload.position() + sliceBytes);
        if (window < 1 << DeflateParameters.MOST_BITS) {
            reach = flush == Deflater.FULL_FLUSH ? window : reach - sliceBytes;
        }
        sliceBytes = 0;
    }

    // ---- history ----

    /** History and the first input behind it share one window. */
    private void takeHistory(Deflater deflater, int firstBytes) {
        reach = window < 1 << DeflateParameters.MOST_BITS ? window : Integer.MAX_VALUE;
        if (historyBytes == 0) {
            return;
        }
        int bytes = historyBytes;
        if (reach != Integer.MAX_VALUE) {
            bytes = Math.min(bytes, Math.max(window / 2, window - firstBytes));
            reach = window - bytes;
        }
        deflater.setDictionary(history, historyBytes - bytes, bytes);
    }

    private void keepHistory(ByteBuffer payload, int first, int length) {
        int most = Math.min(window, MOST_HISTORY);
        if (history.length == 0) {
            history = new byte[most];
        }
        int added = Math.min(length, most);
        int kept = Math.min(historyBytes, most - added);
        System.arraycopy(history, historyBytes - kept, history, 0, kept);
        payload.get(first + length - added, history, kept, added);
        historyBytes = kept + added;
    }

    // ---- what is borrowed ----

    private void giveCoderBack() {
        MessageCoder using = coder;
        if (using != null) {
            coder = null;
            sliceBytes = 0;
            pool.giveDeflater(using);
        }
    }

    private void giveMemoryBack() {
        FrameMemory using = memory;
        if (using != null && framesOut == 0) {
            memory = null;
            frame = EMPTY;
            pool.giveFrameMemory(using);
        }
    }
}
