package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests of {@link ReconnectPolicy}. */
class ReconnectPolicyTests {

    private final Random random = new Random(42);

    @Test
    @Tag("R6455-Z-18+")
    void theFirstWaitIsDrawnFromZeroToFiveSeconds() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long millis = ReconnectPolicy.DEFAULT.delay(0, random).toMillis();
            least = Math.min(least, millis);
            most = Math.max(most, millis);
        }
        assertThat(least).isBetween(0L, 50L);
        assertThat(most).isBetween(4_950L, 5_000L);
    }

    @Test
    @Tag("R6455-Z-19+")
    void theBoundDoublesWithEachFailureUpToFiveMinutes() {
        for (int failures = 0; failures < 2_000; failures++) {
            long bound = (long) Math.min(5_000 * Math.pow(2, failures), 300_000);
            assertThat(ReconnectPolicy.DEFAULT.delay(failures, random).toMillis())
                    .isBetween(0L, bound);
        }
    }

    @Test
    @Tag("R6455-Z-18-")
    @Tag("R6455-Z-19-")
    void boundsThatMakeNoSenseAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectPolicy(Duration.ZERO, second, 2, second));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconnectPolicy(second, Duration.ofMillis(999), 2, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectPolicy(second, second, 0.5, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReconnectPolicy(second, second, Double.NaN, second));
    }
}
