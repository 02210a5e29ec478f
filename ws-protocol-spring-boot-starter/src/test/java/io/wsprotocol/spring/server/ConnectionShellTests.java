package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell of a connection over a transport that only exists here. */
class ConnectionShellTests {

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch mayWrite = new CountDownLatch(1);

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anObserverThatFailsEveryTimeDoesNotKeepTheEndFromTheListener(boolean error) {
        ConnectionObserver failing = new ConnectionObserver() {
            @Override
            public void queueChanged(int messages, long bytes) {
                fail();
            }

            @Override
            public void closed(CloseEvent event) {
                fail();
            }

            private void fail() {
                if (error) {
                    throw new AssertionError("of the test");
                }
                throw new IllegalStateException("of the test");
            }
        };
        ConnectionShell shell = shell(ConnectionOptions.defaults(), failing);

        shell.readable();

        assertThat(heard).containsExactly("opened", "transport closed", "closed 1006");
        assertThat(scheduler.size()).isZero();
    }

    @Test
    void aWriteThatTakesLongDoesNotStopTheTimeOfOtherConnections() throws InterruptedException {
        ConnectionOptions options =
                ConnectionOptions.builder().idleTimeout(Duration.ofMillis(200)).build();
        ConnectionShell shell = shell(options, ConnectionObserver.NONE);
        shell.readable();
        Thread sender = new Thread(() -> shell.trySendText("slow"));
        sender.start();
        assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();

        CountDownLatch other = new CountDownLatch(1);
        scheduler.register(other::countDown).deadline(scheduler.now() + TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(other.await(10, TimeUnit.SECONDS)).isTrue();

        mayWrite.countDown();
        sender.join(20_000);
    }

    @Test
    void aLimitBelowZeroIsRefusedAndTheConnectionLivesOn() {
        ConnectionShell shell = shell(ConnectionOptions.defaults(), ConnectionObserver.NONE);
        shell.readable();

        assertThatThrownBy(() -> shell.limitText(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> shell.limitBinary(-1)).isInstanceOf(IllegalArgumentException.class);

        assertThat(shell.isOpen()).isTrue();
        assertThat(heard).containsExactly("opened");
    }

    @Test
    void nothingIsReadOrToldBeforeTheTransportSaysThatItMayBe() {
        ConnectionShell shell = shell(ConnectionOptions.defaults(), ConnectionObserver.NONE);

        shell.limitText(5);
        shell.limitBinary(5);

        assertThat(reads).hasValue(0);
        assertThat(heard).isEmpty();
        shell.readable();
        assertThat(reads).hasValue(1);
        assertThat(heard).containsExactly("opened");
    }

    private ConnectionShell shell(ConnectionOptions options, ConnectionObserver observer) {
        var handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        return new ConnectionShell(handle, options, new Transport(), new Listener(), observer, scheduler);
    }

    /** Never has bytes to read, and writes when the test lets it. */
    private final class Transport implements SocketTransport {

        @Override
        public String name() {
            return "test";
        }

        @Override
        public int read(ByteBuffer target) {
            reads.incrementAndGet();
            return 0;
        }

        @Override
        public void awaitReadable() {}

        @Override
        public long write(ByteBuffer[] buffers, int count) {
            writing.countDown();
            try {
                assertThat(mayWrite.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
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
            return false;
        }

        @Override
        public void close() {
            heard.add("transport closed");
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    /** Writes down what it hears. */
    private final class Listener implements ShellListener {

        @Override
        public void opened() {
            heard.add("opened");
        }

        @Override
        public void text(String payload, boolean last) {
            heard.add("text");
        }

        @Override
        public void binary(ByteBuffer payload, boolean last) {
            heard.add("binary");
        }

        @Override
        public void pong(ByteBuffer payload) {
            heard.add("pong");
        }

        @Override
        public void closed(CloseEvent event) {
            heard.add("closed " + event.code());
        }
    }
}
