package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnTests {

    private final AtomicInteger done = new AtomicInteger();

    @Test
    void whoAsksFromWithinTheWorkHasItDoneOnceMore() {
        Turn[] turn = new Turn[1];
        turn[0] = new Turn(() -> {
            if (done.incrementAndGet() == 1) {
                turn[0].take();
                turn[0].take();
            }
        });

        turn[0].take();

        assertThat(done).hasValue(2);
    }

    @Test
    void workThatThrewIsDoneAgainForTheNextWhoAsks() {
        Turn turn = new Turn(() -> {
            if (done.incrementAndGet() == 1) {
                throw new StackOverflowError("of the test");
            }
        });
        assertThatThrownBy(turn::take).isInstanceOf(StackOverflowError.class);

        turn.take();

        assertThat(done).hasValue(2);
    }

    @Test
    void whoAskedBeforeTheWorkThrewIsStillServed() {
        Turn[] turn = new Turn[1];
        turn[0] = new Turn(() -> {
            if (done.incrementAndGet() == 1) {
                turn[0].take();
                throw new IllegalStateException("of the test");
            }
        });

        assertThatThrownBy(turn[0]::take).isInstanceOf(IllegalStateException.class);

        assertThat(done).hasValue(2);
    }

    @Test
    void workWithoutAThreadIsDoneNevertheless() throws InterruptedException {
        CountDownLatch worked = new CountDownLatch(1);

        new Turn(worked::countDown).passTo(task -> {
            throw new RejectedExecutionException("of the test");
        });

        assertThat(worked.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
