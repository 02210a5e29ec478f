package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link PooledBufferSource}. */
class PooledBufferSourceTests {

    private final PooledBufferSource source = new PooledBufferSource(1 << 20);

    @ParameterizedTest
    @CsvSource({"1, 256", "256, 256", "257, 512", "4096, 4096", "4097, 8192", "65536, 65536", "65537, 65537"})
    void lendsTheNextPowerOfTwo(int asked, int capacity) {
        ByteBuffer buffer = source.acquire(asked);
        assertThat(buffer.capacity()).isEqualTo(capacity);
        assertThat(buffer.hasArray()).isTrue();
    }

    @Test
    void lendsAgainWhatCameBackClearedAndWithoutAllocating() {
        ByteBuffer buffer = source.acquire(4096);
        buffer.position(7).limit(9);
        source.release(buffer);
        assertThat(source.keptBytes()).isEqualTo(4096);
        assertThat(source.acquire(3000)).isSameAs(buffer);
        assertThat(buffer.position()).isZero();
        assertThat(buffer.limit()).isEqualTo(4096);
        assertThat(source.allocations()).isOne();
        assertThat(source.keptBytes()).isZero();
    }

    @Test
    void neverLendsOneBufferTwice() {
        Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 100; i++) {
            assertThat(lent.add(source.acquire(512))).isTrue();
        }
        lent.forEach(source::release);
        lent.clear();
        for (int i = 0; i < 100; i++) {
            assertThat(lent.add(source.acquire(512))).isTrue();
        }
    }

    @Test
    void keepsNoMoreThanItsBound() {
        PooledBufferSource small = new PooledBufferSource(64 << 10);
        for (int size = 256; size <= 65_536; size <<= 1) {
            for (int i = 0; i < 1000; i++) {
                small.release(ByteBuffer.allocate(size));
            }
        }
        assertThat(small.keptBytes()).isPositive().isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void keepsNothingThatIsTooLargeOrOfAnotherSize() {
        source.release(ByteBuffer.allocate(65_537));
        source.release(ByteBuffer.allocate(300));
        source.release(ByteBuffer.allocateDirect(512));
        assertThat(source.keptBytes()).isZero();
    }

    @Test
    void aBoundOfZeroKeepsNothing() {
        PooledBufferSource none = new PooledBufferSource(0);
        none.release(none.acquire(256));
        assertThat(none.keptBytes()).isZero();
        assertThat(none.acquire(256).capacity()).isEqualTo(256);
    }

    @Test
    void refusesANegativeBound() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PooledBufferSource(-1));
    }

    @Test
    void threadsNeverShareABuffer() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Integer> borrower = () -> {
                int clashes = 0;
                for (int i = 0; i < 20_000; i++) {
                    ByteBuffer buffer = source.acquire(256);
                    byte mark = (byte) Thread.currentThread().getId();
                    buffer.put(0, mark);
                    Thread.onSpinWait();
                    if (buffer.get(0) != mark) {
                        clashes++;
                    }
                    source.release(buffer);
                }
                return clashes;
            };
            for (Future<Integer> clashes : threads.invokeAll(Collections.nCopies(4, borrower), 60, TimeUnit.SECONDS)) {
                assertThat(clashes.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
