package io.wsprotocol.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole message to be sent to many connections: encoded and checked once, and from then on shared by reference. Immutable and
 * thread-safe; send it with {@link WebSocketConnection#trySend(PreparedMessage, Object)} from as many threads to as many connections
 * as you like, and as often.
 *
 * <p>However many connections queue it, there is one copy of the payload. A server hands that copy to its transport; a client masks
 * it through its send buffer, as each frame needs a key of its own (RFC 6455 §5.3). Each send in flight costs a view of
 * the payload, about 50 bytes of heap.
 *
 * @since 0.1.0
 */
public final class PreparedMessage {

    private static final VarHandle ENCODINGS;

    static {
        try {
            ENCODINGS = MethodHandles.lookup().findVarHandle(PreparedMessage.class, "encodings", Encoding.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MessageType type;
    private final byte[] payload;
    private final boolean compressible;
    /** What extensions made of the payload, the latest first; grows by one for each set of agreed parameters. */
    @SuppressWarnings("unused") // written through ENCODINGS
    private volatile @Nullable Encoding encodings;

    private PreparedMessage(MessageType type, byte[] payload, boolean compressible) {
        this.type = type;
        this.payload = payload;
        this.compressible = compressible;
    }

    /**
     * {@return a text message}
     *
     * @param text the text, encoded here
     * @throws IllegalArgumentException when half of a surrogate pair stands alone in the text
     */
    public static PreparedMessage text(String text) {
        return new PreparedMessage(MessageType.TEXT, TextEncoding.encode(text), true);
    }

    /**
     * {@return a binary message}
     *
     * @param payload copied here; its position does not move
     */
    public static PreparedMessage binary(ByteBuffer payload) {
        byte[] copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        return new PreparedMessage(MessageType.BINARY, copy, true);
    }

    /** {@return the same message, to be sent as it is also where compression was agreed on}, sharing the payload. */
    public PreparedMessage uncompressed() {
        return new PreparedMessage(type, payload, false);
    }

    /** {@return the kind of the message} */
    public MessageType type() {
        return type;
    }

    /** {@return the bytes of the payload, before any extension} */
    public int size() {
        return payload.length;
    }

    /** {@return whether the message is compressed where that was agreed on} */
    public boolean isCompressible() {
        return compressible;
    }

    /** {@return kind and size, never content} */
    @Override
    public String toString() {
        return "PreparedMessage[" + type + ", " + payload.length + " bytes]";
    }

    /** {@return a view of the payload for one send; nobody may write through it} Not read-only, so that masking works on the array. */
    ByteBuffer view() {
        return ByteBuffer.wrap(payload);
    }

    /**
     * {@return a view of what an extension makes of the payload; null when it cannot now} Asked for once for each set of parameters; two
     * connections that ask at the same time may both do the work, and the same result stays.
     *
     * @param parameters what the result depends on, compared by equals
     * @param encoder makes the result from a view of the payload: the payload itself when it would not pay, null when asked again later
     */
    @Nullable
    ByteBuffer encoded(Object parameters, Function<ByteBuffer, @Nullable ByteBuffer> encoder) {
        Encoding found = find(parameters, encodings);
        if (found == null) {
            ByteBuffer bytes = encoder.apply(view());
            if (bytes == null) {
                return null;
            }
            found = add(parameters, bytes);
        }
        return found.bytes.duplicate();
    }

    private Encoding add(Object parameters, ByteBuffer bytes) {
        while (true) {
            Encoding latest = encodings;
            Encoding found = find(parameters, latest);
            if (found != null) {
                return found;
            }
            Encoding added = new Encoding(parameters, bytes, latest);
            if (ENCODINGS.compareAndSet(this, latest, added)) {
                return added;
            }
        }
    }

    private static @Nullable Encoding find(Object parameters, @Nullable Encoding latest) {
        for (Encoding encoding = latest; encoding != null; encoding = encoding.older) {
            if (encoding.parameters.equals(parameters)) {
                return encoding;
            }
        }
        return null;
    }

    /** The payload as one extension writes it. Immutable. */
    private static final class Encoding {

        final Object parameters;
        final ByteBuffer bytes;
        final @Nullable Encoding older;

        Encoding(Object parameters, ByteBuffer bytes, @Nullable Encoding older) {
            this.parameters = Objects.requireNonNull(parameters, "parameters");
            this.bytes = Objects.requireNonNull(bytes, "bytes");
            this.older = older;
        }
    }
}
