package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link DeadlineScheduler}, on the real clock: they wait for what shall happen, with room for a slow machine. */
@Timeout(30)
class DeadlineSchedulerTests {

    private static final long MILLI = 1_000_000;

    private final DeadlineScheduler scheduler = new DeadlineScheduler();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void callsBackAfterTheDeadlineAndNotBefore() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        long[] at = new long[1];
        DeadlineScheduler.Task task = scheduler.register(() -> {
            at[0] = scheduler.now();
            called.countDown();
        });
        long deadline = scheduler.now() + 250 * MILLI;
        task.deadline(deadline);
        called.await();
        assertThat(at[0]).isGreaterThanOrEqualTo(deadline);
    }

    @Test
    void anEarlierDeadlineWakesTheTimer() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        DeadlineScheduler.Task task = scheduler.register(called::countDown);
        task.deadline(scheduler.now() + TimeUnit.HOURS.toNanos(1));
        awaitSleep();
        task.deadline(scheduler.now() + MILLI);
        called.await();
    }

    @Test
    void aDeadlineIsUsedOnce() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        DeadlineScheduler.Task once = scheduler.register(calls::incrementAndGet);
        once.deadline(scheduler.now());
        for (int round = 0; round < 3; round++) {
            CountDownLatch other = new CountDownLatch(1);
            scheduler.register(other::countDown).deadline(scheduler.now());
            other.await();
        }
        assertThat(calls).hasValue(1);
    }

    @Test
    void aCallbackMaySetTheNextDeadline() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(3);
        AtomicReference<DeadlineScheduler.Task> task = new AtomicReference<>();
        task.set(scheduler.register(() -> {
            called.countDown();
            task.get().deadline(scheduler.now());
        }));
        task.get().deadline(scheduler.now());
        called.await();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallbackThatThrowsDoesNotStopTheOthers(boolean error) throws InterruptedException {
        CountDownLatch thrown = new CountDownLatch(1);
        scheduler
                .register(() -> {
                    thrown.countDown();
                    if (error) {
                        throw new AssertionError("of the test");
                    }
                    throw new IllegalStateException("of the test");
                })
                .deadline(scheduler.now());
        thrown.await();
        CountDownLatch called = new CountDownLatch(1);
        scheduler.register(called::countDown).deadline(scheduler.now());
        called.await();
    }

    @Test
    void aCancelledTaskIsForgotten() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        DeadlineScheduler.Task task = scheduler.register(calls::incrementAndGet);
        task.cancel();
        task.deadline(scheduler.now());
        assertThat(scheduler.size()).isZero();
        CountDownLatch other = new CountDownLatch(1);
        scheduler.register(other::countDown).deadline(scheduler.now());
        other.await();
        assertThat(calls).hasValue(0);
    }

    @Test
    void noDeadlineIsLostWhenManyThreadsSetThem() throws InterruptedException {
        int threads = 4;
        int tasks = 200;
        CountDownLatch called = new CountDownLatch(threads * tasks);
        Thread[] setters = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            setters[i] = new Thread(() -> {
                for (int n = 0; n < tasks; n++) {
                    scheduler.register(called::countDown).deadline(scheduler.now() + n % 7 * MILLI);
                }
            });
            setters[i].start();
        }
        for (Thread setter : setters) {
            setter.join();
        }
        called.await();
    }

    @Test
    void itsThreadIsADaemonAndEndsWithIt() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        scheduler
                .register(() -> {
                    thread.set(Thread.currentThread());
                    called.countDown();
                })
                .deadline(scheduler.now());
        called.await();
        assertThat(thread.get().isDaemon()).isTrue();
        scheduler.close();
        thread.get().join();
        assertThat(scheduler.size()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> scheduler.register(() -> {}));
    }

    /** Waits until a sweep that came after this call's own task is over, so that the thread goes to sleep for long. */
    private void awaitSleep() throws InterruptedException {
        CountDownLatch swept = new CountDownLatch(1);
        DeadlineScheduler.Task task = scheduler.register(swept::countDown);
        task.deadline(scheduler.now());
        swept.await();
        task.cancel();
    }
}
