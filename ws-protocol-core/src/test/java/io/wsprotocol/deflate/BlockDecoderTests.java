package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.deflate.ReferenceInflater.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** DEFLATE, judged by {@link ReferenceInflater}: what comes out, where it is corrupt, and whether it ends where a message may. */
class BlockDecoderTests {

    private static final byte[] NO_HISTORY = {};

    private final BlockDecoder decoder = new BlockDecoder();

    /** {@return the verdict on a message that comes in pieces of at most that many bytes; the output is added} */
    private Verdict decode(byte[] message, byte[] history, int windowBits, int most, ByteArrayOutputStream out) {
        decoder.begin(history, history.length, windowBits);
        SplittableRandom dice = new SplittableRandom(message.length);
        for (int at = 0; at < message.length; ) {
            int length = Math.min(message.length - at, most == 1 ? 1 : 1 + dice.nextInt(most));
            decoder.input(message, at, length);
            at += length;
            int result;
            do {
                result = decoder.decode();
                assertThat(decoder.sliceBytes()).isLessThanOrEqualTo(BlockDecoder.SLICE_BYTES);
                ByteBuffer slice = decoder.slice();
                out.write(slice.array(), slice.position(), slice.remaining());
                decoder.nextSlice();
            } while (result == BlockDecoder.SLICE_FULL);
            if (result == BlockDecoder.CORRUPT) {
                assertThat(decoder.decode()).isEqualTo(BlockDecoder.CORRUPT);
                return Verdict.CORRUPT;
            }
        }
        return decoder.mayEnd() ? Verdict.WHOLE : Verdict.CUT;
    }

    private void judge(byte[] message, byte[] history, int windowBits, int most) {
        ReferenceInflater judge = new ReferenceInflater(message, history, windowBits);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Verdict verdict = decode(message, history, windowBits, most, out);
        if (verdict != judge.verdict() || !Arrays.equals(out.toByteArray(), judge.output())) {
            String hex = message.length > 300 ? "" : HexFormat.of().formatHex(message);
            assertThat(verdict)
                    .as("%d bytes in pieces of %d %s", message.length, most, hex)
                    .isEqualTo(judge.verdict());
            assertThat(out.toByteArray()).as(hex).isEqualTo(judge.output());
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private String inflated(String digits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(decode(hex(digits), NO_HISTORY, 15, 1, out)).isEqualTo(Verdict.WHOLE);
        return out.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    @Tag("R7692-P-40+")
    @Tag("R7692-P-41+")
    @Tag("R7692-P-51+")
    void examplesOfTheRfcDecode() {
        assertThat(inflated("f2 48 cd c9 c9 07 00")).isEqualTo("Hello"); // §7.2.3.1
        assertThat(inflated("00 05 00 fa ff 48 65 6c 6c 6f 00")).isEqualTo("Hello"); // §7.2.3.3
        assertThat(inflated("f3 48 cd c9 c9 07 00 00")).isEqualTo("Hello"); // §7.2.3.4
        assertThat(inflated("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")).isEqualTo("Hello"); // §7.2.3.5
        assertThat(inflated("00")).isEmpty(); // §7.2.3.6
        assertThat(inflated("02 00")).isEmpty();
    }

    @Test
    @Tag("R7692-P-51+")
    void exampleWithHistoryDecodes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] hello = {'H', 'e', 'l', 'l', 'o'};
        assertThat(decode(hex("f2 00 11 00 00"), hello, 15, 1, out)).isEqualTo(Verdict.WHOLE);
        assertThat(out.toByteArray()).isEqualTo(hello);
    }

    @Test
    @Tag("slow")
    void allOfItHoldsForManyMessages() {
        deflated(1_500);
        storedAndFixed(200);
        broken(12_000);
        noise(30_000);
        cut(60);
    }

    @Test
    void whatTheJdkDeflatesComesBackWhateverTheCuts() {
        deflated(60);
    }

    private void deflated(int messages) {
        SplittableRandom dice = new SplittableRandom(1);
        for (int i = 0; i < messages; i++) {
            byte[] payload = Samples.bytes(dice.nextInt(i % 20 == 0 ? 200_000 : 3_000), dice);
            byte[] message = Samples.deflate(payload, 1 + dice.nextInt(9), dice.nextInt(3), dice);
            for (int most : new int[] {1, 40, 5_000, 1_000_000}) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Verdict verdict = decode(message, NO_HISTORY, 15, most, out);
                if (verdict != Verdict.WHOLE || !Arrays.equals(payload, out.toByteArray())) {
                    assertThat(verdict).as("message %d", i).isEqualTo(Verdict.WHOLE);
                    assertThat(out.toByteArray()).isEqualTo(payload);
                }
            }
        }
    }

    @Test
    void storedAndFixedBlocksComeBack() {
        storedAndFixed(20);
    }

