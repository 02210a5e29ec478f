package io.wsprotocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The masking of RFC 6455 §5.3: byte i of a payload XOR byte i mod 4 of the key; the same function unmasks. Thread-safe.
 *
 * <p>Keys are ints as in {@link FrameHeader#maskingKey}: the byte for the first byte of the range is the top byte. A payload
 * that comes in pieces goes on with {@link #rotate the key rotated} by the length of the piece before. The results do not depend
 * on the byte order of the machine.
 *
 * @since 0.1.0
 */
public final class Masking {

    /*
     * Eight bytes at a time in the machine's own order, with the key brought into that order once. The last word overlaps the one
     * before it, which saves a loop over single bytes.
     *
     * Each loop stands here twice, for short and for long ranges. HotSpot decides by the trip counts it has seen in a method
     * whether a loop is worth unrolling and vector code: with frames of 16 bytes in the same loop it is not, and large frames then
     * run at 12 GB/s instead of 45 (JDK 17, 16 KiB). Unrolling by hand gives 15.
     */

    /** From this many bytes on a range is long. */
    private static final int LONG_RANGE = 64;

    /** Set in a byte that is not ASCII, for eight bytes. */
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();

    private Masking() {}

    /**
     * Masks or unmasks in place.
     *
     * @param array changed in the range
     * @param offset where the range begins
     * @param length bytes, also 0
     * @param key the key, rotated to the first byte of the range
     * @return the key for the byte after the range
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static int apply(byte[] array, int offset, int length, int key) {
        if (length < Long.BYTES) {
            applyToBytes(array, offset, length, key);
            return rotate(key, length);
        }
        int last = offset + length - Long.BYTES;
        int next = rotate(key, length);
        // Read before the loop changes it, written after: both write the same bytes where they overlap.
        long lastWord = (long) LONG.get(array, last) ^ wide(next);
        long mask = wide(key);
        if (length < LONG_RANGE) {
            applyToShort(array, offset, last, mask);
        } else {
            applyToLong(array, offset, last, mask);
        }
        LONG.set(array, last, lastWord);
        return next;
    }

    /**
     * Copies with the mask applied. The two ranges must not overlap.
     *
     * @param source left as it is
     * @param sourceOffset where the range begins in the source
     * @param target changed in the range
     * @param targetOffset where the range begins in the target
     * @param length bytes, also 0
     * @param key the key, rotated to the first byte of the range
     * @return the key for the byte after the range
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public static int copy(byte[] source, int sourceOffset, byte[] target, int targetOffset, int length, int key) {
        int next = rotate(key, length);
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                target[targetOffset + i] = (byte) (source[sourceOffset + i] ^ keyByte(key, i));
            }
            return next;
        }
        int last = length - Long.BYTES;
        if (length < LONG_RANGE) {
            copyShort(source, sourceOffset, target, targetOffset, last, wide(key));
        } else {
            copyLong(source, sourceOffset, target, targetOffset, last, wide(key));
        }
        LONG.set(target, targetOffset + last, (long) LONG.get(source, sourceOffset + last) ^ wide(next));
        return next;
    }

    /**
     * {@return the key for the byte that comes {@code length} bytes later}
     *
     * @param key the key, rotated to the first byte
     * @param length bytes to go on by, not negative
     */
    public static int rotate(int key, long length) {
        return Integer.rotateLeft(key, (int) length << 3);
    }

    /**
     * Unmasks in place and tells, in the same pass, whether the result is ASCII. The key is not returned: see {@link #rotate}.
     *
     * @param array changed in the range
     * @param offset where the range begins
     * @param length bytes, also 0
     * @param key the key, rotated to the first byte of the range
     * @return whether every byte of the result is below 0x80
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static boolean applyAndTestAscii(byte[] array, int offset, int length, int key) {
        if (length < Long.BYTES) {
            return applyToBytes(array, offset, length, key) >= 0;
        }
        int last = offset + length - Long.BYTES;
        long lastWord = (long) LONG.get(array, last) ^ wide(rotate(key, length));
        long seen = length < LONG_RANGE
                ? applyToShortAndCollect(array, offset, last, wide(key))
                : applyToLongAndCollect(array, offset, last, wide(key));
        LONG.set(array, last, lastWord);
        return ((seen | lastWord) & NOT_ASCII) == 0;
    }

    /**
     * {@return whether every byte of the range is below 0x80}
     *
     * @param array left as it is
     * @param offset where the range begins
     * @param length bytes, also 0
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static boolean isAscii(byte[] array, int offset, int length) {
        if (length < Long.BYTES) {
            int seen = 0;
            for (int i = 0; i < length; i++) {
                seen |= array[offset + i];
            }
            return seen >= 0;
        }
        int last = offset + length - Long.BYTES;
        long seen = length < LONG_RANGE ? collectShort(array, offset, last) : collectLong(array, offset, last);
        return ((seen | (long) LONG.get(array, last)) & NOT_ASCII) == 0;
    }

    private static void applyToShort(byte[] array, int from, int end, long mask) {
        for (int i = from; i < end; i += Long.BYTES) {
            LONG.set(array, i, (long) LONG.get(array, i) ^ mask);
        }
    }

    private static void applyToLong(byte[] array, int from, int end, long mask) {
        for (int i = from; i < end; i += Long.BYTES) {
            LONG.set(array, i, (long) LONG.get(array, i) ^ mask);
        }
    }

    private static void copyShort(byte[] source, int from, byte[] target, int to, int length, long mask) {
        for (int i = 0; i < length; i += Long.BYTES) {
            LONG.set(target, to + i, (long) LONG.get(source, from + i) ^ mask);
        }
    }

    private static void copyLong(byte[] source, int from, byte[] target, int to, int length, long mask) {
        for (int i = 0; i < length; i += Long.BYTES) {
            LONG.set(target, to + i, (long) LONG.get(source, from + i) ^ mask);
        }
    }

    private static long applyToShortAndCollect(byte[] array, int from, int end, long mask) {
        long seen = 0;
        for (int i = from; i < end; i += Long.BYTES) {
            long word = (long) LONG.get(array, i) ^ mask;
            LONG.set(array, i, word);
            seen |= word;
        }
        return seen;
    }

    private static long applyToLongAndCollect(byte[] array, int from, int end, long mask) {
        long seen = 0;
        for (int i = from; i < end; i += Long.BYTES) {
            long word = (long) LONG.get(array, i) ^ mask;
            LONG.set(array, i, word);
            seen |= word;
        }
        return seen;
    }

    private static long collectShort(byte[] array, int from, int end) {
        long seen = 0;
        for (int i = from; i < end; i += Long.BYTES) {
            seen |= (long) LONG.get(array, i);
        }
        return seen;
    }

    private static long collectLong(byte[] array, int from, int end) {
        long seen = 0;
        for (int i = from; i < end; i += Long.BYTES) {
            seen |= (long) LONG.get(array, i);
        }
        return seen;
    }

    /** Masks fewer than eight bytes; the result is negative when one of the new bytes is not ASCII. */
    private static int applyToBytes(byte[] array, int offset, int length, int key) {
        int seen = 0;
        for (int i = 0; i < length; i++) {
            byte value = (byte) (array[offset + i] ^ keyByte(key, i));
            array[offset + i] = value;
            seen |= value;
        }
        return seen;
    }

    private static byte keyByte(int key, int index) {
        return (byte) (key >>> (24 - (index << 3)));
    }

    /** The key twice, in the order in which the machine reads eight bytes. */
    private static long wide(int key) {
        long twice = ((key & 0xFFFF_FFFFL) << 32) | (key & 0xFFFF_FFFFL);
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? twice : Long.reverseBytes(twice);
    }
}
