package io.wsprotocol.bench;

import java.nio.ByteBuffer;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.framing.BinaryFrame;

/** Java-WebSocket's extension. Without takeover it makes a coder of the JDK for each message, and leaves some of them to the collector. */
final class JavaWebSocketDeflate extends DeflateCodec {

    private final PerMessageDeflateExtension extension = new PerMessageDeflateExtension(LEVEL);

    JavaWebSocketDeflate(boolean takeover) {
        extension.setThreshold(0);
        extension.setServerNoContextTakeover(!takeover);
        extension.setClientNoContextTakeover(!takeover);
    }

    @Override
    byte[] deflate(byte[] payload) {
        BinaryFrame frame = new BinaryFrame();
        frame.setPayload(ByteBuffer.wrap(payload));
        frame.setFin(true);
        extension.encodeFrame(frame);
        ByteBuffer made = frame.getPayloadData();
        byte[] bytes = new byte[made.remaining()];
        made.get(bytes);
        return bytes;
    }

    @Override
    int inflate(byte[] message) {
        BinaryFrame frame = new BinaryFrame();
        frame.setPayload(ByteBuffer.wrap(message));
        frame.setFin(true);
        frame.setRSV1(true);
        try {
            extension.decodeFrame(frame);
        } catch (InvalidDataException e) {
            throw new IllegalStateException(e);
        }
        return frame.getPayloadData().remaining();
    }

    @Override
    void close() {
        // It has no end: its coders are left to the collector.
    }
}
