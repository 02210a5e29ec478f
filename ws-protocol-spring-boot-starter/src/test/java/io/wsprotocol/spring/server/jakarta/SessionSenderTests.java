package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SessionSettings;
import io.wsprotocol.spring.server.ShellListener;
import io.wsprotocol.spring.server.SocketTransport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionSenderTests {

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Blocking transport = new Blocking();
    private final Answering listener = new Answering();

    @AfterEach
    void stop() throws InterruptedException {
        transport.goesOn.countDown();
        scheduler.close();
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** As on Tomcat with its asynchronous I/O switched off, where the pump writes and waits, its connection locked. */
    @Test
    void aMessageWhoseTimeIsOverKeepsTheTimerOfAllConnectionsFromNothing() throws InterruptedException {
        ServerHandle handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        ConnectionOptions options = ConnectionOptions.defaults();
        ConnectionShell shell =
                new ConnectionShell(handle, options, transport, listener, ConnectionObserver.NONE, scheduler);
        SessionSettings settings = new SessionSettings(options, SendOverflow.BLOCK, Duration.ofSeconds(10));
        listener.sender = new SessionSender(shell, settings, scheduler);
        threads.execute(shell::readable);
        assertThat(transport.writes.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(listener.late.await(10, TimeUnit.SECONDS)).isTrue();

        CountDownLatch another = new CountDownLatch(1);
        scheduler.register(another::countDown).deadline(scheduler.now());

        assertThat(another.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Answers the last but one of its messages, so that the pump is about to come by and writes the answer. */
    private static final class Answering implements ShellListener {

        final CountDownLatch late = new CountDownLatch(1);
        volatile SessionSender sender;

        @Override
        public void opened() {}

        @Override
        public void text(String payload, boolean last) {
            if (payload.equals("c")) {
                ByteBuffer answer = ByteBuffer.wrap("answer".getBytes(StandardCharsets.UTF_8));
                sender.async(MessageType.TEXT, answer, 1, failure -> late.countDown());
            }
        }

        @Override
        public void binary(ByteBuffer payload, boolean last) {}

        @Override
        public void pong(ByteBuffer payload) {}

        @Override
        public void closed(CloseEvent event) {}
    }

    /** Reads four messages at once, and waits in its first write. */
    private final class Blocking implements SocketTransport {

        final CountDownLatch writes = new CountDownLatch(1);
        final CountDownLatch goesOn = new CountDownLatch(1);
        private boolean read;

        @Override
        public String name() {
            return "blocking";
        }

        @Override
        public int read(ByteBuffer target) {
            if (read) {
                return 0;
            }
            read = true;
            for (char c : "abcd".toCharArray()) {
                target.put((byte) 0x81).put((byte) 0x81).putInt(0).put((byte) c);
            }
            return 4 * 7;
        }

        @Override
        public void awaitReadable() {}

        @Override
        public long write(ByteBuffer[] buffers, int count) {
            writes.countDown();
            try {
                assertThat(goesOn.await(60, TimeUnit.SECONDS)).isTrue();
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
        public void close() {}

        @Override
        public void execute(Runnable task) {
            threads.execute(task);
        }
    }
}
