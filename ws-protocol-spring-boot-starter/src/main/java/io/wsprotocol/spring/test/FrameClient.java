package io.wsprotocol.spring.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A client that sends what a test wants, frame by frame and wrong where it shall be, and says what came back. Not thread-safe.
 *
 * <p>It opens a connection in memory, to an application without a port ({@link InMemoryWebSockets#open}), or one over a socket
 * ({@link #open}). Then a test is a conversation. What is expected is waited for, ten seconds at most:
 *
 * <pre>{@code
 * try (FrameClient client = FrameClient.open(URI.create("ws://localhost:" + port + "/echo"))) {
 *     client.sendText("hello").expectText("hello");
 *     client.send(Frame.text("in ").notFinal()).send(Frame.continuation("parts")).expectText("in parts");
 *     assertThat(client.send(Frame.ping("?")).nextFrame()).isEqualTo(Frame.pong("?"));
 * }
 * }</pre>
 *
 * <p>Everything that a peer may get wrong can be tried, on a connection each:
 *
 * <pre>{@code
 * one.send(Frame.text("compressed?").withReserved(4)).expectClose(1002).expectEnd(); // RSV1
 * two.sendUnmasked(Frame.text("hello")).expectClose(1002).expectEnd();
 * three.sendInPieces(1, Frame.text("byte by byte")).expectText("byte by byte");
 * four.write(Arrays.copyOf(Frame.text("cut").bytes(7), 4)).shutdownOutput();
 * }</pre>
 *
 * <p>A closing handshake has an order; in memory, {@link #close} returns when the handler has heard of the end:
 *
 * <pre>{@code
 * try (FrameClient client = sockets.open("/echo")) {
 *     client.sendClose(1000).expectClose(1000).expectEnd();
 * }
 * assertThat(handler.closedWith()).isEqualTo(1000);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class FrameClient implements AutoCloseable {

    /** How long everything may take. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int B0_FIN = 0x80;
    private static final int B1_MASK = 0x80;
    private static final int MOST_PAYLOAD_BYTES = 256 << 20;

    private final ByteLink link;
    private final HandshakeResponse response;
    private Duration patience = PATIENCE;

    /**
     * Makes one whose handshake is done.
     *
     * @param link to the server
     * @param response of the server
     */
    FrameClient(ByteLink link, HandshakeResponse response) {
        this.link = link;
        this.response = response;
    }

    /**
     * {@return a client whose connection over a socket is open}
     *
     * @param url {@code ws} or {@code wss}
     * @throws AssertionError when the server refuses
     * @throws UncheckedIOException when it cannot be reached
     */
    public static FrameClient open(URI url) {
        return handshake(url).open();
    }

    /**
     * {@return a handshake over a socket, to be made as the test wants it}
     *
     * @param url {@code ws} or {@code wss}
     */
    public static Handshake handshake(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        return new Handshake(head -> SocketLink.open(url, head), target, url.getRawAuthority());
    }

    /** {@return what the server answered to the handshake, such as the sub-protocol it chose} */
    public HandshakeResponse response() {
        return response;
    }

    /**
     * Waits so long from now on, where ten seconds are not right.
     *
     * @param time for each wait
     * @return this
     */
    public FrameClient patience(Duration time) {
        patience = time;
        return this;
    }

    /**
     * Sends a text message.
     *
     * @param text its payload
     * @return this
     */
    public FrameClient sendText(String text) {
        return send(Frame.text(text));
    }

    /**
     * Sends a binary message.
     *
     * @param payload its payload
     * @return this
     */
    public FrameClient sendBinary(byte... payload) {
        return send(Frame.binary(payload));
    }

    /**
     * Sends a Close.
     *
     * @param status any, from 0 to 65535
     * @return this
     */
    public FrameClient sendClose(int status) {
        return send(Frame.close(status, ""));
    }

    /**
     * Sends a frame, masked with a random key.
     *
     * @param frame right or wrong
     * @return this
     */
    public FrameClient send(Frame frame) {
        return write(masked(frame));
    }

    /**
     * Sends a frame without a mask, which RFC 6455 §5.1 forbids to clients.
     *
     * @param frame right or wrong
     * @return this
     */
    public FrameClient sendUnmasked(Frame frame) {
        return write(frame.bytes());
    }

    /**
     * Sends a frame, masked, in pieces: in memory the server reads each by itself; over a socket they may meet on the way.
     *
     * @param size of a piece, in bytes
     * @param frame right or wrong
     * @return this
     */
    public FrameClient sendInPieces(int size, Frame frame) {
        byte[] bytes = masked(frame);
        for (int from = 0; from < bytes.length; from += size) {
            write(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
            try {
                link.settle(patience);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    /**
     * Sends bytes as they are.
     *
     * @param bytes any
     * @return this
     */
    public FrameClient write(byte[] bytes) {
        try {
            link.write(bytes, patience);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends what is sent, as a client that is gone; what the server sends can still be read.
     *
     * @return this
     */
    public FrameClient shutdownOutput() {
        try {
            link.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Expects a text message next, in whatever frames.
     *
     * @param text its payload
     * @return this
     */
    public FrameClient expectText(String text) {
        return expect(Frame.text(text), nextMessage());
    }

    /**
     * Expects a binary message next, in whatever frames.
     *
     * @param payload its payload
     * @return this
     */
    public FrameClient expectBinary(byte... payload) {
        return expect(Frame.binary(payload), nextMessage());
    }

    /**
     * Expects a frame next.
     *
     * @param frame exactly this one
     * @return this
     */
    public FrameClient expectFrame(Frame frame) {
        return expect(frame, nextFrame());
    }

    /**
     * Expects a Close next, whatever its reason.
     *
     * @param status its status; 1005 for a Close without one
     * @return this
     */
    public FrameClient expectClose(int status) {
        Frame frame = nextFrame();
        if (frame.opcode() != Frame.CLOSE || frame.closeStatus() != status) {
            throw new AssertionError("expected a close with " + status + ", but got: " + frame);
        }
        return this;
    }

    /**
     * Expects the end of what the server sends.
     *
     * @return this
     */
    public FrameClient expectEnd() {
        byte[] next = new byte[1];
        try {
            if (link.read(next, patience) >= 0) {
                throw new AssertionError("expected the end, but got a byte: 0x" + Integer.toHexString(next[0] & 0xFF));
            }
            return this;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("expected the end, but " + e.getMessage(), e);
        } catch (IOException e) {
            // A reset is an end, too.
            return this;
        }
    }

    /**
     * {@return the next message, its frames put together; a control frame as it is}
     *
     * @throws AssertionError when there is none in time, or what comes is none
     */
    public Frame nextMessage() {
        Frame first = nextFrame();
        if (first.fin()) {
            return first;
        }
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.writeBytes(first.payload());
        Frame part;
        do {
            part = nextFrame();
            if (part.opcode() != Frame.CONTINUATION) {
                throw new AssertionError("expected a continuation, but got: " + part);
            }
            payload.writeBytes(part.payload());
        } while (!part.fin());
        return new Frame(true, first.reserved(), first.opcode(), payload.toByteArray());
    }

    /**
     * {@return the next frame}
     *
     * @throws AssertionError when there is none in time, or the server ended or broke a rule
     */
    public Frame nextFrame() {
        byte[] start = exactly(2);
        int b0 = start[0] & 0xFF;
        int b1 = start[1] & 0xFF;
        if ((b1 & B1_MASK) != 0) {
            throw new AssertionError("a server must not mask (RFC 6455 §5.1)");
        }
        long length = b1;
        if (b1 > 125) {
            length = new BigInteger(1, exactly(b1 == 126 ? 2 : 8)).longValue();
        }
        if (length < 0 || length > MOST_PAYLOAD_BYTES) {
            throw new AssertionError("a frame of " + Long.toUnsignedString(length) + " bytes");
        }
        return new Frame((b0 & B0_FIN) != 0, b0 >> 4 & 7, b0 & 15, exactly((int) length));
    }

    private byte[] exactly(int count) {
        byte[] bytes = new byte[count];
        int read = 0;
        try {
            while (read < count) {
                byte[] more = new byte[count - read];
                int part = link.read(more, patience);
                if (part < 0) {
                    throw new AssertionError("expected a frame, but the server ended the connection");
                }
                System.arraycopy(more, 0, bytes, read, part);
                read += part;
            }
            return bytes;
        } catch (IOException e) {
            throw new AssertionError("expected a frame, but " + e.getMessage(), e);
        }
    }

    private FrameClient expect(Frame expected, Frame actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected: " + expected + ", but got: " + actual);
        }
        return this;
    }

    private static byte[] masked(Frame frame) {
        return frame.bytes(ThreadLocalRandom.current().nextInt());
    }

    /**
     * Ends the connection at once, without a Close. In memory, it returns when the application's handler has heard of the end and
     * has returned.
     *
     * @throws AssertionError when the handler does not return in time
     */
    @Override
    public void close() {
        try {
            link.close(patience);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
