package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** UTF-8 against the grammar of RFC 3629 §4, read byte by byte, and against the decoder of the JDK. */
@Tag("R6455-E-02+-")
@Tag("R6455-F-31+-")
class Utf8VerifierTests {

    private final Utf8Verifier verifier = new Utf8Verifier();

    /** RFC 3629 §4 as ranges of bytes: what the n-th byte of each kind of code point may be. */
    private static final int[][] GRAMMAR = {
        {0x00, 0x7F},
        {0xC2, 0xDF, 0x80, 0xBF},
        {0xE0, 0xE0, 0xA0, 0xBF, 0x80, 0xBF},
        {0xE1, 0xEC, 0x80, 0xBF, 0x80, 0xBF},
        {0xED, 0xED, 0x80, 0x9F, 0x80, 0xBF},
        {0xEE, 0xEF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF, 0x80, 0xBF},
    };

    /** How the text ends by the grammar: the index of the first impossible byte, or one of these. */
    private static final int COMPLETE = -1;

    private static final int INCOMPLETE = -2;

    private static int model(byte[] text, int length) {
        int position = 0;
        while (position < length) {
            int longest = 0;
            boolean complete = false;
            for (int[] ranges : GRAMMAR) {
                int matched = matched(text, position, length, ranges);
                longest = Math.max(longest, matched);
                complete |= matched == ranges.length / 2;
            }
            position += longest;
            if (!complete) {
                return position == length ? INCOMPLETE : position;
            }
        }
        return COMPLETE;
    }

    private static int matched(byte[] text, int from, int length, int[] ranges) {
        int n = 0;
        while (from + n < length && 2 * n < ranges.length) {
            int value = text[from + n] & 0xFF;
            if (value < ranges[2 * n] || value > ranges[2 * n + 1]) {
                break;
            }
            n++;
        }
        return n;
    }

    /** Feeds the text in two pieces and gives the answer in the model's terms. */
    private int verify(byte[] text, int cut, int length) {
        verifier.reset();
        int first = verifier.accept(text, 0, cut);
        if (first != Utf8Verifier.VALID) {
            return first;
        }
        int second = verifier.accept(text, cut, length - cut);
        if (second != Utf8Verifier.VALID) {
            return cut + second;
        }
        return verifier.atBoundary() ? COMPLETE : INCOMPLETE;
    }

    private void check(byte[] text, int length) {
        int expected = model(text, length);
        for (int cut = 0; cut < length; cut++) {
            int result = verify(text, cut, length);
            if (result != expected) {
                assertThat(result)
                        .as("%s cut at %d", HexFormat.of().formatHex(text, 0, length), cut)
                        .isEqualTo(expected);
            }
        }
        checkWithStateOfTheCallers(text, length, expected);
        boolean valid = Utf8Verifier.isValid(text, 0, length);
        if (valid != (expected == COMPLETE)) {
            assertThat(valid).as(HexFormat.of().formatHex(text, 0, length)).isEqualTo(expected == COMPLETE);
        }
    }

    private static void checkWithStateOfTheCallers(byte[] text, int length, int expected) {
        int state = Utf8Verifier.BOUNDARY;
        int at = 0;
        while (at < length && state != Utf8Verifier.REJECTED) {
            state = Utf8Verifier.next(state, text, at++, 1);
        }
        int result = state == Utf8Verifier.REJECTED ? at - 1 : state == Utf8Verifier.BOUNDARY ? COMPLETE : INCOMPLETE;
        if (result != expected) {
            assertThat(result).as(HexFormat.of().formatHex(text, 0, length)).isEqualTo(expected);
        }
    }

    @Nested
    class EverySequence {

        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        private final byte[] text = new byte[4];
        private final ByteBuffer bytes = ByteBuffer.wrap(text);
        private final CharBuffer chars = CharBuffer.allocate(8);

        /** Against the JDK, which only says valid or not. */
        private void checkWithDecoder(int length) {
            decoder.reset();
            boolean valid = !decoder.decode(bytes.limit(length).position(0), chars.clear(), true)
                    .isError();
            if (valid != Utf8Verifier.isValid(text, 0, length)) {
                assertThat(HexFormat.of().formatHex(text, 0, length))
                        .as("valid by the decoder: %s", valid)
                        .isNull();
            }
        }

        @Test
        void ofOneAndTwoBytes() {
            for (int value = 0; value < 0x1_0000; value++) {
                text[0] = (byte) (value >>> 8);
                text[1] = (byte) value;
                check(text, 1);
                check(text, 2);
                checkWithDecoder(1);
                checkWithDecoder(2);
            }
        }

        /** The others begin with ASCII and end as one of two bytes. */
        @Test
        @Tag("sweep")
        void ofThreeBytesThatDoesNotBeginWithAscii() {
            for (int value = 0x80_0000; value < 0x100_0000; value++) {
                text[0] = (byte) (value >>> 16);
                text[1] = (byte) (value >>> 8);
                text[2] = (byte) value;
                checkWithDecoder(3);
                check(text, 3);
            }
        }

        @Test
        @Tag("sweep")
        void ofFourBytesWithEverySecondByte() {
            int[] samples = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF4, 0xFF};
            for (int first = 0xF0; first <= 0xF8; first++) {
                text[0] = (byte) first;
                for (int second = 0; second < 256; second++) {
                    text[1] = (byte) second;
                    for (int third : samples) {
                        text[2] = (byte) third;
                        for (int fourth : samples) {
                            text[3] = (byte) fourth;
                            check(text, 4);
                            checkWithDecoder(4);
                        }
                    }
                }
            }
        }

