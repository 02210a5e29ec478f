package io.wsprotocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One frame header, decoded from an array into fields or encoded from ints (RFC 6455 §5.2).
 *
 * <pre>
 *   byte 0            byte 1            bytes 2…                           then
 *   7 6 5 4 3 2 1 0   7 6 5 4 3 2 1 0
 *  +-+-+-+-+-------+ +-+-------------+ +-------------------------------+ +------------------------+
 *  |F|R|R|R| op-   | |M| payload     | | length 126: 2 bytes           | | masking key, 4 bytes,  |
 *  |I|S|S|S| code  | |A| length      | | length 127: 8 bytes, bit 63 0 | | only when MASK is set  |
 *  |N|1|2|3|       | |S| 0 to 127    | | otherwise:  none              | |                        |
 *  | | | | |       | |K|             | | big endian, the shortest form | |                        |
 *  +-+-+-+-+-------+ +-+-------------+ +-------------------------------+ +------------------------+
 * </pre>
 *
 * <p>Made once and used for every frame. The length counts the payload only, not the masking key. Not thread-safe: confine
 * to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class FrameHeader {

    /** Byte 0: this is the last frame of its message. */
    public static final int B0_FIN = 0x80;
    /** Byte 0: first reserved bit; RFC 7692 uses it for "compressed". */
    public static final int B0_RSV1 = 0x40;
    /** Byte 0: second reserved bit. */
    public static final int B0_RSV2 = 0x20;
    /** Byte 0: third reserved bit. */
    public static final int B0_RSV3 = 0x10;
    /** Byte 0: all three reserved bits. */
    public static final int B0_RSV = 0x70;
    /** Byte 0: the {@linkplain Opcode opcode}. */
    public static final int B0_OPCODE = 0x0F;
    /** Byte 1: a masking key follows and the payload is masked with it. */
    public static final int B1_MASK = 0x80;
    /** Byte 1: the payload length, or which longer form of it follows. */
    public static final int B1_LENGTH = 0x7F;

    /** In the length field of byte 1: the length follows in 16 bits. */
    public static final int LENGTH_16 = 126;
    /** In the length field of byte 1: the length follows in 64 bits. */
    public static final int LENGTH_64 = 127;

    /** The longest header. */
    public static final int MAX_BYTES = 14;
    /** The longest payload of a control frame (RFC 6455 §5.5). */
    public static final int MAX_CONTROL_PAYLOAD = 125;

    /** {@link #decode} says: no fault so far, and not enough bytes. */
    public static final int NEED_MORE = 0;

    /** Mask rule of a client: a masked frame is a fault. */
    public static final int MASK_FORBIDDEN = 0;
    /** Mask rule of a server: a frame that is not masked is a fault. */
    public static final int MASK_REQUIRED = 1;
    /** Mask rule of a server that was told not to insist on masking. */
    public static final int MASK_OPTIONAL = 2;

    private static final int MIN_LENGTH_16 = 126;
    private static final int MIN_LENGTH_64 = 0x1_0000;
    private static final int KEY_BYTES = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private int byte0;
    private boolean masked;
    private int maskingKey;
    private long payloadLength;

    /** Makes a header whose fields have no meaning until {@link #decode} was successful. */
    public FrameHeader() {}

    /**
     * Decodes the header at the given place. What the bytes at hand already prove to be wrong is reported at once, before
     * the rest of the header has arrived; the earliest byte decides.
     *
     * <p>The fields change only when the result is positive.
     *
     * @param array holds the bytes; it is not kept
     * @param offset where the header begins
     * @param available how many bytes there are from {@code offset} on, also more than the header has
     * @param maskRule {@link #MASK_FORBIDDEN}, {@link #MASK_REQUIRED} or {@link #MASK_OPTIONAL}
     * @param allowedRsv the reserved bits that extensions have claimed, as they stand in byte 0
     * @return the size of the header, 2 to {@value #MAX_BYTES}; {@link #NEED_MORE}; or a {@link Fault}
     */
    public int decode(byte[] array, int offset, int available, int maskRule, int allowedRsv) {
        if (available < 1) {
            return NEED_MORE;
        }
        int b0 = array[offset] & 0xFF;
        int fault = faultOfByte0(b0, allowedRsv);
        if (fault != 0) {
            return fault;
        }
        if (available < 2) {
            return NEED_MORE;
        }
        int b1 = array[offset + 1] & 0xFF;
        fault = faultOfByte1(b0, b1, maskRule);
        if (fault != 0) {
            return fault;
        }
        int lengthField = b1 & B1_LENGTH;
        if (lengthField >= LENGTH_16) {
            return decodeLong(array, offset, available, b0, b1);
        }
        return finish(array, offset, available, 2, b0, b1, lengthField);
    }

    /** {@return byte 0 of the frame as received: FIN, reserved bits and opcode} */
    public int byte0() {
        return byte0;
    }

    /** {@return whether this is the last frame of its message} */
    public boolean fin() {
        return (byte0 & B0_FIN) != 0;
    }

    /** {@return the reserved bits as they stand in byte 0} */
    public int rsv() {
        return byte0 & B0_RSV;
    }

    /** {@return the opcode, one of {@link Opcode}} */
    public int opcode() {
        return byte0 & B0_OPCODE;
    }

    /** {@return whether the payload is masked} */
    public boolean masked() {
        return masked;
    }

    /** {@return the masking key, its first byte on the wire in the top byte of the int; 0 when not masked} */
    public int maskingKey() {
        return maskingKey;
    }

    /** {@return the bytes of payload that follow, 0 to {@link Long#MAX_VALUE}} */
    public long payloadLength() {
        return payloadLength;
    }

    /**
     * Encodes a header, the length in its shortest form. The caller answers for the sense of {@code byte0}.
     *
     * @param target has room for {@link #encodedLength} bytes
     * @param offset where the header begins
     * @param byte0 FIN, reserved bits and opcode, written as they are
     * @param payloadLength bytes of payload, not negative
     * @param masked whether to write the masking key
     * @param maskingKey the key, as in {@link #maskingKey()}; ignored when not masked
     * @return how many bytes were written, 2 to {@value #MAX_BYTES}
     */
    public static int encode(byte[] target, int offset, int byte0, long payloadLength, boolean masked, int maskingKey) {
        int b1 = masked ? B1_MASK : 0;
        int size = 2;
        target[offset] = (byte) byte0;
        // RFC 6455 §5.2: the minimal number of bytes MUST be used to encode the length.
        if (payloadLength < MIN_LENGTH_16) {
            b1 |= (int) payloadLength;
        } else if (payloadLength < MIN_LENGTH_64) {
            b1 |= LENGTH_16;
            SHORT.set(target, offset + 2, (short) payloadLength);
            size = 2 + Short.BYTES;
        } else {
            b1 |= LENGTH_64;
            LONG.set(target, offset + 2, payloadLength);
            size = 2 + Long.BYTES;
        }
        target[offset + 1] = (byte) b1;
        if (masked) {
            INT.set(target, offset + size, maskingKey);
            size += KEY_BYTES;
        }
        return size;
    }

    /**
     * {@return how many bytes {@link #encode} writes, 2 to {@value #MAX_BYTES}}
     *
     * @param payloadLength bytes of payload, not negative
     * @param masked whether there is a masking key
     */
    public static int encodedLength(long payloadLength, boolean masked) {
        int size = masked ? 2 + KEY_BYTES : 2;
        if (payloadLength < MIN_LENGTH_16) {
            return size;
        }
        return size + (payloadLength < MIN_LENGTH_64 ? Short.BYTES : Long.BYTES);
    }

    private static int faultOfByte0(int b0, int allowedRsv) {
        // RFC 6455 §5.2: a reserved bit MUST be 0 unless an extension defines it.
        if ((b0 & B0_RSV & ~allowedRsv) != 0) {
            return Fault.RESERVED_BITS;
        }
        int opcode = b0 & B0_OPCODE;
        // RFC 6455 §5.2: an unknown opcode MUST fail the connection.
        if (!Opcode.isKnown(opcode)) {
            return Fault.RESERVED_OPCODE;
        }
        if (Opcode.isData(opcode)) {
            return 0;
        }
        // RFC 7692 §6.1: the bit that marks a compressed message stands on its first frame only, never on a control
        // frame.
        if ((b0 & B0_RSV) != 0) {
            return Fault.RESERVED_BITS;
        }
        // RFC 6455 §5.5: control frames MUST NOT be fragmented.
        return Opcode.isControl(opcode) && (b0 & B0_FIN) == 0 ? Fault.FRAGMENTED_CONTROL : 0;
    }

    private static int faultOfByte1(int b0, int b1, int maskRule) {
        // RFC 6455 §5.1: a client MUST mask, a server MUST NOT. The rule's value is the mask bit that it wants.
        int maskBit = b1 >>> 7;
        if (maskBit != maskRule && maskRule != MASK_OPTIONAL) {
            return maskBit == 0 ? Fault.MASK_MISSING : Fault.MASK_UNEXPECTED;
        }
        // RFC 6455 §5.5: control frames MUST have at most 125 bytes of payload, so never a longer form of the length.
        if (Opcode.isControl(b0 & B0_OPCODE) && (b1 & B1_LENGTH) > MAX_CONTROL_PAYLOAD) {
            return Fault.CONTROL_TOO_LONG;
        }
        return 0;
    }

    private int decodeLong(byte[] array, int offset, int available, int b0, int b1) {
        // RFC 6455 §5.2: the length MUST be in its minimal form, and the top bit of 64 MUST be 0.
        if ((b1 & B1_LENGTH) == LENGTH_16) {
            if (available < 2 + Short.BYTES) {
                return NEED_MORE;
            }
            int length = (short) SHORT.get(array, offset + 2) & 0xFFFF;
            return length < MIN_LENGTH_16
                    ? Fault.LENGTH_NOT_MINIMAL
                    : finish(array, offset, available, 2 + Short.BYTES, b0, b1, length);
        }
        if (available < 2 + Long.BYTES) {
            return faultOfBegunLength64(array, offset + 2, available - 2);
        }
        long length = (long) LONG.get(array, offset + 2);
        if (length < MIN_LENGTH_64) {
            return length < 0 ? Fault.LENGTH_NEGATIVE : Fault.LENGTH_NOT_MINIMAL;
        }
        return finish(array, offset, available, 2 + Long.BYTES, b0, b1, length);
    }

    /** The first byte shows the sign; six bytes of zero show that two would have been enough. */
    private static int faultOfBegunLength64(byte[] array, int offset, int available) {
        if (available > 0 && array[offset] < 0) {
            return Fault.LENGTH_NEGATIVE;
        }
        int zeros = 0;
        while (zeros < available && array[offset + zeros] == 0) {
            zeros++;
        }
        return zeros >= Long.BYTES - Short.BYTES ? Fault.LENGTH_NOT_MINIMAL : NEED_MORE;
    }

    private int finish(byte[] array, int offset, int available, int keyAt, int b0, int b1, long length) {
        boolean hasKey = (b1 & B1_MASK) != 0;
        int size = hasKey ? keyAt + KEY_BYTES : keyAt;
        if (available < size) {
            return NEED_MORE;
        }
        byte0 = b0;
        masked = hasKey;
        maskingKey = hasKey ? (int) INT.get(array, offset + keyAt) : 0;
        payloadLength = length;
        return size;
    }
}
