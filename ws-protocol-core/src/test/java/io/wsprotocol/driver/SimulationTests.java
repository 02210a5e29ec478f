package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Many lives of two connections over a network that cuts, delays, stalls and breaks. A failure names its seed and the command that
 * lives it again.
 */
@Tag("R6455-D-01+-")
@Tag("R6455-D-05+")
@Tag("R6455-D-06+")
@Tag("R6455-D-11+")
@Tag("R6455-K-12+")
@Tag("R6455-Z-07+-")
@Tag("R6455-Z-11+-")
class SimulationTests {

    private static final int LIVES = 100_000;
    private static final long FIRST_SLOW_SEED = 1_000_000_000L;

    private final AtomicLongArray faults = new AtomicLongArray(SimulatedFault.values().length);
    private final AtomicLong micros = new AtomicLong();

    @Test
    void everyLifeKeepsItsPromisesAndEveryFaultHappens() {
        live(1, LIVES, this::life);

        assertThat(faultsByKind())
                .allSatisfy((fault, times) ->
                        assertThat(times).as("lives that met %s", fault).isGreaterThan(LIVES / 1000));
    }

    /** {@code -Dlives=} says how many, {@code -Dfirst.seed=} where they begin. */
    @Test
    @Tag("slow")
    void everyOneOfManyLivesKeepsItsPromises() {
        long first = Long.getLong("first.seed", FIRST_SLOW_SEED);
        long lives = Long.getLong("lives", 1_000_000);
        long began = System.nanoTime();

        live(first, lives, this::life);

        System.out.printf(
                "%d lives from seed %d in %d s, %.2f virtual years, faults %s%n",
                lives,
                first,
                (System.nanoTime() - began) / 1_000_000_000L,
                micros.get() / 1e6 / 86_400 / 365,
                faultsByKind());
    }

    @Test
    @EnabledIfSystemProperty(named = "seed", matches = "\\d+")
    void aLifeIsLivedAgain() {
        long seed = Long.getLong("seed");
        live(seed, 1, this::life);
    }

    @Test
    void aFailureNamesTheFirstSeedThatFailsAndTheCommandThatLivesItAgain() {
        assertThatThrownBy(() -> live(1, 1000, seed -> SimulatedWorld.require(seed < 700, "of the test")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("of the test")
                .hasMessageContaining(
                        "mvn -pl ws-protocol-core test -Dtest=SimulationTests#aLifeIsLivedAgain -Dseed=700");
    }

    @Test
    void aSeedDecidesEverything() {
        long inflated = 0;
        for (long seed = 1; seed < 200; seed++) {
            SimulatedLife life = new SimulatedLife(seed);
            SimulatedLife again = new SimulatedLife(seed);
            life.live();
            again.live();
            assertThat(again.faults()).containsExactly(life.faults());
            assertThat(again.now()).isEqualTo(life.now());
            assertThat(again.inflatedMessages()).isEqualTo(life.inflatedMessages());
            inflated += life.inflatedMessages();
        }
        assertThat(inflated).as("compressed messages").isPositive();
    }

    private void life(long seed) {
        SimulatedLife life = new SimulatedLife(seed);
        life.live();
        long[] met = life.faults();
        for (int i = 0; i < met.length; i++) {
            faults.addAndGet(i, met[i]);
        }
        micros.addAndGet(life.now() / 1000);
    }

    private Map<SimulatedFault, Long> faultsByKind() {
        Map<SimulatedFault, Long> byKind = new EnumMap<>(SimulatedFault.class);
        for (SimulatedFault fault : SimulatedFault.values()) {
            byKind.put(fault, faults.get(fault.ordinal()));
        }
        return byKind;
    }

    /** Lives on all cores. */
    private static void live(long firstSeed, long lives, LongConsumer life) {
        LongStream.range(firstSeed, firstSeed + lives)
                .parallel()
                .mapToObj(seed -> failure(seed, life))
                .filter(failure -> failure != null)
                .findFirst()
                .ifPresent(failure -> {
                    throw failure;
                });
    }

    private static AssertionError failure(long seed, LongConsumer life) {
        try {
            life.accept(seed);
            return null;
        } catch (Throwable e) {
            return new AssertionError(
                    "the life with seed " + seed + ": " + e.getMessage()
                            + "\nmvn -pl ws-protocol-core test -Dtest=SimulationTests#aLifeIsLivedAgain -Dseed=" + seed,
                    e);
        }
    }
}
