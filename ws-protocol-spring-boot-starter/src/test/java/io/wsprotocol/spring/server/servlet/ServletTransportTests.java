package io.wsprotocol.spring.server.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.fixture.Wire;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.ShellListener;
import io.wsprotocol.spring.server.SocketTransport;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of {@link ServletTransport} with a container that says exactly when it is ready. */
class ServletTransportTests {

    private final Container container = new Container();

    @Test
    void aBufferNeverOvertakesTheOneBeforeItWhenTheContainerBecomesReadyInBetween() throws Exception {
        ServletTransport transport = started();
        ByteBuffer[] buffers = {bytes("header "), bytes("payload")};
        container.answers(false, true, true, true, true, true);

        assertThat(transport.write(buffers, 2)).isEqualTo(SocketTransport.PENDING);
        assertThat(container.written()).isEmpty();

        assertThat(transport.write(buffers, 2)).isEqualTo(14);
        assertThat(container.written()).isEqualTo("header payload");
    }

    @Test
    void whatTheContainerTookIsSaidWhenItIsFullHalfway() throws Exception {
        ServletTransport transport = started();
        ByteBuffer[] buffers = {bytes("header "), bytes("payload")};
        container.answers(true, false, false);

        assertThat(transport.write(buffers, 2)).isEqualTo(7);
        assertThat(container.written()).isEqualTo("header ");
        assertThat(buffers[1].remaining()).isEqualTo(7);
    }

    @Test
    void whatTheContainerTookWhileItWasFullIsFlushedOnceItIsNot() throws Exception {
        ServletTransport transport = started();
        ByteBuffer[] buffers = {bytes("all there is")};
        container.answers(true, false);
        assertThat(transport.write(buffers, 1)).isEqualTo(12);
        assertThat(container.flushes).isZero();

        container.answers(true, true);
        transport.onWritePossible();

        assertThat(container.flushes).isOne();
    }

    @Test
    void aWriteBeforeTheContainerListensWaitsForItsFirstCall() throws Exception {
        ServletTransport transport = new ServletTransport(container, Runnable::run);

        assertThat(transport.write(new ByteBuffer[] {bytes("early")}, 1)).isEqualTo(SocketTransport.PENDING);
        assertThat(container.written()).isEmpty();
    }

    @Test
    @Timeout(60)
    void whatArrivesWhileTheHandlerIsBusyAndAWriteIsPendingIsReadOnceTheWriteGoesOn() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        List<String> heard = new CopyOnWriteArrayList<>();
        ExecutorService pump = Executors.newSingleThreadExecutor();
        try (DeadlineScheduler scheduler = new DeadlineScheduler()) {
            ServletTransport transport = new ServletTransport(container, pump);
            ConnectionShell shell = shell(transport, scheduler, text -> {
                heard.add(text);
                await(busy);
            });
            container.answers(false);
            transport.start(shell);
            // From here on the pump waits for input.
            pump.submit(() -> {}).get(20, TimeUnit.SECONDS);
            shell.trySendText("pending");
            container.arrives("one");
            transport.onDataAvailable();
            container.arrives("two");
            // Tells the container that the pump is busy, so it leaves "two" where it is; nothing more arrives.
            transport.onDataAvailable();
            assertThat(container.input.remaining()).isPositive();

            busy.countDown();
            container.answers(true, true, true, true, true, true);
            transport.onWritePossible();

            Awaitility.await().untilAsserted(() -> assertThat(heard).containsExactly("one", "two"));
            assertThat(container.written()).endsWith("pending");
            shell.abort();
        } finally {
            pump.shutdownNow();
        }
    }

    private ServletTransport started() throws IOException {
        ServletTransport transport = new ServletTransport(container, Runnable::run);
        try (DeadlineScheduler scheduler = new DeadlineScheduler()) {
            transport.start(shell(transport, scheduler, text -> {}));
        }
        return transport;
    }

    private static ConnectionShell shell(
            ServletTransport transport, DeadlineScheduler scheduler, Consumer<String> texts) {
        ConnectionOptions options = ConnectionOptions.defaults();
        var handle = WebSocketHandle.createServer(options.handleOptions(HandleOptions.defaults()));
        handle.assumeHandshakeDone();
        ShellListener listener = new ShellListener() {
            @Override
            public void opened() {}

            @Override
            public void text(String payload, boolean last) {
                texts.accept(payload);
            }

            @Override
            public void binary(ByteBuffer payload, boolean last) {}

            @Override
            public void pong(ByteBuffer payload) {}

            @Override
            public void closed(CloseEvent event) {}
        };
        return new ConnectionShell(handle, options, transport, listener, ConnectionObserver.NONE, scheduler);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A container's connection that takes everything and is ready when it was told to be. */
    private static final class Container implements WebConnection {

        private final Queue<Boolean> answers = new ArrayDeque<>();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private ByteBuffer input = bytes("");
        private int flushes;

        /** One text message is in the container's buffer. */
        void arrives(String text) {
            input = ByteBuffer.wrap(Wire.text(text).masked(Wire.RFC_KEY).bytes());
        }

        void answers(Boolean... ready) {
            answers.addAll(List.of(ready));
        }

        String written() {
            return written.toString(StandardCharsets.US_ASCII);
        }

        @Override
        public ServletInputStream getInputStream() {
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    return false;
                }

                @Override
                public boolean isReady() {
                    return input.hasRemaining();
                }

                @Override
                public void setReadListener(ReadListener listener) {}

                @Override
                public int read() {
                    throw new AssertionError("byte by byte");
                }

                @Override
                public int read(byte[] target) {
                    int bytes = Math.min(input.remaining(), target.length);
                    input.get(target, 0, bytes);
                    return bytes;
                }
            };
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return answers.remove();
                }

                @Override
                public void setWriteListener(WriteListener listener) {}

                @Override
                public void write(int b) {
                    written.write(b);
                }

                @Override
                public void flush() {
                    flushes++;
                }
            };
        }

        @Override
        public void close() {}
    }
}
