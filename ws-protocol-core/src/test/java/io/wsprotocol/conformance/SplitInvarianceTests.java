package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.conformance.StreamCorpus.Stream;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same stream, cut anywhere, leads to the same messages, pongs, errors, answers and counters (T2): thousands of streams, every cut in
 * two, cuts in three, byte by byte, and in many pieces at random.
 */
@Tag("R6455-F-19+")
@Tag("R6455-F-25+-")
@Tag("R6455-F-26+")
@Tag("R6455-F-27+-")
@Tag("R6455-F-31+-")
@Tag("R6455-D-07+-")
@Tag("sweep")
class SplitInvarianceTests {

    private static final int STREAMS = 2_400;
    private static final int SHORT = 96;
    private static final int[] WHOLE = {};

    @Test
    void theCorpusIsRightAndWrong() {
        int failed = 0;
        int closed = 0;
        int answered = 0;
        int shortOnes = 0;
        for (int number = 0; number < STREAMS; number++) {
            Stream stream = StreamCorpus.stream(number);
            Outcome outcome = Outcome.of(stream, WHOLE);
            failed += outcome.log().contains(" at ") ? 1 : 0;
            closed += outcome.log().contains("Close CloseInfo") ? 1 : 0;
            answered += outcome.written().isEmpty() ? 0 : 1;
            shortOnes += stream.bytes().length <= SHORT ? 1 : 0;
        }
        assertThat(failed).isBetween(STREAMS / 5, STREAMS * 4 / 5);
        assertThat(closed).isGreaterThan(STREAMS / 20);
        assertThat(answered).isGreaterThan(STREAMS / 20);
        assertThat(shortOnes).isGreaterThan(STREAMS / 5);
    }

    @Test
    void everyCutInTwoAndByteByByteMakesNoDifference() {
        for (int number = 0; number < STREAMS; number++) {
            Stream stream = StreamCorpus.stream(number);
            Outcome whole = Outcome.of(stream, WHOLE);
            for (int at = 1; at < stream.bytes().length; at++) {
                require(stream, whole, at);
            }
            require(stream, whole, IntStream.range(1, stream.bytes().length).toArray());
        }
    }

    @Test
    void someCutsInThreeAndInManyMakeNoDifference() {
        for (int number = 0; number < STREAMS; number++) {
            cutAtRandom(StreamCorpus.stream(number), 50);
        }
    }

    @Test
    @Tag("slow")
    void allCutsInThreeOfShortStreamsAndAThousandInManyMakeNoDifference() {
        for (int number = 0; number < STREAMS; number++) {
            Stream stream = StreamCorpus.stream(number);
            if (stream.bytes().length <= SHORT) {
                Outcome whole = Outcome.of(stream, WHOLE);
                for (int first = 1; first < stream.bytes().length; first++) {
                    for (int second = first + 1; second < stream.bytes().length; second++) {
                        require(stream, whole, first, second);
                    }
                }
            }
            cutAtRandom(stream, 1_000);
        }
    }

    /** Half of the cuts in three, half in more. */
    private static void cutAtRandom(Stream stream, int times) {
        int length = stream.bytes().length;
        if (length < 2) {
            return;
        }
        SplittableRandom dice = new SplittableRandom(stream.number());
        Outcome whole = Outcome.of(stream, WHOLE);
        for (int i = 0; i < times; i++) {
            int cuts = i % 2 == 0 ? 2 : 1 + dice.nextInt(length);
            require(stream, whole, dice.ints(cuts, 1, length).sorted().toArray());
        }
    }

    private static void require(Stream stream, Outcome whole, int... ends) {
        Outcome cut = Outcome.of(stream, ends);
        if (!cut.equals(whole)) {
            assertThat(cut).as("%s cut at %s", stream, ends).isEqualTo(whole);
        }
    }
}
