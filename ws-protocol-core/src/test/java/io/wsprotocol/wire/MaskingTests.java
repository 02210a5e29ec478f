package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masking against the definition of RFC 6455 §5.3, byte by byte. */
@Tag("R6455-F-19+")
class MaskingTests {

    private static final int KEY = 0x37FA213D;
    private static final int MARGIN = 9;
    /** Small lengths cross the border between short and long ranges; the others have every remainder of a word. */
    private static final int[] LENGTHS = lengths();

    private static int[] lengths() {
        int[] lengths = Arrays.copyOf(new int[0], 160);
        Arrays.setAll(lengths, length -> length);
        int[] all = Arrays.copyOf(lengths, 168);
        for (int i = 0; i < 8; i++) {
            all[160 + i] = 4_096 + i;
        }
        return all;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** RFC 6455 §5.3: octet i of the transformed data is octet i of the original XOR octet i MOD 4 of the key. */
    private static byte[] model(byte[] bytes, int offset, int length, int key) {
        byte[] octets = ByteBuffer.allocate(4).putInt(key).array();
        byte[] masked = bytes.clone();
        for (int i = 0; i < length; i++) {
            masked[offset + i] ^= octets[i % 4];
        }
        return masked;
    }

    @Test
    void theExampleOfTheRfcComesOut() {
        byte[] hello = "Hello".getBytes(StandardCharsets.US_ASCII);
        Masking.apply(hello, 0, 5, KEY);
        assertThat(hello).isEqualTo(HexFormat.of().parseHex("7f9f4d5158"));
    }

    @Test
    void everyLengthAtEveryAlignmentAndPhaseIsMaskedAndNothingBeside() {
        for (int length : LENGTHS) {
            byte[] original = random(length + 2 * MARGIN);
            for (int offset = 0; offset <= MARGIN; offset++) {
                for (int phase = 0; phase < 4; phase++) {
                    int key = Masking.rotate(KEY, phase);
                    byte[] array = original.clone();
                    int next = Masking.apply(array, offset, length, key);
                    assertThat(array).isEqualTo(model(original, offset, length, key));
                    assertThat(next).isEqualTo(Masking.rotate(KEY, phase + length));
                }
            }
        }
    }

    @Test
    void everyLengthIsCopiedAtEveryAlignmentAndNothingBeside() {
        for (int length : LENGTHS) {
            byte[] source = random(length + 2 * MARGIN);
            for (int from = 0; from < 9; from += 2) {
                for (int to = 0; to < 9; to++) {
                    byte[] target = random(length + 2 * MARGIN + 1);
                    byte[] before = target.clone();
                    System.arraycopy(source, from, before, to, length);

                    int next = Masking.copy(source, from, target, to, length, KEY);

                    assertThat(target).isEqualTo(model(before, to, length, KEY));
                    assertThat(next).isEqualTo(Masking.rotate(KEY, length));
                }
            }
            assertThat(source).isEqualTo(random(length + 2 * MARGIN));
        }
    }

    @Nested
    class Cuts {

        @Test
        void anyTwoPiecesMakeTheWhole() {
            byte[] original = random(100);
            byte[] whole = model(original, 0, 100, KEY);
            for (int cut = 0; cut <= 100; cut++) {
                byte[] array = original.clone();
                int key = Masking.apply(array, 0, cut, KEY);
                Masking.apply(array, cut, 100 - cut, key);
                assertThat(array).isEqualTo(whole);
            }
        }

        @Test
        void byteByByteMakesTheWhole() {
            byte[] array = random(100);
            byte[] whole = model(array, 0, 100, KEY);
            int key = KEY;
            for (int i = 0; i < 100; i++) {
                key = Masking.apply(array, i, 1, key);
            }
            assertThat(array).isEqualTo(whole);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4})
        void randomPiecesMakeTheWhole(long seed) {
            Random random = new Random(seed);
            byte[] original = random(5_000);
            byte[] whole = model(original, 0, 5_000, KEY);
            byte[] inPlace = original.clone();
            byte[] copied = new byte[5_000];
            int position = 0;
            int key = KEY;
            while (position < 5_000) {
                int piece = Math.min(random.nextInt(200), 5_000 - position);
                int next = Masking.copy(original, position, copied, position, piece, key);
                Masking.applyAndTestAscii(inPlace, position, piece, key);
                key = Masking.rotate(key, piece);
                assertThat(next).isEqualTo(key);
                position += piece;
            }
            assertThat(inPlace).isEqualTo(whole);
            assertThat(copied).isEqualTo(whole);
        }

        @Test
        void theKeyRotatesByTheLengthModuloFourAlsoBeyondTheRangeOfInt() {
            assertThat(Masking.rotate(0x01020304, 0)).isEqualTo(0x01020304);
            assertThat(Masking.rotate(0x01020304, 1)).isEqualTo(0x02030401);
            assertThat(Masking.rotate(0x01020304, 6)).isEqualTo(0x03040102);
            assertThat(Masking.rotate(0x01020304, 0x1_0000_0003L)).isEqualTo(0x04010203);
            assertThat(Masking.rotate(0x01020304, Long.MAX_VALUE)).isEqualTo(0x04010203);
        }
    }

    @Nested
    class Ascii {

        private static byte[] ascii(int length) {
            byte[] bytes = random(length);
            for (int i = 0; i < length; i++) {
                bytes[i] &= 0x7F;
            }
            return bytes;
        }

        @Test
        void asciiIsSeenBehindAnyMask() {
            for (int length : LENGTHS) {
                byte[] plain = ascii(length + 2 * MARGIN);
                // What stands beside the range must not count.
                plain[MARGIN - 1] = (byte) 0x80;
                plain[MARGIN + length] = (byte) 0xFF;
                byte[] array = model(plain, MARGIN, length, KEY);

                assertThat(Masking.applyAndTestAscii(array, MARGIN, length, KEY))
                        .isTrue();
                assertThat(array).isEqualTo(plain);
                assertThat(Masking.isAscii(plain, MARGIN, length)).isTrue();
            }
        }

        @Test
        void oneOtherByteAnywhereIsSeen() {
            for (int length : LENGTHS) {
                byte[] plain = ascii(length + 3);
                for (int at = 0; at < length; at += length < 200 ? 1 : 509) {
                    plain[3 + at] |= (byte) 0x80;
                    byte[] array = model(plain, 3, length, KEY);

                    assertThat(Masking.isAscii(plain, 3, length)).isFalse();
                    assertThat(Masking.applyAndTestAscii(array, 3, length, KEY)).isFalse();
                    assertThat(array).isEqualTo(plain);
                    plain[3 + at] &= 0x7F;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 63, 64, 65, 1_000})
    void aRangeBeyondTheArrayIsRefused(int length) {
        byte[] small = new byte[length - 1];
        byte[] large = new byte[length];
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Masking.apply(small, 0, length, KEY));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Masking.applyAndTestAscii(small, 0, length, KEY));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Masking.isAscii(small, 0, length));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Masking.copy(small, 0, large, 0, length, KEY));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Masking.copy(large, 0, small, 0, length, KEY));
    }
}
