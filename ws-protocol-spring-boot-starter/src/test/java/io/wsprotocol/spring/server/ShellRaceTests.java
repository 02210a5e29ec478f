package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that meet in a shell, again and again, each time begun together. */
@Tag("R6455-K-12+")
@Timeout(120)
class ShellRaceTests {

    private static final int TEXT = 0x81;
    private static final int ROUNDS = 500;

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        scheduler.close();
        threads.shutdownNow();
    }

    @Test
    void sendersCloserReaderAndLossMeetAndTheEndIsToldOnceAndLast() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Meeting meeting = new Meeting(1 << 14);
            ConnectionShell shell = meeting.shell;
            together(
                    () -> meeting.send(40_000),
                    () -> meeting.send(5),
                    () -> shell.close(1000, "done"),
                    meeting::read,
                    () -> shell.transportFailed(new IOException("of the test")));
            meeting.requireOneEnd();
        }
    }

    @Test
    void sendersAbortTimerAndReaderMeetAndTheEndIsToldOnceAndLast() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Meeting meeting = new Meeting(100);
            ConnectionShell shell = meeting.shell;
            together(
                    () -> meeting.send(3_000),
                    () -> shell.tryPing(ByteBuffer.allocate(4)),
                    () -> shell.pauseReading(),
                    meeting::read,
                    shell::abort);
            meeting.requireOneEnd();
        }
    }

    @Test
    void whatManyThreadsSendAtOnceLeavesWhole() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Meeting meeting = new Meeting(1 << 16);
            together(() -> meeting.send(70_000), () -> meeting.send(70_000), () -> meeting.send(10), meeting::read);

            // One of them is the flusher, and goes on until nothing is left: no thread has to come by afterwards.
            assertThat(meeting.shell.queuedBytes()).as("round %d", round).isZero();
            meeting.shell.abort();
            meeting.requireOneEnd();
        }
    }

    @Test
    void noRequestForATurnIsLostAndNoTwoThreadsHaveIt() throws Exception {
        for (int round = 0; round < 20 * ROUNDS; round++) {
            AtomicBoolean asked = new AtomicBoolean();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Turn turn = new Turn(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                asked.set(false);
                inside.decrementAndGet();
            });
            Runnable asker = () -> {
                asked.set(true);
                turn.take();
            };
            together(asker, asker);
            assertThat(asked)
                    .as("a request that nobody served in round %d", round)
                    .isFalse();
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void aTurnIsServedAlthoughTheExecutorTakesNothingAnyMore() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        new Turn(served::countDown).passTo(task -> {
            throw new RejectedExecutionException("of the test");
        });
        assertThat(served.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private void together(Runnable... tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.length);
        List<Future<?>> running = new ArrayList<>();
        for (Runnable task : tasks) {
            running.add(threads.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                task.run();
                return null;
            }));
        }
        for (Future<?> one : running) {
            one.get(30, TimeUnit.SECONDS);
        }
    }

    /** One connection that everybody comes to. */
    private final class Meeting {

        private final ScriptedTransport transport;
        private final RecordingShellListener listener = new RecordingShellListener();
        private final ConnectionShell shell;

        Meeting(int mostAtOnce) {
            transport = new ScriptedTransport(mostAtOnce, threads);
            var handle = WebSocketHandle.createServer();
            handle.assumeHandshakeDone();
            shell = new ConnectionShell(
                    handle, ConnectionOptions.defaults(), transport, listener, ConnectionObserver.NONE, scheduler);
        }

        void send(int bytes) {
            shell.trySend(MessageType.BINARY, ByteBuffer.allocate(bytes), true);
        }

        void read() {
            transport.arrives(TEXT, 'a');
            transport.arrives(TEXT, 'b');
            shell.readable();
        }

        void requireOneEnd() throws InterruptedException {
            assertThat(listener.closed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(transport.closes).hasValue(1);
            assertThat(shell.queuedBytes()).isZero();
            List<String> heard = List.copyOf(listener.heard);
            assertThat(heard.get(0)).isEqualTo("opened");
            assertThat(heard.get(heard.size() - 1)).startsWith("closed ");
            assertThat(heard.subList(1, heard.size() - 1))
                    .isSubsetOf("text a", "text b")
                    .doesNotHaveDuplicates();
        }
    }
}