        @Test
        void ofEveryCodePoint() {
            for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
                if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                    byte[] encoded = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                    if (!Utf8Verifier.isValid(encoded, 0, encoded.length)) {
                        assertThat(codePoint).as("refused code point").isNegative();
                    }
                }
            }
        }
    }

    @Nested
    class LongTexts {

        private static final String[] PIECES = {
            "",
            "é",
            "€",
            "😀",
            "日本語",
            "x",
            "\0",
            "\u007F\u0080\u07FF\u0800\uFFFF",
            "plain text that is longer than a word "
        };

        private static byte[] text(Random random, int pieces) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < pieces; i++) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
                text.append("a".repeat(random.nextInt(4) == 0 ? random.nextInt(80) : 0));
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }

        @ParameterizedTest
        @ValueSource(strings = {"ff", "c3a9", "c328", "e282ac", "eda080", "f09f9880", "f0808080", "f4908080", "80"})
        void whatIsNotAsciiIsFoundAtEveryPlaceAmongAscii(String hex) {
            byte[] sequence = HexFormat.of().parseHex(hex);
            byte[] text = new byte[110];
            for (int at = 0; at <= text.length - sequence.length; at++) {
                Arrays.fill(text, (byte) 'a');
                System.arraycopy(sequence, 0, text, at, sequence.length);
                check(text, text.length);
                check(text, at + sequence.length);
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void oneWrongByteIsFoundHoweverTheTextIsCut(long seed) {
            Random random = new Random(seed);
            for (int round = 0; round < 300; round++) {
                byte[] text = text(random, 1 + random.nextInt(30));
                if (round % 3 != 0 && text.length > 0) {
                    text[random.nextInt(text.length)] = (byte) random.nextInt(256);
                }
                int expected = model(text, text.length);
                assertThat(inPieces(text, random)).isEqualTo(expected);
                assertThat(verify(text, 0, text.length)).isEqualTo(expected);
                assertThat(Utf8Verifier.isValid(text, 0, text.length)).isEqualTo(expected == COMPLETE);
            }
        }

        private int inPieces(byte[] text, Random random) {
            int largest = 1 + random.nextInt(60);
            verifier.reset();
            int position = 0;
            while (position < text.length) {
                int piece = Math.min(random.nextInt(largest + 1), text.length - position);
                int result = verifier.accept(text, position, piece);
                if (result != Utf8Verifier.VALID) {
                    return position + result;
                }
                position += piece;
            }
            return verifier.atBoundary() ? COMPLETE : INCOMPLETE;
        }

        @Test
        void byteByByteIsTheSameAsWhole() {
            byte[] text = text(new Random(42), 2_000);
            for (int i = 0; i < text.length; i++) {
                assertThat(verifier.accept(text, i, 1)).isEqualTo(Utf8Verifier.VALID);
            }
            assertThat(verifier.atBoundary()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "f4908080, 1", // above U+10FFFF: the second byte shows it
        "cebae1bdb9cf83cebcceb5f4908080656469746564, 12", // the same in the middle of a text
        "eda080, 1", // surrogate
        "c080, 0", // overlong, two bytes
        "e08080, 1", // overlong, three bytes
        "f0808080, 1", // overlong, four bytes
        "f8, 0", // five bytes, which RFC 3629 abolished
        "80, 0", // continuation without a beginning
        "e228a1, 1",
        "e28228, 2",
        "61c3c3, 2"
    })
    void theFirstImpossibleByteIsNamedAtOnce(String hex, int index) {
        byte[] text = HexFormat.of().parseHex(hex);
        assertThat(verifier.accept(text, 0, index)).isEqualTo(Utf8Verifier.VALID);
        verifier.reset();
        assertThat(verifier.accept(text, 0, index + 1)).isEqualTo(index);
        verifier.reset();
        assertThat(verifier.accept(text, 0, text.length)).isEqualTo(index);
    }

    @Test
    void aCodePointMayStraddlePiecesAndIsNotTheEndOfAText() {
        byte[] euro = HexFormat.of().parseHex("e282ac");
        assertThat(verifier.atBoundary()).isTrue();
        assertThat(verifier.accept(euro, 0, 2)).isEqualTo(Utf8Verifier.VALID);
        assertThat(verifier.atBoundary()).isFalse();
        assertThat(verifier.accept(euro, 2, 0)).isEqualTo(Utf8Verifier.VALID);
        assertThat(verifier.atBoundary()).isFalse();
        assertThat(verifier.accept(euro, 2, 1)).isEqualTo(Utf8Verifier.VALID);
        assertThat(verifier.atBoundary()).isTrue();
        assertThat(Utf8Verifier.isValid(euro, 0, 2)).isFalse();
    }

    @Test
    void aFailureStaysUntilReset() {
        byte[] text = {'a', (byte) 0xFF, 'b'};
        assertThat(verifier.accept(text, 0, 3)).isEqualTo(1);
        assertThat(verifier.atBoundary()).isFalse();
        assertThat(verifier.accept(text, 0, 1)).isZero();
        assertThat(verifier.accept(text, 0, 0)).isZero();
        verifier.reset();
        assertThat(verifier.accept(text, 0, 1)).isEqualTo(Utf8Verifier.VALID);
        assertThat(verifier.atBoundary()).isTrue();
    }

    @Test
    void theIndexCountsFromTheOffset() {
        byte[] text = {(byte) 0xFF, 'a', 'b', (byte) 0xFF, 'c'};
        assertThat(verifier.accept(text, 1, 4)).isEqualTo(2);
        assertThat(Utf8Verifier.isValid(text, 1, 2)).isTrue();
    }

    @Test
    void aRangeBeyondTheArrayIsRefused() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> verifier.accept(new byte[3], 1, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Utf8Verifier.isValid(new byte[3], -1, 2));
    }
}
