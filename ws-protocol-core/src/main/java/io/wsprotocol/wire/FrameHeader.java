package io.wsprotocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Frame headers in arrays: judged, read where they lie, and encoded from ints (RFC 6455 §5.2).
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
 * <p>The length counts the payload only, not the masking key. Thread-safe.
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

    /** The longest header whose length has at most 16 bits. */
    public static final int MAX_BYTES_16 = 8;

    private static final int MIN_LENGTH_16 = 126;
    private static final int MIN_LENGTH_64 = 0x1_0000;
    private static final int KEY_BYTES = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private FrameHeader() {}

    /**
     * Judges the header at the given place. What the bytes at hand already prove to be wrong is reported at once, before
     * the rest of the header has arrived; the earliest byte decides.
     *
     * @param array holds the bytes; it is not kept
     * @param offset where the header begins
     * @param available how many bytes there are from {@code offset} on, also more than the header has
     * @param maskRule {@link #MASK_FORBIDDEN}, {@link #MASK_REQUIRED} or {@link #MASK_OPTIONAL}
     * @param allowedRsv the reserved bits that extensions have claimed, as they stand in byte 0
     * @return the size of the header, 2 to {@value #MAX_BYTES}; {@link #NEED_MORE}; or a {@link Fault}
     */
    public static int decode(byte[] array, int offset, int available, int maskRule, int allowedRsv) {
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
            return decodeLong(array, offset, available, b1);
        }
        return sizeIfWhole(available, 2, b1);
    }

    /**
     * {@return the bytes of payload that follow, 0 to {@link Long#MAX_VALUE}}
     *
     * @param array holds a header that {@link #decode} gave a size
     * @param offset where the header begins
     */
    public static long payloadLength(byte[] array, int offset) {
        int lengthField = array[offset + 1] & B1_LENGTH;
        if (lengthField < LENGTH_16) {
            return lengthField;
        }
        return lengthField == LENGTH_16
                ? (short) SHORT.get(array, offset + 2) & 0xFFFF
                : (long) LONG.get(array, offset + 2);
    }

    /**
     * {@return the bytes of payload that follow a header of at most {@value #MAX_BYTES_16} bytes}
     *
     * @param array holds a header that {@link #decode} gave a size
     * @param offset where the header begins
     */
    public static int payloadLength16(byte[] array, int offset) {
        int lengthField = array[offset + 1] & B1_LENGTH;
        return lengthField < LENGTH_16 ? lengthField : (short) SHORT.get(array, offset + 2) & 0xFFFF;
    }

    /**
     * {@return whether the payload is masked}
     *
     * @param array holds a header that {@link #decode} gave a size
     * @param offset where the header begins
     */
    public static boolean isMasked(byte[] array, int offset) {
        return (array[offset + 1] & B1_MASK) != 0;
    }

    /**
     * {@return the masking key, its first byte on the wire in the top byte of the int; 0 when not masked}
     *
     * @param array holds a header that {@link #decode} gave a size
     * @param offset where the header begins
     * @param size its size
     */
    public static int maskingKey(byte[] array, int offset, int size) {
        return isMasked(array, offset) ? (int) INT.get(array, offset + size - KEY_BYTES) : 0;
    }

    /**
     * Encodes a header, the length in its shortest form. The caller answers for the sense of {@code byte0}.
     *
     * @param target has room for {@link #encodedLength} bytes
     * @param offset where the header begins
     * @param byte0 FIN, reserved bits and opcode, written as they are
     * @param payloadLength bytes of payload, not negative
     * @param masked whether to write the masking key
     * @param maskingKey the key, as in {@link #maskingKey}; ignored when not masked
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

    private static int decodeLong(byte[] array, int offset, int available, int b1) {
        // RFC 6455 §5.2: the length MUST be in its minimal form, and the top bit of 64 MUST be 0.
        if ((b1 & B1_LENGTH) == LENGTH_16) {
            if (available < 2 + Short.BYTES) {
                return NEED_MORE;
            }
            int length = (short) SHORT.get(array, offset + 2) & 0xFFFF;
            return length < MIN_LENGTH_16 ? Fault.LENGTH_NOT_MINIMAL : sizeIfWhole(available, 2 + Short.BYTES, b1);
        }
        if (available < 2 + Long.BYTES) {
            return faultOfBegunLength64(array, offset + 2, available - 2);
        }
        long length = (long) LONG.get(array, offset + 2);
        if (length < MIN_LENGTH_64) {
            return length < 0 ? Fault.LENGTH_NEGATIVE : Fault.LENGTH_NOT_MINIMAL;
        }
        return sizeIfWhole(available, 2 + Long.BYTES, b1);
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

    private static int sizeIfWhole(int available, int keyAt, int b1) {
        int size = (b1 & B1_MASK) != 0 ? keyAt + KEY_BYTES : keyAt;
        return available < size ? NEED_MORE : size;
    }
}
