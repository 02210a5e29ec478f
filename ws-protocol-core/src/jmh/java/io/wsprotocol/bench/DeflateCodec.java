package io.wsprotocol.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.deflate.MessageDeflater;
import io.wsprotocol.deflate.MessageInflater;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses and inflates messages: ours, the peers' extensions, and, as a limit, the coders of the JDK kept by one connection for
 * ever without anything around them.
 */
abstract class DeflateCodec {

    static final DeflateCodec NONE = new Jdk(false);

    static final int LEVEL = 6;
    /** The most bytes of a message, either way. */
    static final int MOST = 1 << 20;

    /** {@return the message as it goes out, in an array that the caller may keep} */
    abstract byte[] deflate(byte[] payload);

    /** {@return how many bytes come out} */
    abstract int inflate(byte[] message);

    abstract void close();

    static DeflateCodec of(String name, boolean takeover) {
        return switch (name) {
            case "ours" -> new Ours(takeover);
            case "jdk" -> new Jdk(takeover);
            case "netty" -> new NettyHandlers(takeover);
            case "tomcat" -> new TomcatDeflate(takeover);
            case "jetty" -> new JettyDeflate(takeover);
            case "java-websocket" -> new JavaWebSocketDeflate(takeover);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** {@return the payload of that name: kind and size} */
    static byte[] payload(String name) {
        int size = Integer.parseInt(name.substring(name.indexOf('-') + 1));
        SplittableRandom dice = new SplittableRandom(42);
        StringBuilder text = new StringBuilder();
        String[] words = {
            "the", "river", "order", "of", "price", "market", "and", "never", "window", "message", "a", "to"
        };
        while (text.length() < size) {
            if (name.startsWith("json")) {
                text.append("{\"id\":")
                        .append(dice.nextInt(100_000))
                        .append(",\"symbol\":\"")
                        .append(words[dice.nextInt(12)]);
                text.append("\",\"price\":")
                        .append(dice.nextInt(10_000) / 100.0)
                        .append(",\"bid\":true},");
            } else {
                text.append(words[dice.nextInt(12)]).append(dice.nextInt(9) == 0 ? ", " : " ");
                text.append(Integer.toString(dice.nextInt(1 << 20), 36)).append(' ');
            }
        }
        return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
    }

    /** Ours, with a pool. */
    private static final class Ours extends DeflateCodec {

        private final CoderPool pool = new CoderPool(4);
        private final MessageDeflater deflater;
        private final MessageInflater inflater;
        private final byte[] out = new byte[MOST];

        Ours(boolean takeover) {
            DeflateParameters parameters = new DeflateParameters(15, 15, !takeover, !takeover);
            deflater = new MessageDeflater(parameters, DeflateOptions.defaults(), true, pool);
            inflater = new MessageInflater(parameters, DeflateOptions.defaults(), true, pool);
        }

        @Override
        byte[] deflate(byte[] payload) {
            ByteBuffer rest = ByteBuffer.wrap(payload);
            int length = 0;
            deflater.begin();
            do {
                deflater.deflate(rest, true, MOST);
                ByteBuffer frame = deflater.frame();
                int bytes = frame.remaining();
                frame.get(out, length, bytes);
                length += bytes;
                deflater.frameDone();
            } while (!deflater.isPartDone());
            return Arrays.copyOf(out, length);
        }

        @Override
        int inflate(byte[] message) {
            inflater.begin();
            inflater.input(ByteBuffer.wrap(message), true, MOST);
            int length = 0;
            MessageInflater.Result result;
            do {
                result = inflater.next();
                length += inflater.slice().remaining();
            } while (result == MessageInflater.Result.SLICE);
            inflater.release();
            return length;
        }

        @Override
        void close() {
            pool.close();
        }
    }

    /** The JDK's coders. */
    private static final class Jdk extends DeflateCodec {

        private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

        private final boolean takeover;
        private final Deflater deflater = new Deflater(LEVEL, true);
        private final Inflater inflater = new Inflater(true);
        private final byte[] out = new byte[MOST];

        Jdk(boolean takeover) {
            this.takeover = takeover;
        }

        @Override
        byte[] deflate(byte[] payload) {
            deflater.setInput(payload);
            int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH) - TAIL.length;
            if (!takeover) {
                deflater.reset();
            }
            return Arrays.copyOf(out, length);
        }

        @Override
        int inflate(byte[] message) {
            try {
                inflater.setInput(message);
                int length = inflater.inflate(out);
                inflater.setInput(TAIL);
                length += inflater.inflate(out, length, out.length - length);
                if (!takeover) {
                    inflater.reset();
                }
                return length;
            } catch (DataFormatException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        void close() {
            deflater.end();
            inflater.end();
        }
    }

    /** Netty's handlers, each in a channel of its own. */
    private static final class NettyHandlers extends DeflateCodec {

        private static final int RSV1 = 4;

        private final EmbeddedChannel encoder;
        private final EmbeddedChannel decoder;

        NettyHandlers(boolean takeover) {
            Map<String, String> parameters = new HashMap<>();
            if (!takeover) {
                parameters.put("server_no_context_takeover", null);
                parameters.put("client_no_context_takeover", null);
            }
            WebSocketServerExtension extension = new PerMessageDeflateServerExtensionHandshaker(
                            LEVEL, true, 15, true, !takeover, MOST)
                    .handshakeExtension(new WebSocketExtensionData("permessage-deflate", parameters));
            encoder = new EmbeddedChannel(extension.newExtensionEncoder());
            decoder = new EmbeddedChannel(extension.newExtensionDecoder());
        }

        @Override
        byte[] deflate(byte[] payload) {
            encoder.writeOutbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(payload)));
            WebSocketFrame frame = encoder.readOutbound();
            ByteBuf content = frame.content();
            byte[] bytes = new byte[content.readableBytes()];
            content.readBytes(bytes);
            frame.release();
            return bytes;
        }

        @Override
        int inflate(byte[] message) {
            decoder.writeInbound(new BinaryWebSocketFrame(true, RSV1, Unpooled.wrappedBuffer(message)));
            WebSocketFrame frame = decoder.readInbound();
            int length = frame.content().readableBytes();
            frame.release();
            return length;
        }

        @Override
        void close() {
            encoder.finishAndReleaseAll();
            decoder.finishAndReleaseAll();
        }
    }
}
