package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.deflate.ReferenceInflater.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages cut at random: each one that ends inside a block must be refused, so that it cannot spoil the next (the class of
 * CVE-2026-87022). {@code -Dws.cuts=450000} tries as many in each mode.
 */
class CutMessageTests {

    private static final int CUTS = Integer.getInteger("ws.cuts", 5_000);
    private static final byte[] NOTHING = {};

    private final CoderPool pool = new CoderPool(1);

    @AfterEach
    void everyCoderIsBack() {
        assertThat(pool.inflatersInUse()).isZero();
        pool.close();
    }

    private static MessageInflater.Result inflate(MessageInflater inflater, byte[] message, ByteArrayOutputStream out) {
        inflater.begin();
        inflater.input(ByteBuffer.wrap(message), true, 1 << 20);
        MessageInflater.Result result;
        do {
            result = inflater.next();
            ByteBuffer slice = inflater.slice();
            out.write(slice.hasArray() ? slice.array() : NOTHING, slice.position(), slice.remaining());
        } while (result == MessageInflater.Result.SLICE);
        inflater.release();
        return result;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("R7692-P-55-")
    void noCutGoesUnseen(boolean takeover) {
        SplittableRandom dice = new SplittableRandom(takeover ? 1 : 2);
        DeflateParameters parameters = new DeflateParameters(15, 15, !takeover, !takeover);
        int refused = 0;
        for (int i = 0; i < CUTS; i++) {
            byte[] before = Samples.bytes(dice.nextInt(200), dice);
            byte[] payload = Samples.bytes(1 + dice.nextInt(250), dice);
            byte[] message = Samples.deflate(payload, dice.nextInt(10), dice.nextInt(3), dice);
            byte[] cut = Arrays.copyOf(message, dice.nextInt(message.length));
            MessageInflater inflater = new MessageInflater(parameters, DeflateOptions.defaults(), true, pool);
            inflate(inflater, Samples.deflate(before, 6, 0, dice), new ByteArrayOutputStream());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean whole = inflate(inflater, cut, out) == MessageInflater.Result.END;
            ReferenceInflater judge = new ReferenceInflater(cut, takeover ? before : NOTHING, 15);
            if (whole != (judge.verdict() == Verdict.WHOLE) || !Arrays.equals(out.toByteArray(), judge.output())) {
                assertThat(whole).as("cut %d", i).isEqualTo(judge.verdict() == Verdict.WHOLE);
                assertThat(out.toByteArray()).as("cut %d", i).isEqualTo(judge.output());
            }
            if (!whole) {
                refused++;
                assertThat(inflate(inflater, message, new ByteArrayOutputStream()))
                        .isNotEqualTo(MessageInflater.Result.END);
            }
        }
        assertThat(refused).isGreaterThan(CUTS / 2);
    }
}
