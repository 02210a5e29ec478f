package io.wsprotocol.driver;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.deflate.MessageDeflater;
import io.wsprotocol.driver.OutgoingEntry.Kind;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the messages that a connection sends are compressed, and how. HOT. Not thread-safe: confine to one thread
 * or guard with one lock.
 */
final class OutgoingCompression {

    /** How the message in progress goes. */
    private enum Way {
        /** As it is. */
        PLAIN,
        /** Through the deflater, frame by frame. */
        DEFLATED,
        /** As others get it too: compressed before, by somebody. */
        SHARED
    }

    private final WebSocketHandle handle;
    private final MessageDeflater deflater;
    private final int threshold;
    private final int frameBytes;
    private final Object variant;
    private final Function<ByteBuffer, @Nullable ByteBuffer> apart;
    private Way way = Way.PLAIN;

    /** {@return what a connection needs that agreed on compression; null when it did not} */
    static @Nullable OutgoingCompression of(
            WebSocketHandle handle, @Nullable DeflateParameters agreed, ConnectionOptions options) {
        return agreed == null ? null : new OutgoingCompression(handle, agreed, options);
    }

    private OutgoingCompression(WebSocketHandle handle, DeflateParameters parameters, ConnectionOptions options) {
        DeflateOptions wanted = Objects.requireNonNull(options.compression());
        this.handle = handle;
        this.threshold = wanted.threshold();
        this.frameBytes = options.sendFrameBytes();
        this.deflater = new MessageDeflater(parameters, wanted, handle.isServer(), options.coderPool());
        this.variant = deflater.variant();
        this.apart = deflater::deflateApart;
    }

    /**
     * Decides about the message that begins with this entry. A whole one below the threshold is not worth it; of one in parts nobody
     * knows how long it gets.
     */
    void begin(OutgoingEntry entry, ByteBuffer payload) {
        way = Way.PLAIN;
        boolean worthIt = entry.compressible && !(entry.last && payload.remaining() < threshold);
        if (!worthIt) {
            return;
        }
        PreparedMessage prepared = entry.prepared;
        if (prepared != null && !deflater.takesContextOver()) {
            share(entry, prepared);
        } else if (deflater.begin()) {
            way = Way.DEFLATED;
        }
    }

    private void share(OutgoingEntry entry, PreparedMessage prepared) {
        ByteBuffer encoded = prepared.encoded(variant, apart);
        if (encoded != null && encoded.remaining() < prepared.size()) {
            entry.payload = encoded;
            entry.end = encoded.limit();
            deflater.countShared(prepared.size(), encoded.remaining());
            way = Way.SHARED;
        }
    }

    /** {@return whether the message in progress goes through the deflater} */
    boolean isDeflating() {
        return way == Way.DEFLATED;
    }

    /** {@return whether frames of the message in progress say that it is compressed, in their first} */
    boolean isCompressed() {
        return way != Way.PLAIN;
    }

    /** {@return whether this part of the message may be sent} Once it is compressed, the handle cannot tell. */
    boolean acceptsText(OutgoingEntry entry, ByteBuffer payload) {
        return entry.kind != Kind.TEXT || handle.acceptsText(payload, entry.last);
    }

    /** {@return what there is now} The entry's payload moves. */
    MessageDeflater.Result deflate(ByteBuffer payload, boolean last) {
        MessageDeflater.Result result = deflater.deflate(payload, last, frameBytes);
        if (result == MessageDeflater.Result.NOT_SMALLER) {
            way = Way.PLAIN;
        }
        return result;
    }

    /** {@return the payload of the frame that was made} */
    ByteBuffer frame() {
        return deflater.frame();
    }

    /** {@return whether the part is in frames to its end} */
    boolean isPartDone() {
        return deflater.isPartDone();
    }

    void frameDone() {
        deflater.frameDone();
    }

    /** Gives up the message in progress. */
    void abandon() {
        way = Way.PLAIN;
        deflater.abandon();
    }

    /** {@return the first byte of a frame} RFC 7692 §6.1: RSV1 stands on the first frame of a compressed message and nowhere else. */
    static int header(Kind kind, boolean begins, boolean ends) {
        int opcode = kind == Kind.TEXT ? Opcode.TEXT : Opcode.BINARY;
        int first = begins ? FrameHeader.B0_RSV1 | opcode : Opcode.CONTINUATION;
        return ends ? first | FrameHeader.B0_FIN : first;
    }
}
