package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text checked by vectors and by the automaton alone: what the automaton says is tried in {@link Utf8VerifierTests}. */
@Tag("R6455-E-02+-")
@EnabledIf("theJvmHasThem")
class Utf8VectorsTests {

    /** Longer than the automaton's first block and six of the longest vectors. */
    private static final int LENGTH = 32 + 3 * 128 + 5;

    /** Until then the compiler is done, also on a busy machine; most need some twenty. */
    private static final int ROUNDS = 20_000;

    private static final byte[] MIXED = "Grüße, καλημέρα, добрый день, こんにちは 世界 🎉 and ASCII between. "
            .repeat(40)
            .getBytes(StandardCharsets.UTF_8);

    private final Utf8Blocks vectors = new Utf8Vectors();

    /** The build runs these tests in a JVM of their own. */
    static boolean theJvmHasThem() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    private void checkWhole(byte[] text, int length) {
        check(text, 0, length, Utf8Verifier.BOUNDARY);
    }

    /** {@return the state behind the piece, which both agree on} */
    private int check(byte[] text, int from, int length, int state) {
        int expected = Utf8Verifier.run(text, from, length, state, null);
        int seen = Utf8Verifier.run(text, from, length, state, vectors);
        if (seen != expected) {
            assertThat(seen)
                    .as("%s from %d, state %d", HexFormat.of().formatHex(text), from, state)
                    .isEqualTo(expected);
        }
        return seen;
    }

    @Test
    void textWithoutMistakesIsSkipped() {
        int from = 64;
        int position = vectors.skip(MIXED, from, MIXED.length);
        assertThat(MIXED.length - position).isLessThan(128);
        assertThat(vectors.skip(MIXED, from, from + 15)).isEqualTo(from);
        checkWhole(MIXED, MIXED.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ü", "€", "𝄞"})
    void everyEndOfAText(String codePoint) {
        byte[] text = codePoint.repeat(LENGTH).getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length <= LENGTH; length++) {
            checkWhole(text, length);
        }
    }

    @Test
    void everySequenceOfTwoBytesAtEveryPlaceOfTwoOfTheLongestVectors() {
        byte[] carrier = carrier();
        for (int place = 32; place < 32 + 130; place++) {
            for (int value = 0; value < 0x1_0000; value += place % 16 == 0 ? 1 : 97) {
                byte[] text = carrier.clone();
                text[place] = (byte) (value >>> 8);
                text[place + 1] = (byte) value;
                checkWhole(text, LENGTH);
            }
        }
    }

    @Test
    @Tag("sweep")
    void everySequenceOfThreeBytesThatDoesNotBeginWithAscii() {
        byte[] text = carrier();
        for (int value = 0x80_0000; value < 0x100_0000; value++) {
            int place = 94 + value % 5;
            text[place] = (byte) (value >>> 16);
            text[place + 1] = (byte) (value >>> 8);
            text[place + 2] = (byte) value;
            checkWhole(text, 32 + 128);
            Arrays.fill(text, place, place + 3, (byte) 'x');
        }
    }

    @Test
    void sequencesOfFourBytesWithEverySecondByte() {
        byte[] text = carrier();
        int[] samples = {0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC2};
        for (int first = 0xE0; first <= 0xFF; first++) {
            for (int second = 0; second < 256; second++) {
                for (int sample = 0; sample < samples.length * samples.length; sample++) {
                    int place = 93 + sample % 4;
                    text[place] = (byte) first;
                    text[place + 1] = (byte) second;
                    text[place + 2] = (byte) samples[sample % samples.length];
                    text[place + 3] = (byte) samples[sample / samples.length];
                    checkWhole(text, 32 + 128);
                    Arrays.fill(text, place, place + 4, (byte) 'x');
                }
            }
        }
    }

    @Test
    void everyCodePointAcrossTheEndOfAVector() {
        byte[] text = carrier();
        for (int codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                byte[] encoded = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                int place = 96 - 1 - codePoint % 3;
                System.arraycopy(encoded, 0, text, place, encoded.length);
                checkWhole(text, 32 + 128);
                assertThat(vectors.skip(text, 32, 32 + 128)).isGreaterThanOrEqualTo(32 + 64);
                Arrays.fill(text, place, place + encoded.length, (byte) 'x');
            }
        }
    }

    @Test
    void spoiledTextCutAnywhere() {
        SplittableRandom dice = new SplittableRandom(3629);
        for (int round = 0; round < 20_000; round++) {
            int length = dice.nextInt(MIXED.length);
            byte[] text = Arrays.copyOf(MIXED, length);
            for (int i = dice.nextInt(3); i > 0 && length > 0; i--) {
                text[dice.nextInt(length)] = (byte) dice.nextInt(256);
            }
            int cut = dice.nextInt(length + 1);
            int state = check(text, 0, cut, Utf8Verifier.BOUNDARY);
            check(text, cut, length - cut, state);
        }
    }

    @Test
    void checkingAllocatesNothingOnceItIsCompiled() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                checkWhole(MIXED, MIXED.length);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }

    private static byte[] carrier() {
        byte[] text = new byte[LENGTH];
        Arrays.fill(text, (byte) 'x');
        // The automaton alone passes over ASCII; with this at the front it leaves the rest to the vectors
        System.arraycopy("ß".getBytes(StandardCharsets.UTF_8), 0, text, 0, 2);
        return text;
    }

    @Nested
    class WhereTheyAreUsed {

        @Test
        void whereTheJvmWasStartedWithTheModule() {
            assertThat(Utf8Blocks.find(ModuleLayer.boot())).isInstanceOf(Utf8Vectors.class);
        }

        @Test
        void notWithoutIt() {
            assertThat(Utf8Blocks.find(ModuleLayer.empty())).isNull();
        }
    }
}
