package io.wsprotocol.bench;

import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.glassfish.tyrus.core.MaskingKeyGenerator;
import org.glassfish.tyrus.core.ProtocolHandler;
import org.glassfish.tyrus.core.frame.Frame;
import org.glassfish.tyrus.core.frame.TextFrame;
import org.glassfish.tyrus.core.frame.TyrusFrame;
import org.glassfish.tyrus.core.monitoring.MessageEventListener;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Writer;

/**
 * Tyrus' protocol handler: unframe and wrap, and its send with a writer that ends at once. In its favour: no session, no message
 * assembly, predictable keys. Makes a String of text.
 */
final class TyrusCodec extends Codec {

    private static final byte TEXT = 1;

    private final ProtocolHandler handler;
    private ByteBuffer input = ByteBuffer.allocate(0);
    private long written;

    TyrusCodec(boolean server) {
        try {
            Constructor<ProtocolHandler> constructor =
                    ProtocolHandler.class.getDeclaredConstructor(boolean.class, MaskingKeyGenerator.class);
            constructor.setAccessible(true);
            MaskingKeyGenerator keys = () -> ThreadLocalRandom.current().nextInt();
            handler = constructor.newInstance(!server, keys);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        handler.setMessageEventListener(MessageEventListener.NO_OP);
        handler.setWriter(new CountingWriter());
    }

    @Override
    long receive(byte[] wire, int length) {
        if (input.capacity() < length) {
            input = ByteBuffer.allocate(length);
        }
        input.clear().put(wire, 0, length).flip();
        long delivered = 0;
        while (input.hasRemaining()) {
            Frame frame = TyrusFrame.wrap(handler.unframe(input), TEXT, null);
            delivered += frame instanceof TextFrame text ? text.getTextPayload().length() : frame.getPayloadLength();
        }
        return delivered;
    }

    @Override
    long send(byte[] payload) {
        written = 0;
        handler.send(payload);
        return written;
    }

    /** Counts, and says at once that it is done. */
    private final class CountingWriter extends Writer {

        @Override
        public void write(ByteBuffer buffer, CompletionHandler<ByteBuffer> completion) {
            written += buffer.remaining();
            buffer.position(buffer.limit());
            completion.completed(buffer);
        }

        @Override
        public void close() {
            // There is no socket.
        }
    }
}
