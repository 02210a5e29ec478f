package io.wsprotocol.spring.test;

import io.wsprotocol.CloseStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A frame (RFC 6455 §5.2), right or wrong: nothing is checked. Immutable. Two frames are equal when they say the same; the mask is no part of a
 * frame here, as {@link FrameClient} adds it on the way out.
 *
 * @since 0.1.0
 */
public final class Frame {

    /** Goes on with a message. */
    public static final int CONTINUATION = 0x0;
    /** Begins a message of text. */
    public static final int TEXT = 0x1;
    /** Begins a message of bytes. */
    public static final int BINARY = 0x2;
    /** Begins or ends the closing handshake. */
    public static final int CLOSE = 0x8;
    /** Asks for a pong. */
    public static final int PING = 0x9;
    /** Answers a ping. */
    public static final int PONG = 0xA;

    private static final int B0_FIN = 0x80;
    private static final int B1_MASK = 0x80;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int MOST_HEADER_BYTES = 14;
    private static final int SHOWN_BYTES = 32;

    private final boolean fin;
    private final int reserved;
    private final int opcode;
    private final byte[] payload;

    /**
     * Makes a frame.
     *
     * @param fin whether its message ends with it
     * @param reserved the three reserved bits, 0 to 7; RSV1 is 4
     * @param opcode 0 to 15
     * @param payload unmasked; copied
     */
    public Frame(boolean fin, int reserved, int opcode, byte[] payload) {
        if (reserved < 0 || reserved > 7 || opcode < 0 || opcode > 15) {
            throw new IllegalArgumentException("reserved bits are from 0 to 7 and an opcode is from 0 to 15");
        }
        this.fin = fin;
        this.reserved = reserved;
        this.opcode = opcode;
        this.payload = payload.clone();
    }

    /**
     * {@return a whole message of text}
     *
     * @param text its payload
     */
    public static Frame text(String text) {
        return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return a whole message of bytes}
     *
     * @param payload its payload
     */
    public static Frame binary(byte... payload) {
        return of(BINARY, payload);
    }

    /**
     * {@return the last frame of a message that an earlier one began}
     *
     * @param text its payload
     */
    public static Frame continuation(String text) {
        return of(CONTINUATION, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return a ping}
     *
     * @param text its payload
     */
    public static Frame ping(String text) {
        return of(PING, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return a pong}
     *
     * @param text its payload
     */
    public static Frame pong(String text) {
        return of(PONG, text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return a Close without a status} */
    public static Frame close() {
        return of(CLOSE, new byte[0]);
    }

    /**
     * {@return a Close}
     *
     * @param status any, from 0 to 65535
     * @param reason any, also one that is too long
     */
    public static Frame close(int status, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        return of(
                CLOSE,
                ByteBuffer.allocate(2 + words.length)
                        .putShort((short) status)
                        .put(words)
                        .array());
    }

    /**
     * {@return the only or the last frame of something}
     *
     * @param opcode 0 to 15
     * @param payload its payload
     */
    public static Frame of(int opcode, byte[] payload) {
        return new Frame(true, 0, opcode, payload);
    }

    /** {@return the same, to be continued} */
    public Frame notFinal() {
        return new Frame(false, reserved, opcode, payload);
    }

    /**
     * {@return the same with other reserved bits}
     *
     * @param bits 0 to 7; 4 is RSV1
     */
    public Frame withReserved(int bits) {
        return new Frame(fin, bits, opcode, payload);
    }

    /** {@return whether its message ends with it} */
    public boolean fin() {
        return fin;
    }

    /** {@return the three reserved bits; RSV1 is 4} */
    public int reserved() {
        return reserved;
    }

    /** {@return the opcode, such as {@link #TEXT}} */
    public int opcode() {
        return opcode;
    }

    /** {@return a copy of the payload, unmasked} */
    public byte[] payload() {
        return payload.clone();
    }

    /** {@return the payload as text} What is no UTF-8 comes as U+FFFD. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** {@return the status of a Close, 1005 if it has none} */
    public int closeStatus() {
        return payload.length < 2
                ? CloseStatus.NO_STATUS
                : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    }

    /** {@return the reason of a Close, empty if it has none} */
    public String closeReason() {
        return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }

    /** {@return the frame on the wire, without a mask: as servers send it, and clients must not (RFC 6455 §5.1)} */
    public byte[] bytes() {
        return written(header(0).put(payload));
    }

    /**
     * {@return the frame on the wire, masked: as clients send it}
     *
     * @param key of the mask (RFC 6455 §5.3)
     */
    public byte[] bytes(int key) {
        ByteBuffer bytes = header(B1_MASK).putInt(key);
        for (int i = 0; i < payload.length; i++) {
            bytes.put((byte) (payload[i] ^ key >>> (24 - 8 * (i & 3))));
        }
        return written(bytes);
    }

    private ByteBuffer header(int mask) {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_HEADER_BYTES + payload.length);
        bytes.put((byte) ((fin ? B0_FIN : 0) | reserved << 4 | opcode));
        if (payload.length < SHORT_LENGTH) {
            return bytes.put((byte) (mask | payload.length));
        }
        return payload.length <= 0xFFFF
                ? bytes.put((byte) (mask | SHORT_LENGTH)).putShort((short) payload.length)
                : bytes.put((byte) (mask | LONG_LENGTH)).putLong(payload.length);
    }

    private static byte[] written(ByteBuffer bytes) {
        byte[] wire = new byte[bytes.flip().remaining()];
        bytes.get(wire);
        return wire;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame frame
                && fin == frame.fin
                && reserved == frame.reserved
                && opcode == frame.opcode
                && Arrays.equals(payload, frame.payload);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(payload) + (fin ? B0_FIN : 0) + (reserved << 4) + opcode;
    }

    /** {@return the frame for the message of a failed test, a long payload cut} */
    @Override
    public String toString() {
        String name = switch (opcode) {
            case CONTINUATION -> "continuation";
            case TEXT -> "text";
            case BINARY -> "binary";
            case CLOSE -> "close";
            case PING -> "ping";
            case PONG -> "pong";
            default -> "opcode " + opcode;
        };
        return name + (fin ? "" : ", not final") + (reserved == 0 ? "" : ", reserved bits " + reserved) + ", "
                + payload.length + " bytes" + (payload.length == 0 ? "" : ": " + shown());
    }

    private String shown() {
        if (opcode == CLOSE) {
            return closeStatus() + " " + closeReason();
        }
        int length = Math.min(payload.length, SHOWN_BYTES);
        String cut = length < payload.length ? "…" : "";
        return opcode == TEXT || opcode == CONTINUATION
                ? new String(payload, 0, length, StandardCharsets.UTF_8) + cut
                : HexFormat.of().formatHex(payload, 0, length) + cut;
    }
}
