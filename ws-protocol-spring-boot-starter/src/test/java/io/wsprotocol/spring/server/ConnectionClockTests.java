package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That a connection which only sends knows what time it is: its deadlines count from the send, not from the last read. */
class ConnectionClockTests {

    private static final Duration LIMIT = Duration.ofMillis(900);

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final BlockingQueue<Long> writes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void aWriteAfterALongSilenceHasItsWholeTime() throws InterruptedException {
        ConnectionShell shell =
                shell(ConnectionOptions.builder().writeTimeout(LIMIT).build(), false);
        passTime();

        long before = System.nanoTime();
        assertThat(shell.trySendText("late")).isEqualTo(SendResult.ACCEPTED);

        assertThat(next(ends) - before).isGreaterThanOrEqualTo(LIMIT.toNanos());
    }

    @Test
    void aConnectionThatOnlySendsIsNotIdle() throws InterruptedException {
        ConnectionOptions options = ConnectionOptions.builder()
                .keepAlive(KeepAliveMode.OFF)
                .idleTimeout(LIMIT)
                .build();
        ConnectionShell shell = shell(options, true);
        passTime();

        long before = System.nanoTime();
        assertThat(shell.trySendText("late")).isEqualTo(SendResult.ACCEPTED);

        next(writes);
        long close = next(writes);
        assertThat(close - before).isGreaterThanOrEqualTo(LIMIT.toNanos());
    }

    @Test
    void aCloseAfterALongSilenceWaitsItsWholeTimeForTheAnswer() throws InterruptedException {
        ConnectionShell shell =
                shell(ConnectionOptions.builder().closeTimeout(LIMIT).build(), true);
        passTime();

        long before = System.nanoTime();
        assertThat(shell.close(1000, null)).isTrue();

        assertThat(next(ends) - before).isGreaterThanOrEqualTo(LIMIT.toNanos());
    }

    /** Two thirds of the limit, in which nothing happens on the connection. */
    private void passTime() throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        scheduler.register(passed::countDown).deadline(scheduler.now() + LIMIT.toNanos() * 2 / 3);
        assertThat(passed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static long next(BlockingQueue<Long> times) throws InterruptedException {
        Long time = times.poll(20, TimeUnit.SECONDS);
        assertThat(time).isNotNull();
        return time;
    }

    private ConnectionShell shell(ConnectionOptions options, boolean taking) {
        var handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        ConnectionShell shell = new ConnectionShell(
                handle, options, new Transport(taking), new Deaf(), ConnectionObserver.NONE, scheduler);
        shell.readable();
        return shell;
    }

    /** Never has bytes to read, and takes all that is written or lets all of it wait. */
    private final class Transport implements SocketTransport {

        private final boolean taking;

        Transport(boolean taking) {
            this.taking = taking;
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public int read(ByteBuffer target) {
            return 0;
        }

        @Override
        public void awaitReadable() {}

        @Override
        public long write(ByteBuffer[] buffers, int count) {
            writes.add(System.nanoTime());
            if (!taking) {
                return PENDING;
            }
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += buffers[i].remaining();
                buffers[i].position(buffers[i].limit());
            }
            return bytes;
        }

        @Override
        public boolean shutdownOutput() {
            return true;
        }

        @Override
        public void close() {
            ends.add(System.nanoTime());
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    /** Hears nothing. */
    private static final class Deaf implements ShellListener {

        @Override
        public void opened() {}

        @Override
        public void text(String payload, boolean last) {}

        @Override
        public void binary(ByteBuffer payload, boolean last) {}

        @Override
        public void pong(ByteBuffer payload) {}

        @Override
        public void closed(CloseEvent event) {}
    }
}
