package io.wsprotocol.driver;

import io.wsprotocol.Action;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.deflate.MessageInflater;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import io.wsprotocol.wire.Utf8Verifier;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The compressed message that a connection receives now: holds the chunk that is being inflated, and verifies text as it comes out
 * (RFC 7692 §6). HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
final class IncomingCompression {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final WebSocketHandle handle;
    private final MessageInflater inflater;
    private final boolean verifies;
    private final Utf8Verifier utf8 = new Utf8Verifier();

    /** The indication whose memory is being inflated; null when no chunk is at hand. */
    private @Nullable Action chunk;

    private ConnectionEvent event = ConnectionEvent.NONE;
    private ByteBuffer slice = EMPTY;
    private boolean ends;
    private boolean invalid;
    private @Nullable FailureReason failure;

    /** {@return what a connection needs that agreed on compression; null when it did not} */
    static @Nullable IncomingCompression of(
            WebSocketHandle handle, @Nullable DeflateParameters agreed, ConnectionOptions options) {
        return agreed == null ? null : new IncomingCompression(handle, agreed, options);
    }

    private IncomingCompression(WebSocketHandle handle, DeflateParameters parameters, ConnectionOptions options) {
        DeflateOptions wanted = Objects.requireNonNull(options.compression());
        this.handle = handle;
        this.inflater = new MessageInflater(parameters, wanted, handle.isServer(), options.coderPool());
        this.verifies = !handle.options().disableUtf8Verification();
    }

    /** {@return whether a chunk is being inflated, so that the handle has nothing new} */
    boolean hasChunk() {
        return chunk != null;
    }

    /** {@return the kind of the message that a chunk belongs to} */
    static ConnectionEvent kind(Action action) {
        boolean text = (action.rawHeader() & FrameHeader.B0_OPCODE) == Opcode.TEXT;
        return text ? ConnectionEvent.TEXT : ConnectionEvent.BINARY;
    }

    /**
     * Takes a chunk; the action is completed when all of it is inflated.
     *
     * @param maxBytes the most bytes of the whole message, {@link Integer#MAX_VALUE} for no limit
     */
    void take(Action action, int maxBytes) {
        if (!inflater.isBegun()) {
            event = kind(action);
            utf8.reset();
            invalid = false;
            inflater.begin();
        }
        chunk = action;
        inflater.input(
                action.buffer(), action.endsMessage(), maxBytes == Integer.MAX_VALUE ? Long.MAX_VALUE : maxBytes);
    }

    /** {@return whether there is a slice} Without one the chunk is used up, or there is a {@link #failure}. */
    boolean next() {
        if (invalid) {
            return fail(FailureReason.INVALID_UTF8);
        }
        MessageInflater.Result result = inflater.next();
        return switch (result) {
            case SLICE, END -> slice(result == MessageInflater.Result.END);
            case NEEDS_INPUT -> {
                completeChunk();
                yield false;
            }
            case CORRUPT, CUT -> fail(FailureReason.CORRUPT_COMPRESSION);
            case TOO_BIG -> fail(FailureReason.MESSAGE_TOO_BIG);
            case RATIO_EXCEEDED -> fail(FailureReason.COMPRESSION_RATIO);
            case COMPRESSED_TOO_BIG -> fail(FailureReason.COMPRESSED_TOO_BIG);
        };
    }

    private boolean slice(boolean last) {
        slice = inflater.slice();
        ends = last;
        if (verifies && event == ConnectionEvent.TEXT && !verify(last)) {
            // what is right is shown first, so that the cuts of the stream make no difference
            invalid = true;
            ends = false;
            boolean shown = slice.hasRemaining();
            if (!shown) {
                fail(FailureReason.INVALID_UTF8);
            }
            return shown;
        }
        if (last) {
            completeChunk();
        }
        return true;
    }

    /** {@return whether the slice is right as a whole} Cuts it where it is not. */
    private boolean verify(boolean last) {
        int bad = utf8.accept(slice.array(), slice.arrayOffset() + slice.position(), slice.remaining());
        if (bad != Utf8Verifier.VALID) {
            slice.limit(slice.position() + bad);
            return false;
        }
        return !last || utf8.atBoundary();
    }

    /** {@return false} First the state, then the word: the coder is back before anybody hears of it. */
    private boolean fail(FailureReason why) {
        failure = why;
        abandon();
        return false;
    }

    /** {@return why the connection must end; null while it need not} */
    @Nullable
    FailureReason failure() {
        return failure;
    }

    /** {@return TEXT or BINARY} */
    ConnectionEvent event() {
        return event;
    }

    /** {@return the bytes that came out, valid until {@link #next} or {@link #release}} */
    ByteBuffer slice() {
        return slice;
    }

    /** {@return whether the message ends with the slice} */
    boolean ends() {
        return ends;
    }

    /** {@return whether the slice holds text that is wrong from its end on, which no application may take for a message} */
    boolean isInvalid() {
        return invalid;
    }

    /** Gives the coder back if the message is over. */
    void release() {
        slice = EMPTY;
        if (ends) {
            inflater.release();
        }
    }

    /** Gives up the message in progress, and all that is held for it. */
    void abandon() {
        slice = EMPTY;
        inflater.release();
        completeChunk();
    }

    private void completeChunk() {
        Action action = chunk;
        chunk = null;
        if (action != null) {
            handle.completeAction(action, 0);
        }
    }
}
