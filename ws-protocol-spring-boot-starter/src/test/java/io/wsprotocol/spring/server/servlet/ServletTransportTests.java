package io.wsprotocol.spring.server.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.server.SocketTransport;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Tests of {@link ServletTransport} with a container that says exactly when it is ready. */
class ServletTransportTests {

    private final Container container = new Container();

    @Test
    void aBufferNeverOvertakesTheOneBeforeItWhenTheContainerBecomesReadyInBetween() throws Exception {
        ServletTransport transport = new ServletTransport(container, Runnable::run);
        ByteBuffer[] buffers = {bytes("header "), bytes("payload")};
        container.answers(false, true, true, true, true, true);

        assertThat(transport.write(buffers, 2)).isEqualTo(SocketTransport.PENDING);
        assertThat(container.written()).isEmpty();

        assertThat(transport.write(buffers, 2)).isEqualTo(14);
        assertThat(container.written()).isEqualTo("header payload");
    }

    @Test
    void whatTheContainerTookIsSaidWhenItIsFullHalfway() throws Exception {
        ServletTransport transport = new ServletTransport(container, Runnable::run);
        ByteBuffer[] buffers = {bytes("header "), bytes("payload")};
        container.answers(true, false, false);

        assertThat(transport.write(buffers, 2)).isEqualTo(7);
        assertThat(container.written()).isEqualTo("header ");
        assertThat(buffers[1].remaining()).isEqualTo(7);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A container's connection that takes everything and is ready when it was told to be. */
    private static final class Container implements WebConnection {

        private final Queue<Boolean> answers = new ArrayDeque<>();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

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
                    return false;
                }

                @Override
                public void setReadListener(ReadListener listener) {}

                @Override
                public int read() {
                    return -1;
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
            };
        }

        @Override
        public void close() {}
    }
}
