package io.wsprotocol.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.websocket.CloseReason;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.core.MaskingKeyGenerator;
import org.glassfish.tyrus.core.ProtocolHandler;
import org.glassfish.tyrus.core.TyrusWebSocket;
import org.glassfish.tyrus.core.WebSocketException;
import org.glassfish.tyrus.core.frame.BinaryFrame;
import org.glassfish.tyrus.core.frame.CloseFrame;
import org.glassfish.tyrus.core.frame.Frame;
import org.glassfish.tyrus.core.frame.PingFrame;
import org.glassfish.tyrus.core.frame.PongFrame;
import org.glassfish.tyrus.core.frame.TextFrame;
import org.glassfish.tyrus.core.monitoring.MessageEventListener;

/**
 * Tyrus' protocol handler: unframe, then process, as its engine calls them. The last byte of a length with its top bit set is withheld: it would
 * take the lower half for the length of an array, up to 2 GiB, and fill that byte by byte from a buffer that has none.
 */
final class TyrusDecoder implements Decoder {

    private static final Constructor<ProtocolHandler> HANDLER = constructor();

    private static Constructor<ProtocolHandler> constructor() {
        try {
            Constructor<ProtocolHandler> constructor =
                    ProtocolHandler.class.getDeclaredConstructor(boolean.class, MaskingKeyGenerator.class);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Reading read(boolean server, byte[] stream) {
        Reading reading = new Reading();
        ProtocolHandler handler = handler(server);
        TyrusWebSocket socket = new Listening(handler, reading);
        int end = beforeNegativeLength(stream);
        ByteBuffer arrived = ByteBuffer.wrap(stream).limit(0);
        try {
            while (!reading.isOver() && arrived.limit() < end) {
                arrived.limit(Math.min(end, arrived.limit() + Decoder.piece(stream.length)));
                int before = arrived.position();
                for (Frame frame = handler.unframe(arrived); frame != null; frame = handler.unframe(arrived)) {
                    handler.process(frame, socket);
                    if (arrived.position() == before) {
                        reading.broken("a loop without end"); // it makes frames and takes no byte
                        return reading;
                    }
                    before = arrived.position();
                }
            }
        } catch (WebSocketException e) {
            reading.refused(e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            reading.broken(e.getClass().getSimpleName());
        }
        return reading;
    }

    /** {@return where the last byte of a length below zero stands, or the length of the stream when it has none} */
    private static int beforeNegativeLength(byte[] stream) {
        ByteBuffer bytes = ByteBuffer.wrap(stream);
        while (bytes.remaining() >= 10) {
            bytes.get();
            int byte1 = bytes.get();
            long length = byte1 & 0x7F;
            if (length == 126) {
                length = bytes.getShort() & 0xFFFF;
            } else if (length == 127) {
                length = bytes.getLong();
            }
            if (length < 0) {
                return bytes.position() - 1;
            }
            long next = bytes.position() + length + (byte1 < 0 ? 4 : 0);
            if (next > stream.length || next < 0) {
                break;
            }
            bytes.position((int) next);
        }
        return stream.length;
    }

    private static ProtocolHandler handler(boolean server) {
        try {
            MaskingKeyGenerator keys = () -> 0;
            ProtocolHandler handler = HANDLER.newInstance(!server, keys);
            handler.setMessageEventListener(MessageEventListener.NO_OP);
            return handler;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Notes what it is told. */
    private static final class Listening extends TyrusWebSocket {

        private final Reading reading;

        Listening(ProtocolHandler handler, Reading reading) {
            super(handler, null);
            this.reading = reading;
        }

        @Override
        public void onClose(CloseFrame frame) {
            CloseReason reason = frame.getCloseReason();
            reading.close(reason.getCloseCode().getCode(), reason.getReasonPhrase());
        }

        @Override
        public void onFragment(BinaryFrame frame, boolean last) {
            reading.part(false, frame.getPayloadData(), last);
        }

        @Override
        public void onFragment(TextFrame frame, boolean last) {
            reading.part(true, frame.getTextPayload().getBytes(UTF_8), last);
        }

        @Override
        public void onMessage(BinaryFrame frame) {
            reading.part(false, frame.getPayloadData(), true);
        }

        @Override
        public void onMessage(TextFrame frame) {
            reading.part(true, frame.getTextPayload().getBytes(UTF_8), true);
        }

        @Override
        public void onPing(PingFrame frame) {}

        @Override
        public void onPong(PongFrame frame) {
            reading.pong(frame.getPayloadData());
        }
    }
}
