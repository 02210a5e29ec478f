package io.wsprotocol.driver;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** Frames written and read by hand, for the side that a test plays itself. */
final class Frames {

    static final int FIN = 0x80;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int KEY = 0x37FA213D;

    private Frames() {}

    /** {@return a frame as the peer of that role sends it: masked to a server} */
    static ByteBuffer frame(boolean toServer, int byte0, byte[] payload) {
        byte[] bytes = new byte[FrameHeader.MAX_BYTES + payload.length];
        int header = FrameHeader.encode(bytes, 0, byte0, payload.length, toServer, toServer ? KEY : 0);
        System.arraycopy(payload, 0, bytes, header, payload.length);
        if (toServer) {
            Masking.apply(bytes, header, payload.length, KEY);
        }
        return ByteBuffer.wrap(bytes, 0, header + payload.length);
    }

    static ByteBuffer frame(boolean toServer, int byte0, String payload) {
        return frame(toServer, byte0, payload.getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer close(boolean toServer, int status, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[2 + words.length];
        body[0] = (byte) (status >> 8);
        body[1] = (byte) status;
        System.arraycopy(words, 0, body, 2, words.length);
        return frame(toServer, FIN | CLOSE, body);
    }

    /** {@return the payload of a compressed message (RFC 7692 §7.2.1), flushed after each so many bytes; the payload is not empty} */
    static byte[] deflate(byte[] payload, int level, int flushEach) {
        Deflater deflater = new Deflater(level, true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        for (int at = 0; at < payload.length; at += flushEach) {
            deflater.setInput(payload, at, Math.min(flushEach, payload.length - at));
            int made;
            do {
                made = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                out.write(buffer, 0, made);
            } while (made == buffer.length);
        }
        deflater.end();
        return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }

    /** Reads all whole frames: {@return lines such as {@code TEXT hello}, {@code CONT 5}, {@code CLOSE 1000 bye}} */
    static List<String> read(byte[] bytes, boolean masked) {
        List<String> frames = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int size = FrameHeader.decode(
                    bytes, at, bytes.length - at, masked ? FrameHeader.MASK_REQUIRED : FrameHeader.MASK_FORBIDDEN, 0);
            if (size <= 0) {
                throw new AssertionError("no frame at " + at + " of " + bytes.length + ": " + size);
            }
            byte[] payload = new byte[(int) FrameHeader.payloadLength(bytes, at)];
            System.arraycopy(bytes, at + size, payload, 0, payload.length);
            if (masked) {
                Masking.apply(payload, 0, payload.length, FrameHeader.maskingKey(bytes, at, size));
            }
            frames.add(describe(bytes[at], payload));
            at += size + payload.length;
        }
        return frames;
    }

    private static String describe(byte byte0, byte[] payload) {
        String fin = (byte0 & FrameHeader.B0_FIN) != 0 ? "" : "+";
        return switch (byte0 & FrameHeader.B0_OPCODE) {
            case TEXT -> "TEXT" + fin + " " + new String(payload, StandardCharsets.UTF_8);
            case BINARY -> "BINARY" + fin + " " + payload.length;
            case 0 -> "CONT" + fin + " " + payload.length;
            case PING -> "PING " + payload.length;
            case PONG -> "PONG " + new String(payload, StandardCharsets.UTF_8);
            default ->
                payload.length == 0
                        ? "CLOSE"
                        : ("CLOSE " + ((payload[0] & 0xFF) << 8 | payload[1] & 0xFF) + " "
                                        + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8))
                                .trim();
        };
    }

    /** Collects what a connection wrote. */
    static byte[] drain(PipeTransport peer) throws java.io.IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (peer.waiting() > 0) {
            int length = peer.read(buffer.clear());
            all.write(buffer.array(), 0, length);
        }
        return all.toByteArray();
    }
}
