package io.wsprotocol.wire;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Utf8Blocks} with the Vector API. Compiled apart from the rest and loaded only where that API is.
 *
 * <p>Each byte is judged with the one before it (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021):
 * three tables, by the two halves of the byte before and by the upper half of the byte, say which mistakes are possible; what all
 * three agree on has happened. Two continuation bytes in a row are a mistake unless the byte two or three before asks for them.
 */
final class Utf8Vectors implements Utf8Blocks {

    private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_PREFERRED;
    private static final int LENGTH = SPECIES.length();

    /** The tables and shuffles need vectors of at least 16 bytes, and those of half a byte that many entries. */
    private static final int ENTRIES = 16;

    /** A lead byte without the continuation it announces, and ASCII where one was due. */
    private static final int TOO_SHORT = 1;
    /** A continuation behind ASCII. */
    private static final int TOO_LONG = 1 << 1;
    /** E0 with a second byte below A0. */
    private static final int OVERLONG_3 = 1 << 2;
    /** F4 with a second byte above 8F, F5 and above. */
    private static final int TOO_LARGE = 1 << 3;
    /** ED with a second byte above 9F. */
    private static final int SURROGATE = 1 << 4;
    /** C0 and C1. */
    private static final int OVERLONG_2 = 1 << 5;
    /** F5 and above with a second byte below 90; F0 with one is {@link #OVERLONG_4} and shares the bit, since no byte is both. */
    private static final int TOO_LARGE_LOW = 1 << 6;

    private static final int OVERLONG_4 = 1 << 6;
    /** Two continuations in a row, which may be right. */
    private static final int TWO_CONTINUATIONS = 1 << 7;

    /** What the lower half of the byte before cannot rule out. */
    private static final int ANY_LOW = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;
    /** The lower half of F5 and above. */
    private static final int ABOVE_F4 = ANY_LOW | TOO_LARGE | TOO_LARGE_LOW;

    private static final int ASCII = TOO_LONG;
    private static final int CONTINUATION_80 =
            TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_LOW | OVERLONG_4;
    private static final int CONTINUATION_90 = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE;
    private static final int CONTINUATION_A0 = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE;

    private static final ByteVector BEFORE_HIGH = table(
            ASCII,
            ASCII,
            ASCII,
            ASCII,
            ASCII,
            ASCII,
            ASCII,
            ASCII,
            TWO_CONTINUATIONS,
            TWO_CONTINUATIONS,
            TWO_CONTINUATIONS,
            TWO_CONTINUATIONS,
            TOO_SHORT | OVERLONG_2,
            TOO_SHORT,
            TOO_SHORT | OVERLONG_3 | SURROGATE,
            TOO_SHORT | TOO_LARGE | TOO_LARGE_LOW | OVERLONG_4);

    private static final ByteVector BEFORE_LOW = table(
            ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
            ANY_LOW | OVERLONG_2,
            ANY_LOW,
            ANY_LOW,
            ANY_LOW | TOO_LARGE,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4,
            ABOVE_F4 | SURROGATE,
            ABOVE_F4,
            ABOVE_F4);

    private static final ByteVector HIGH = table(
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            CONTINUATION_80,
            CONTINUATION_90,
            CONTINUATION_A0,
            CONTINUATION_A0,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT,
            TOO_SHORT);

    Utf8Vectors() {
        if (LENGTH < ENTRIES) {
            throw new UnsupportedOperationException("vectors of " + LENGTH + " bytes");
        }
    }

    private static ByteVector table(int... entries) {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) entries[i % ENTRIES];
        }
        return ByteVector.fromArray(SPECIES, bytes, 0);
    }

    @Override
    public int skip(byte[] array, int from, int end) {
        int position = from;
        while (position <= end - LENGTH && isPossible(array, position)) {
            position += LENGTH;
        }
        return position;
    }

    /** {@return whether each byte of a vector can follow those before it} */
    private static boolean isPossible(byte[] array, int at) {
        ByteVector bytes = ByteVector.fromArray(SPECIES, array, at);
        ByteVector before = ByteVector.fromArray(SPECIES, array, at - 1);
        ByteVector agreed = highHalf(before)
                .selectFrom(BEFORE_HIGH)
                .and(before.and((byte) 0x0F).selectFrom(BEFORE_LOW))
                .and(highHalf(bytes).selectFrom(HIGH));
        // E0 and above have the three upper bits set, F0 and above the four
        ByteVector twoBefore = ByteVector.fromArray(SPECIES, array, at - 2);
        ByteVector threeBefore = ByteVector.fromArray(SPECIES, array, at - 3);
        ByteVector third = twoBefore.and(twoBefore.add(twoBefore)).and(twiceShifted(twoBefore));
        ByteVector fourth = threeBefore.and(threeBefore.add(threeBefore));
        ByteVector due = third.or(fourth.and(twiceShifted(fourth))).and((byte) TWO_CONTINUATIONS);
        return !due.compare(VectorOperators.NE, agreed).anyTrue();
    }

    /** By shorts, as there are no shifts of bytes in hardware; what comes over from the byte beside is cut off. */
    private static ByteVector highHalf(ByteVector bytes) {
        ShortVector shorts = bytes.reinterpretAsShorts().lanewise(VectorOperators.LSHR, 4);
        return shorts.reinterpretAsBytes().and((byte) 0x0F);
    }

    /** By shorts; only the upper six bits of each byte mean something. */
    private static ByteVector twiceShifted(ByteVector bytes) {
        return bytes.reinterpretAsShorts().lanewise(VectorOperators.LSHL, 2).reinterpretAsBytes();
    }
}
