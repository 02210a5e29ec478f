package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationRingTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 64, 100})
    void keepsTheOrderWhileItGrowsToItsLimit(int limit) {
        OperationRing ring = new OperationRing(limit);
        Deque<Integer> model = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(limit);
        for (int i = 0; i < 5_000; i++) {
            if (!ring.isFull() && random.nextInt(100) < 55) {
                ring.add().context = i;
                model.add(i);
            } else if (!model.isEmpty()) {
                assertThat(ring.peek(0).context).isEqualTo(model.remove());
                ring.remove();
            }
            assertThat(ring.size()).isEqualTo(model.size());
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(ring.isFull()).isEqualTo(model.size() == limit);
            if (!model.isEmpty()) {
                assertThat(ring.peek(ring.size() - 1).context).isEqualTo(model.peekLast());
            }
        }
    }

    @Test
    void letsGoOfWhatARemovedOperationReferredTo() {
        OperationRing ring = new OperationRing(1);
        OperationRing.Operation operation = ring.add();
        operation.context = "context";
        operation.buffer = ByteBuffer.allocate(1);
        operation.transferred = true;
        ring.remove();
        assertThat(operation.context).isNull();
        assertThat(operation.buffer).isNull();
        assertThat(operation.transferred).isFalse();
        assertThat(Objects.requireNonNull(ring.add())).isSameAs(ring.peek(0));
    }
}
