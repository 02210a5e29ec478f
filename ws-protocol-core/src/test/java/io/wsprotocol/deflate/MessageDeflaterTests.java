package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.deflate.ReferenceInflater.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent compressed: it is RFC 7692, it is what was given, and it keeps to the window, as {@link ReferenceInflater} judges. */
class MessageDeflaterTests {

    private static final byte[] NOTHING = {};

    private final CoderPool pool = new CoderPool(2);
    private final SplittableRandom dice = new SplittableRandom(11);
    private int mostBytes = 100_000;

    @AfterEach
    void everythingIsBack() {
        assertThat(pool.deflatersInUse()).isZero();
        assertThat(pool.frameMemoryInUse()).isZero();
        pool.close();
    }

    private MessageDeflater deflater(int windowBits, boolean takeover) {
        DeflateParameters parameters = new DeflateParameters(windowBits, 15, !takeover, true);
        return new MessageDeflater(
                parameters, DeflateOptions.builder().level(1 + dice.nextInt(9)).build(), true, pool);
    }

    /** {@return the compressed message, or null when it is sent as it is} The payload comes in parts of any size. */
    private byte[] send(MessageDeflater deflater, byte[] payload, boolean inParts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(deflater.begin()).isTrue();
        assertThat(deflater.isBegun()).isTrue();
        int at = 0;
        boolean last;
        do {
            int length = inParts ? Math.min(payload.length - at, 1 + dice.nextInt(20_000)) : payload.length - at;
            last = at + length == payload.length && (length == 0 || !inParts || dice.nextBoolean());
            ByteBuffer part = dice.nextBoolean()
                    ? ByteBuffer.wrap(payload, at, length)
                    : ByteBuffer.allocateDirect(length).put(payload, at, length).flip();
            at += length;
            if (deflatePart(deflater, part, last, out) == MessageDeflater.Result.NOT_SMALLER) {
                assertThat(part.remaining()).isEqualTo(length);
                return null;
            }
        } while (!last);
        assertThat(deflater.isBegun()).isFalse();
        return out.toByteArray();
    }

    private MessageDeflater.Result deflatePart(
            MessageDeflater deflater, ByteBuffer part, boolean last, ByteArrayOutputStream out) {
        int frames = 0;
        do {
            MessageDeflater.Result result = deflater.deflate(part, last, mostBytes);
            if (result == MessageDeflater.Result.FRAME) {
                ByteBuffer frame = deflater.frame();
                out.write(frame.array(), frame.position(), frame.remaining());
                frames++;
                if (dice.nextBoolean()) {
                    continue;
                }
            }
            if (result == MessageDeflater.Result.NOT_SMALLER) {
                return result;
            }
            for (; frames > 0; frames--) {
                deflater.frameDone();
            }
        } while (!deflater.isPartDone());
        for (; frames > 0; frames--) {
            deflater.frameDone();
        }
        return MessageDeflater.Result.FRAME;
    }

