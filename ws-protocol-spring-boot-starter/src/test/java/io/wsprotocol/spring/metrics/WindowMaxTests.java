package io.wsprotocol.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WindowMaxTests {

    private final MockClock clock = new MockClock();
    private final WindowMax max = new WindowMax(clock);

    @Test
    void isZeroUntilSomethingIsRecorded() {
        assertThat(max.poll()).isZero();
    }

    @Test
    void keepsTheGreatestForAMinute() {
        max.record(3);
        max.record(7);
        max.record(5);
        assertThat(max.poll()).isEqualTo(7);
        clock.add(39, TimeUnit.SECONDS);
        max.record(2);
        assertThat(max.poll()).isEqualTo(7);
        clock.add(22, TimeUnit.SECONDS);
        assertThat(max.poll()).isEqualTo(2);
        clock.add(60, TimeUnit.SECONDS);
        assertThat(max.poll()).isZero();
    }

    @Test
    void whatNobodyAskedForIsToldOnce() {
        max.record(9);
        clock.add(1, TimeUnit.HOURS);
        assertThat(max.poll()).isEqualTo(9);
        clock.add(61, TimeUnit.SECONDS);
        assertThat(max.poll()).isZero();
    }

    @Test
    void askingDoesNotForget() {
        max.record(4);
        for (int i = 0; i < 5; i++) {
            assertThat(max.poll()).isEqualTo(4);
        }
        max.record(3);
        assertThat(max.poll()).isEqualTo(4);
    }
}