    private void storedAndFixed(int messages) {
        SplittableRandom dice = new SplittableRandom(2);
        for (int i = 0; i < messages; i++) {
            byte[] payload = Samples.bytes(dice.nextInt(100_000), dice);
            byte[] message = Samples.deflate(payload, i % 2 == 0 ? 0 : 6, Deflater.HUFFMAN_ONLY, dice);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(decode(message, NO_HISTORY, 15, 3_000, out)).isEqualTo(Verdict.WHOLE);
            assertThat(out.toByteArray()).isEqualTo(payload);
        }
    }

    @Test
    void whatIsBrokenIsBrokenWhereTheJudgeSaysSo() {
        broken(1_000);
    }

    private void broken(int messages) {
        SplittableRandom dice = new SplittableRandom(3);
        for (int i = 0; i < messages; i++) {
            byte[] payload = Samples.bytes(dice.nextInt(400), dice);
            byte[] message = Samples.deflate(payload, 1 + dice.nextInt(9), dice.nextInt(3), dice);
            for (int flips = 1 + dice.nextInt(3); flips > 0; flips--) {
                message[dice.nextInt(message.length)] ^= (byte) (1 << dice.nextInt(8));
            }
            judge(message, NO_HISTORY, 15, i % 2 == 0 ? 1 : 500);
        }
    }

    @Test
    void noiseIsJudgedAlike() {
        noise(3_000);
    }

    private void noise(int messages) {
        SplittableRandom dice = new SplittableRandom(4);
        for (int i = 0; i < messages; i++) {
            byte[] message = new byte[dice.nextInt(80)];
            dice.nextBytes(message);
            if (message.length > 0 && i % 3 == 0) {
                message[0] = (byte) (message[0] & ~7 | 4); // a dynamic block
            }
            judge(message, NO_HISTORY, 8 + dice.nextInt(8), i % 2 == 0 ? 1 : 80);
        }
    }

    @Test
    @Tag("R7692-P-55-")
    void everyCutOfAMessageIsKnown() {
        cut(10);
    }

    private void cut(int messages) {
        SplittableRandom dice = new SplittableRandom(5);
        for (int i = 0; i < messages; i++) {
            byte[] payload = Samples.bytes(dice.nextInt(600), dice);
            byte[] message = Samples.deflate(payload, dice.nextInt(10), dice.nextInt(3), dice);
            for (int length = 0; length < message.length; length++) {
                judge(Arrays.copyOf(message, length), NO_HISTORY, 15, 1_000);
            }
        }
    }

    @Test
    void aBlockWhoseCodeLengthsHaveNoCodeIsCorrupt() {
        BlockWriter writer = new BlockWriter().bits(4, 3).bits(0, 5).bits(0, 5).bits(0, 4);
        byte[] message = writer.bits(0, 4 * 3).bits(0x5555, 16).bits(0, 16).end();
        assertThat(decode(message, NO_HISTORY, 15, 1_000, new ByteArrayOutputStream()))
                .isEqualTo(Verdict.CORRUPT);
        judge(message, NO_HISTORY, 15, 1_000);
        judge(message, NO_HISTORY, 15, 1);
    }

    @Test
    @Tag("R7692-P-45-")
    void referencesReachToTheEdgeOfTheWindowAndNotBeyond() {
        SplittableRandom dice = new SplittableRandom(6);
        for (int windowBits = 8; windowBits <= 15; windowBits++) {
            int window = 1 << windowBits;
            for (int distance = window - 2; distance <= window + 2; distance++) {
                byte[] once = new byte[distance];
                dice.nextBytes(once);
                byte[] message = new BlockWriter()
                        .stored(once)
                        .fixed()
                        .match(3 + dice.nextInt(256), Math.min(distance, 1 << 15))
                        .endOfBlock()
                        .end();
                judge(message, NO_HISTORY, windowBits, 1_000);
                judge(message, NO_HISTORY, windowBits, 1);
            }
        }
    }

    @Test
    @Tag("R7692-P-46+")
    @Tag("R7692-P-47+")
    void referencesReachIntoHistoryAlsoBehindAFinalBlock() {
        SplittableRandom dice = new SplittableRandom(7);
        for (int historyBytes : new int[] {0, 1, 2, 255, 256, 5_000, 32_767, 32_768}) {
            byte[] history = new byte[historyBytes];
            dice.nextBytes(history);
            for (int beyond = -1; beyond <= 2; beyond++) {
                int distance = Math.max(1, Math.min(1 << 15, historyBytes + 1 + beyond));
                byte[] message = new BlockWriter()
                        .finalFixed()
                        .literal('x')
                        .endOfBlock()
                        .align()
                        .fixed()
                        .match(10, distance)
                        .endOfBlock()
                        .end();
                judge(message, history, 15, 1_000);
                judge(message, history, 15, 1);
            }
        }
    }
}
