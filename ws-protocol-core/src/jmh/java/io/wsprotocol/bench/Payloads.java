package io.wsprotocol.bench;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Masking;
import io.wsprotocol.wire.Opcode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes that every codec gets: payloads of three kinds, and frames around them. Thread-safe. */
final class Payloads {

    /** English: one byte for each character. */
    static final String ASCII = "ascii";
    /** Four scripts and an emoji: 2.0 bytes for each character. */
    static final String MIXED = "mixed";
    /** All byte values. */
    static final String BINARY = "binary";

    private static final int KEY = 0x9A3C_57E1;
    private static final String ENGLISH = "The quick brown fox jumps over the lazy dog; 0123456789. ";
    private static final String SCRIPTS =
            "Grüße, \u0416\u0438\u0432\u043E\u0439 \u044F\u0437\u044B\u043A, \u65E5\u672C\u8A9E, \uD83D\uDE80 ok. ";

    private Payloads() {}

    /**
     * {@return a payload of exactly that many bytes; text is valid UTF-8}
     *
     * @param kind {@link #ASCII}, {@link #MIXED} or {@link #BINARY}
     * @param size bytes
     */
    static byte[] of(String kind, int size) {
        byte[] payload = new byte[size];
        if (kind.equals(BINARY)) {
            for (int i = 0; i < size; i++) {
                payload[i] = (byte) (i * 31 + (i >>> 8));
            }
            return payload;
        }
        byte[] unit = (kind.equals(ASCII) ? ENGLISH : SCRIPTS).getBytes(StandardCharsets.UTF_8);
        Arrays.fill(payload, (byte) '.');
        for (int at = 0; at < size; at += unit.length) {
            System.arraycopy(unit, 0, payload, at, Math.min(unit.length, size - at));
        }
        return closeLastCodePoint(payload);
    }

    private static byte[] closeLastCodePoint(byte[] payload) {
        int lead = payload.length - 1;
        while (lead > 0 && (payload[lead] & 0xC0) == 0x80) {
            lead--;
        }
        if (payload[lead] < 0) {
            Arrays.fill(payload, lead, payload.length, (byte) '.');
        }
        return payload;
    }

    /** {@return the opcode of a message of that kind} */
    static int opcode(String kind) {
        return kind.equals(BINARY) ? Opcode.BINARY : Opcode.TEXT;
    }

    /**
     * {@return a message as it comes over the wire}
     *
     * @param opcode text or binary
     * @param payload the message
     * @param fragments how many frames it is cut into
     * @param masked whether a client sends it
     */
    static byte[] wire(int opcode, byte[] payload, int fragments, boolean masked) {
        byte[] wire = new byte[payload.length + fragments * FrameHeader.MAX_BYTES];
        int size = (payload.length + fragments - 1) / fragments;
        int at = 0;
        for (int i = 0; i < fragments; i++) {
            int from = i * size;
            int length = Math.min(size, payload.length - from);
            int byte0 = (i == fragments - 1 ? FrameHeader.B0_FIN : 0) | (i == 0 ? opcode : Opcode.CONTINUATION);
            at += FrameHeader.encode(wire, at, byte0, length, masked, KEY);
            Masking.copy(payload, from, wire, at, length, masked ? KEY : 0);
            at += length;
        }
        return Arrays.copyOf(wire, at);
    }

    /** {@return the same bytes that many times} */
    static byte[] repeat(byte[] wire, int times) {
        byte[] all = new byte[wire.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(wire, 0, all, i * wire.length, wire.length);
        }
        return all;
    }
}
