package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("R6455-K-17+")
class PongRingTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void dropsTheOldestBeyondItsLimit(int limit) {
        PongRing ring = new PongRing(limit);
        Deque<byte[]> model = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(limit);
        for (int i = 0; i < 3_000; i++) {
            if (random.nextInt(100) < 60) {
                byte[] payload = new byte[random.nextInt(126)];
                Arrays.fill(payload, (byte) i);
                boolean dropped = ring.offer(payload, 0, payload.length);
                assertThat(dropped).isEqualTo(model.size() == limit);
                if (dropped) {
                    model.remove();
                }
                model.add(payload);
            } else if (!model.isEmpty()) {
                byte[] oldest = new byte[ring.length()];
                ring.copyTo(oldest, 0);
                assertThat(oldest).isEqualTo(model.remove());
                ring.remove();
            }
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
        }
    }
}
