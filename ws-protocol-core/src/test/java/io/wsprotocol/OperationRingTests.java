package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationRingTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 64, 100})
    void keepsTheOrderWhileItGrows(int most) {
        OperationRing ring = new OperationRing();
        Deque<Integer> model = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(most);
        for (int i = 0; i < 5_000; i++) {
            if (ring.size() < most && random.nextInt(100) < 55) {
                ring.add().context = i;
                model.add(i);
            } else if (!model.isEmpty()) {
                OperationRing.Operation oldest = ring.peek(0);
                assertThat(oldest.context).isEqualTo(model.remove());
                if (random.nextBoolean()) {
                    assertThat(ring.remove()).isSameAs(oldest);
                } else {
                    assertThat(ring.exchange(new OperationRing.Operation())).isSameAs(oldest);
                }
                oldest.clear();
            }
            assertThat(ring.size()).isEqualTo(model.size());
            if (!model.isEmpty()) {
                assertThat(ring.peek(ring.size() - 1).context).isEqualTo(model.peekLast());
            }
        }
    }

    @Test
    void aClearedOperationRefersToNothing() {
        OperationRing.Operation operation = new OperationRing.Operation();
        operation.fill(BufferType.BINARY_MESSAGE, 0x82, ByteBuffer.allocate(1), "context");
        operation.transferred = true;
        operation.clear();
        assertThat(operation.context).isNull();
        assertThat(operation.buffer).isNull();
        assertThat(operation.transferred).isFalse();
    }

    @Test
    void entriesAreReused() {
        OperationRing ring = new OperationRing();
        OperationRing.Operation first = ring.add();
        ring.remove();
        assertThat(ring.add()).isSameAs(first);
        OperationRing.Operation given = new OperationRing.Operation();
        ring.exchange(given);
        assertThat(ring.add()).isSameAs(given);
    }
}
