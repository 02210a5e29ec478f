package io.wsprotocol.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.Utf8StringBuilder;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.internal.Generator;
import org.eclipse.jetty.websocket.core.internal.Parser;

/**
 * Jetty's core parser and generator with the demasking and the String builder of its message sinks around them. In its favour: no
 * session, no demand, no frame queue and no flusher, so that a server's send is nothing but its header; keys of a predictable
 * generator. Makes a String of text.
 */
final class JettyCodec extends Codec {

    private final boolean server;
    private final ByteBufferPool pool = ByteBufferPool.NON_POOLING;
    private final Parser parser = new Parser(pool);
    private final Generator generator = new Generator();
    private final Utf8StringBuilder text = new Utf8StringBuilder();
    private ByteBuffer input = ByteBuffer.allocate(0);
    private ByteBuffer output = ByteBuffer.allocate(64);
    private boolean inText;

    JettyCodec(boolean server) {
        this.server = server;
    }

    @Override
    long receive(byte[] wire, int length) {
        if (input.capacity() < length) {
            input = ByteBuffer.allocate(length);
        }
        input.clear().put(wire, 0, length).flip();
        long delivered = 0;
        while (input.hasRemaining()) {
            Frame.Parsed frame = parser.parse(input);
            if (frame == null) {
                throw new IllegalStateException("a frame is missing");
            }
            if (server) {
                frame.demask();
            }
            delivered += deliver(frame);
            frame.close();
        }
        return delivered;
    }

    private long deliver(Frame frame) {
        byte opcode = frame.getOpCode();
        if (opcode != OpCode.CONTINUATION) {
            inText = opcode == OpCode.TEXT;
        }
        if (!inText) {
            return frame.getPayloadLength();
        }
        text.append(frame.getPayload());
        return frame.isFin()
                ? text.takeCompleteString(() -> new IllegalStateException("not UTF-8"))
                        .length()
                : 0;
    }

    @Override
    long send(byte[] payload) {
        Frame frame = new Frame(OpCode.BINARY, ByteBuffer.wrap(payload));
        if (server) {
            // Empty the way Jetty means it: what is between position and limit counts as filled
            output.clear().limit(0);
            generator.generateHeader(frame, output);
            return output.remaining() + (long) payload.length;
        }
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        frame.setMask(mask);
        int bytes = payload.length + Generator.MAX_HEADER_LENGTH;
        if (output.capacity() < bytes) {
            output = ByteBuffer.allocate(bytes);
        }
        output.clear().limit(0);
        generator.generateWholeFrame(frame, output);
        return output.remaining();
    }
}
