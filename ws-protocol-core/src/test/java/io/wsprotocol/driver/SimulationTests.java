package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many lives of two connections over a network that cuts, delays, stalls and breaks. A failure names its seed, and
 * {@code new SimulatedLife(seed).live()} lives it again. {@code -Dlives=} says how many the slow test lives.
 */
@Tag("R6455-D-01+-")
@Tag("R6455-D-05+")
@Tag("R6455-D-06+")
@Tag("R6455-D-11+")
@Tag("R6455-K-12+")
@Tag("R6455-Z-07+-")
@Tag("R6455-Z-11+-")
class SimulationTests {

    private static final int LIVES = 10_000;

    @Test
    void everyLifeKeepsItsPromises() {
        live(1, LIVES);
    }

    @Test
    @Tag("slow")
    void everyOneOfManyLivesKeepsItsPromises() {
        live(1_000_000_000L, Long.getLong("lives", 1_000_000));
    }

    private static void live(long firstSeed, long lives) {
        long lived = 0;
        for (long seed = firstSeed; seed < firstSeed + lives; seed++) {
            try {
                new SimulatedLife(seed).live();
                lived++;
            } catch (Throwable e) {
                throw new AssertionError("the life with seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(lived).isEqualTo(lives);
    }
}
