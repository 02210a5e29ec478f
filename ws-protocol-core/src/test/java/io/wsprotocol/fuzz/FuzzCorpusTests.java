package io.wsprotocol.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FuzzCorpusTests {

    @ParameterizedTest
    @EnumSource
    void everyInputOfTheCorpusPassesItsHarness(Harness harness) {
        List<byte[]> inputs = Corpus.of(harness);
        assertThat(inputs).as("inputs of " + harness).hasSizeGreaterThan(5);
        for (byte[] input : inputs) {
            try {
                harness.run(input.clone());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(harness + " fails on " + Corpus.render(input, false), e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBeginningOfAnInputPassesItsHarness(Harness harness) {
        for (byte[] input : Corpus.of(harness)) {
            for (int length = 0; length < input.length; length++) {
                byte[] beginning = new byte[length];
                System.arraycopy(input, 0, beginning, 0, length);
                harness.run(beginning);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void inputsChangedByADicePassTheirHarness(Harness harness) {
        List<byte[]> inputs = Corpus.of(harness);
        SplittableRandom dice = new SplittableRandom(20_26);
        for (int i = 0; i < 100_000; i++) {
            byte[] changed = inputs.get(dice.nextInt(inputs.size())).clone();
            for (int j = dice.nextInt(4); j >= 0 && changed.length > 0; j--) {
                changed[dice.nextInt(changed.length)] ^= (byte) (1 << dice.nextInt(8));
            }
            harness.run(changed);
        }
    }

    @Test
    void aHarnessThatFindsAFaultThrows() {
        assertThatThrownBy(() -> Oracle.check(false, "the engine is wrong"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("the engine is wrong");
        AllocationCeiling ceiling = new AllocationCeiling(1 << 10);
        assertThatThrownBy(() ->
                        ceiling.run(input -> assertThat(new byte[1 << 20]).isNotEmpty(), new byte[0]))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("memory");
    }

    @Test
    void aLineStandsForTheBytesThatItWasMadeOf() {
        byte[] all = new byte[257];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(Corpus.parse(Corpus.render(all, false))).isEqualTo(all);
        assertThat(Corpus.parse(Corpus.render(all, true))).isEqualTo(all);
        assertThat(Corpus.parse("0a \"#\\\"\\\\\" ff # a note")).containsExactly(0x0a, '#', '"', '\\', 0xff);
    }
}
