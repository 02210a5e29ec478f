package io.wsprotocol.deflate;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Inflates the compressed messages that one connection receives, chunk by chunk into slices of at most 16 KiB, so that limits hold
 * before anybody has the bytes (RFC 7692 §7.2.2). Borrows its coder for the length of a message; between messages it holds a
 * history of at most one window, and that only when the peer may refer to it. HOT. Not thread-safe: confine to one thread or guard
 * with one lock.
 *
 * <pre>{@code
 * inflater.begin();                                          // first chunk of a message
 * inflater.input(chunk, endsMessage, maxBytes);
 * while ((result = inflater.next()) == SLICE) use(inflater.slice());
 * if (result == END) { use(inflater.slice()); inflater.release(); }
 * }</pre>
 *
 * <p>After a failure it stays failed: where the next message begins in the peer's window is not known then. UTF-8 is for the caller to
 * verify (RFC 7692 §6).
 *
 * @since 0.1.0
 */
public final class MessageInflater {

    /** What {@link #next()} found. */
    public enum Result {
        /** A slice, behind which more may follow at once. */
        SLICE,
        /** Nothing more in this chunk. */
        NEEDS_INPUT,
        /** The last slice of the message, which may be empty. */
        END,
        /** This is not DEFLATE, or refers beyond the window that was agreed on, or before the first byte. */
        CORRUPT,
        /** The message ends inside a block (RFC 7692 §7.2.1), and would spoil the next one. */
        CUT,
        /** L-18: the message has more bytes than may be. */
        TOO_BIG,
        /** L-19: the message grows by more than {@link DeflateOptions#maxRatio()}. */
        RATIO_EXCEEDED,
        /** L-20: the message has more compressed bytes than one of the greatest size can need. */
        COMPRESSED_TOO_BIG
    }

    private static final byte[] NOTHING = {};
    private static final ByteBuffer EMPTY = ByteBuffer.wrap(NOTHING);
    private static final int FIRST_HISTORY = 1 << 10;

    private final CoderPool pool;
    private final int windowBits;
    private final boolean takeover;
    private final int maxRatio;

    private @Nullable BlockDecoder decoder;
    private byte[] history = NOTHING;
    private int historyBytes;
    private long maxBytes;
    private long compressed;
    private long inflated;
    private boolean last;
    private boolean fresh;
    private @Nullable Result failure;

    /**
     * Makes an inflater for one connection.
     *
     * @param parameters what was agreed on
     * @param options the limits
     * @param server whether this is the server's end
     * @param pool where coders come from
     */
    public MessageInflater(DeflateParameters parameters, DeflateOptions options, boolean server, CoderPool pool) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.windowBits = parameters.incomingWindowBits(server);
        this.takeover = parameters.incomingContextTakeover(server);
        this.maxRatio = options.maxRatio();
    }

    /**
     * Begins a message.
     *
     * @throws IllegalStateException when the message before was not released
     */
    public void begin() {
        if (decoder != null) {
            throw new IllegalStateException("a message is being inflated");
        }
        compressed = 0;
        inflated = 0;
        fresh = true;
        last = false;
        if (failure == null) {
            decoder = pool.takeInflater();
            decoder.begin(history, historyBytes, windowBits);
        }
    }

    /** {@return whether a message has begun and not been released} */
    public boolean isBegun() {
        return decoder != null;
    }

    /**
     * Gives the next chunk; what came before must be used up.
     *
     * @param chunk read from its position to its limit, and not changed; must stay until {@link Result#NEEDS_INPUT} or the end
     * @param endsMessage whether the message ends with it
     * @param maxMessageBytes the most bytes that the message may inflate to, 0 or more; {@link Long#MAX_VALUE} for no limit
     */
    public void input(ByteBuffer chunk, boolean endsMessage, long maxMessageBytes) {
        BlockDecoder coder = decoder;
        if (coder == null) {
            return; // failed; next() says so
        }
        int length = chunk.remaining();
        last = endsMessage;
        maxBytes = maxMessageBytes;
        compressed += length;
        if (compressed > DeflateOptions.maxCompressedBytes(maxBytes)) {
            fail(Result.COMPRESSED_TOO_BIG);
        } else if (chunk.hasArray()) {
            coder.input(chunk.array(), chunk.arrayOffset() + chunk.position(), length);
        } else {
            byte[] copy = new byte[length];
            chunk.duplicate().get(copy);
            coder.input(copy, 0, length);
        }
    }

    /**
     * {@return what comes next} Ends the slice before.
     *
     * @throws IllegalStateException when no message has begun
     */
    public Result next() {
        Result known = failure;
        if (known != null) {
            return known;
        }
        BlockDecoder coder = requireDecoder();
        if (!fresh) {
            coder.nextSlice();
        }
        fresh = false;
        int found = coder.decode();
        int bytes = coder.sliceBytes();
        inflated += bytes;
        if (inflated > maxBytes) {
            return fail(Result.TOO_BIG);
        }
        if (found == BlockDecoder.SLICE_FULL) {
            return isBomb(coder) ? fail(Result.RATIO_EXCEEDED) : Result.SLICE;
        }
        if (found == BlockDecoder.NEEDS_INPUT && last && coder.mayEnd()) {
            return isBomb(coder) ? fail(Result.RATIO_EXCEEDED) : end(coder);
        }
        if (bytes > 0) {
            return Result.SLICE; // what is right comes out first, so that the cuts of the stream make no difference
        }
        if (found == BlockDecoder.CORRUPT) {
            return fail(Result.CORRUPT);
        }
        return last ? fail(Result.CUT) : Result.NEEDS_INPUT;
    }

    /** {@return the slice that {@link #next()} found, empty when there is none, valid until the next call of a method} */
    public ByteBuffer slice() {
        return decoder == null ? EMPTY : decoder.slice();
    }

    /** Gives the coder back, at the end of a message or when it is given up. */
    public void release() {
        BlockDecoder coder = decoder;
        if (coder != null) {
            decoder = null;
            pool.giveInflater(coder);
        }
    }

    /** L-19, judged where a slice is full and at the end, which are the same places however the message was cut. */
    private boolean isBomb(BlockDecoder coder) {
        return inflated > DeflateOptions.RATIO_FREE_BYTES && (inflated - 1) / maxRatio >= coder.consumed();
    }

    private Result end(BlockDecoder coder) {
        pool.countInflated(compressed, inflated);
        if (takeover) {
            keepHistory(coder);
        }
        return Result.END;
    }

    /** RFC 7692 §7.2.2: what the window holds serves the next compressed message; others between do not touch it. */
    private void keepHistory(BlockDecoder coder) {
        int bytes = coder.historyBytes();
        if (bytes > history.length) {
            int doubled = Math.max(FIRST_HISTORY, 2 * Integer.highestOneBit(bytes - 1));
            history = new byte[Math.min(1 << windowBits, doubled)];
        }
        coder.copyHistory(history, bytes);
        historyBytes = bytes;
    }

    /** First the state, then the word: nothing comes out of it any more, and the coder is back. */
    private Result fail(Result why) {
        failure = why;
        history = NOTHING;
        historyBytes = 0;
        release();
        return why;
    }

    private BlockDecoder requireDecoder() {
        BlockDecoder coder = decoder;
        if (coder == null) {
            throw new IllegalStateException("no message has begun");
        }
        return coder;
    }
}