    private static byte[] window(byte[] before, byte[] added, int windowBits) {
        byte[] all = Arrays.copyOf(before, before.length + added.length);
        System.arraycopy(added, 0, all, before.length, added.length);
        return Arrays.copyOfRange(all, Math.max(0, all.length - (1 << windowBits)), all.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
    @Tag("R7692-P-38+")
    @Tag("R7692-P-39+")
    @Tag("R7692-P-42+")
    @Tag("R7692-P-45+")
    @Tag("R7692-P-33+")
    void noReferenceLeavesTheWindow(int windowBits) {
        keepsToTheWindow(windowBits, 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
    @Tag("slow")
    void noReferenceOfManyMessagesLeavesTheWindow(int windowBits) {
        keepsToTheWindow(windowBits, 60);
    }

    private void keepsToTheWindow(int windowBits, int messages) {
        int window = 1 << windowBits;
        int farthest = 0;
        for (boolean takeover : new boolean[] {false, true}) {
            MessageDeflater deflater = deflater(windowBits, takeover);
            byte[] history = NOTHING;
            for (int i = 0; i < messages; i++) {
                int size = switch (i % 4) {
                    case 0 -> dice.nextInt(3 * window);
                    case 1 -> window + dice.nextInt(5) - 2;
                    case 2 -> dice.nextInt(400);
                    default -> i % 20 == 3 ? 150_000 : dice.nextInt(window);
                };
                byte[] payload = i % 3 == 0 ? Samples.bytes(size, dice) : repeats(size, window);
                mostBytes = i % 4 == 1 ? MessageDeflater.LEAST_FRAME : 100_000;
                byte[] message = send(deflater, payload, i % 5 == 0);
                if (message == null) {
                    continue;
                }
                ReferenceInflater judge = new ReferenceInflater(message, history, windowBits);
                assertThat(judge.verdict())
                        .as("message %d of %d bytes", i, size)
                        .isEqualTo(Verdict.WHOLE);
                assertThat(Arrays.equals(judge.output(), payload)).isTrue();
                farthest = Math.max(farthest, judge.farthest());
                history = takeover ? window(history, payload, windowBits) : NOTHING;
            }
        }
        assertThat(farthest).isBetween(window / 2, window);
    }

    /** Noise that comes again after about a window, so that a reference would like to go just too far. */
    private byte[] repeats(int size, int window) {
        byte[] payload = new byte[size];
        int period = Math.max(1, window + dice.nextInt(9) - 4 - dice.nextInt(2) * window / 3);
        dice.nextBytes(payload);
        for (int i = period; i < size; i++) {
            payload[i] = payload[i - period];
        }
        return payload;
    }

    @Test
    @Tag("R7692-P-43+")
    @Tag("R7692-P-44+")
    void withoutTakeoverEachMessageStandsAlone() {
        MessageDeflater deflater = deflater(15, false);
        byte[] payload = Samples.text(3_000, dice);
        byte[] first = send(deflater, payload, false);
        byte[] second = send(deflater, payload, false);
        assertThat(second).isEqualTo(first);
        assertThat(new ReferenceInflater(second, NOTHING, 15).output()).isEqualTo(payload);
    }

    @Test
    void withTakeoverARepeatedMessageIsShort() {
        MessageDeflater deflater = deflater(15, true);
        byte[] payload = Samples.text(3_000, dice);
        byte[] first = send(deflater, payload, false);
        byte[] second = send(deflater, payload, false);
        assertThat(second).hasSizeLessThan(first.length / 5);
        assertThat(new ReferenceInflater(second, payload, 15).output()).isEqualTo(payload);
    }

    @Test
    @Tag("R7692-P-50+")
    void anEmptyMessageIsOneByte() {
        assertThat(send(deflater(15, false), NOTHING, false)).isEqualTo(new byte[1]);
        assertThat(send(deflater(9, true), NOTHING, false)).isEqualTo(new byte[1]);
    }

    @Test
    @Tag("R7692-P-15-")
    void whatDoesNotGetSmallerGoesAsItIsAndLeavesNoTrace() {
        MessageDeflater deflater = deflater(15, true);
        byte[] noise = new byte[2_000];
        dice.nextBytes(noise);
        assertThat(send(deflater, noise, false)).isNull();
        byte[] text = Samples.text(2_000, dice);
        byte[] message = send(deflater, text, false);
        assertThat(new ReferenceInflater(message, NOTHING, 15).output()).isEqualTo(text);
    }

    @Test
    void framesAreBoundedHoweverLargeTheMessage() {
        MessageDeflater deflater = deflater(15, false);
        byte[] noise = new byte[300_000];
        dice.nextBytes(noise);
        ByteBuffer payload = ByteBuffer.wrap(noise);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(deflater.begin()).isTrue();
        do {
            assertThat(deflater.deflate(payload, true, 1 << 20)).isEqualTo(MessageDeflater.Result.FRAME);
            assertThat(deflater.frame().remaining()).isBetween(0, FrameMemory.BYTES);
            out.write(
                    deflater.frame().array(),
                    deflater.frame().position(),
                    deflater.frame().remaining());
            deflater.frameDone();
        } while (!deflater.isPartDone());
        assertThat(out.size()).isLessThan(300_000 + 300);
        assertThat(new ReferenceInflater(out.toByteArray(), NOTHING, 15).output())
                .isEqualTo(noise);
    }

    @Test
    void whoFindsNoCoderIsToldSoAndCounted() {
        MessageDeflater[] three = {deflater(15, false), deflater(15, false), deflater(15, false)};
        assertThat(three[0].begin()).isTrue();
        assertThat(three[1].begin()).isTrue();
        assertThat(three[2].begin()).isFalse();
        assertThat(three[2].deflateApart(ByteBuffer.allocate(5_000))).isNull();
        assertThat(pool.deflatersRefused()).isEqualTo(2);
        three[0].abandon();
        assertThat(three[2].begin()).isTrue();
        three[1].abandon();
        three[2].abandon();
    }

    @Test
    void aMessageForManyStandsAlone() {
        MessageDeflater deflater = deflater(10, false);
        byte[] text = Samples.text(100_000, dice);
        ByteBuffer payload = ByteBuffer.wrap(text);
        ByteBuffer message = deflater.deflateApart(payload);
        assertThat(payload.remaining()).isEqualTo(text.length);
        assertThat(new ReferenceInflater(message.array(), NOTHING, 10).output()).isEqualTo(text);
        byte[] noise = new byte[50_000];
        dice.nextBytes(noise);
        ByteBuffer same = ByteBuffer.wrap(noise);
        assertThat(deflater.deflateApart(same)).isSameAs(same);
        assertThat(deflater.variant()).isEqualTo(deflater.variant());
    }

    @Test
    void anEmptyPartInTheMiddleIsRefused() {
        MessageDeflater deflater = deflater(15, false);
        assertThatThrownBy(() -> deflater.deflate(ByteBuffer.allocate(1), true, 100))
                .isInstanceOf(IllegalStateException.class);
        assertThat(deflater.begin()).isTrue();
        assertThatThrownBy(() -> deflater.deflate(ByteBuffer.allocate(0), false, 100))
                .isInstanceOf(IllegalArgumentException.class);
        deflater.abandon();
    }
}
