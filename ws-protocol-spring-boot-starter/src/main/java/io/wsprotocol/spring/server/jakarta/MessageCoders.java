package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.EncodeException;
import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The decoders and encoders of one session: one instance of each class, as Jakarta WebSocket §4.2 wants it. Thread-safe as far as the
 * application's are.
 */
final class MessageCoders {

    private static final List<Class<?>> DECODER_TYPES =
            List.of(Decoder.Text.class, Decoder.TextStream.class, Decoder.Binary.class, Decoder.BinaryStream.class);
    private static final List<Class<?>> ENCODER_TYPES =
            List.of(Encoder.Text.class, Encoder.TextStream.class, Encoder.Binary.class, Encoder.BinaryStream.class);

    private final List<Decoder> decoders = new ArrayList<>();
    private final List<Encoder> encoders = new ArrayList<>();

    /**
     * Makes and initialises all of them.
     *
     * @param config names their classes
     */
    MessageCoders(EndpointConfig config) {
        for (Class<? extends Decoder> type : config.getDecoders()) {
            Decoder decoder = BeanUtils.instantiateClass(type);
            decoder.init(config);
            decoders.add(decoder);
        }
        for (Class<? extends Encoder> type : config.getEncoders()) {
            Encoder encoder = BeanUtils.instantiateClass(type);
            encoder.init(config);
            encoders.add(encoder);
        }
    }

    /**
     * Refuses classes that could not be used.
     *
     * @param config names them
     * @throws DeploymentException when one says no type, or cannot be made
     */
    static void check(ServerEndpointConfig config) throws DeploymentException {
        List<Class<?>> all = new ArrayList<>(config.getDecoders());
        all.addAll(config.getEncoders());
        for (Class<?> type : all) {
            if (typeOf(type) == Void.class) {
                throw new DeploymentException(type.getName() + " does not say what it decodes or encodes");
            }
            if (ClassUtils.getConstructorIfAvailable(type) == null) {
                throw new DeploymentException(type.getName() + " has no public constructor without parameters");
            }
        }
    }

    /** {@return what a decoder or encoder makes or takes; {@code Void} when it does not say} */
    static Class<?> typeOf(Class<?> coder) {
        List<Class<?>> interfaces = new ArrayList<>(DECODER_TYPES);
        interfaces.addAll(ENCODER_TYPES);
        for (Class<?> type : interfaces) {
            if (type.isAssignableFrom(coder)) {
                Class<?> resolved = ResolvableType.forClass(coder).as(type).resolveGeneric(0);
                return resolved == null ? Void.class : resolved;
            }
        }
        return Void.class;
    }

    /** {@return whether a decoder takes text} */
    static boolean isText(Class<? extends Decoder> decoder) {
        return Decoder.Text.class.isAssignableFrom(decoder) || Decoder.TextStream.class.isAssignableFrom(decoder);
    }

    /**
     * {@return a text message as what a handler takes}
     *
     * @throws DecodeException when no decoder can
     */
    Object decode(Class<?> type, String text) throws DecodeException, IOException {
        for (Decoder decoder : decoders) {
            if (!ClassUtils.isAssignable(type, typeOf(decoder.getClass()))) {
                continue;
            }
            if (decoder instanceof Decoder.Text<?> whole && whole.willDecode(text)) {
                return whole.decode(text);
            }
            if (decoder instanceof Decoder.TextStream<?> stream) {
                return stream.decode(new StringReader(text));
            }
        }
        return TextValue.parse(type, text);
    }

    /**
     * {@return a binary message as what a handler takes}
     *
     * @throws DecodeException when no decoder can
     */
    Object decode(Class<?> type, ByteBuffer bytes) throws DecodeException, IOException {
        for (Decoder decoder : decoders) {
            if (!ClassUtils.isAssignable(type, typeOf(decoder.getClass()))) {
                continue;
            }
            if (decoder instanceof Decoder.Binary<?> whole && whole.willDecode(bytes.duplicate())) {
                return whole.decode(bytes);
            }
            if (decoder instanceof Decoder.BinaryStream<?> stream) {
                return stream.decode(new ByteArrayInputStream(bytes(bytes)));
            }
        }
        throw new DecodeException(bytes, "no decoder takes the message");
    }

    /**
     * {@return an object as the {@link String} or {@link ByteBuffer} to send}
     *
     * @throws EncodeException when no encoder takes it
     */
    Object encode(Object object) throws EncodeException, IOException {
        for (Encoder encoder : encoders) {
            if (typeOf(encoder.getClass()).isInstance(object)) {
                return encode(encoder, object);
            }
        }
        if (object instanceof ByteBuffer) {
            return object;
        }
        if (object instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        if (object instanceof String || ClassUtils.isPrimitiveWrapper(object.getClass())) {
            return object.toString();
        }
        throw new EncodeException(
                object, "no encoder takes " + object.getClass().getName());
    }

    /** Ends all of them. */
    void destroy() {
        decoders.forEach(Decoder::destroy);
        encoders.forEach(Encoder::destroy);
    }

    /** {@return what is left in a buffer, which is read then} */
    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @SuppressWarnings("unchecked")
    private static Object encode(Encoder encoder, Object object) throws EncodeException, IOException {
        @Nullable Object encoded;
        if (encoder instanceof Encoder.Text<?> text) {
            encoded = ((Encoder.Text<Object>) text).encode(object);
        } else if (encoder instanceof Encoder.Binary<?> binary) {
            encoded = ((Encoder.Binary<Object>) binary).encode(object);
        } else if (encoder instanceof Encoder.TextStream<?> stream) {
            StringWriter writer = new StringWriter();
            ((Encoder.TextStream<Object>) stream).encode(object, writer);
            encoded = writer.toString();
        } else {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ((Encoder.BinaryStream<Object>) encoder).encode(object, bytes);
            encoded = ByteBuffer.wrap(bytes.toByteArray());
        }
        if (encoded == null) {
            throw new EncodeException(object, encoder.getClass().getName() + " gave nothing");
        }
        return encoded;
    }
}
