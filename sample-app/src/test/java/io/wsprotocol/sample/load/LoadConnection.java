package io.wsprotocol.sample.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One connection of the load: sends the same frame again and again, as cheaply as can be. Not thread-safe. */
final class LoadConnection {

    private static final int PATIENCE_MILLIS = 20_000;

    private final SocketChannel channel;
    private final Selector selector;
    private final FrameCounter counter = new FrameCounter();
    private final Queue<Long> intended = new ArrayDeque<>();
    private final ByteBuffer frames;
    private final int frameBytes;
    private long unsentBytes;
    private @Nullable SelectionKey key;

    /**
     * Connects and asks for the upgrade, whose answer {@link #awaitUpgrade} takes.
     *
     * @param frames one frame many times, shared
     * @param frameBytes of one of them
     */
    LoadConnection(Selector selector, int port, String path, ByteBuffer frames, int frameBytes) throws IOException {
        this.selector = selector;
        this.frames = frames.duplicate();
        this.frameBytes = frameBytes;
        channel = SocketChannel.open();
        try {
            channel.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            askUpgrade(port, path);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void askUpgrade(int port, String path) throws IOException {
        channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
    }

    /** Waits for the upgrade. Then messages may be sent. */
    void awaitUpgrade() throws IOException {
        // Reading through the stream is what the time-out is for: a read of the channel would wait for ever.
        channel.socket().setSoTimeout(PATIENCE_MILLIS);
        InputStream in = channel.socket().getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("no answer to the upgrade: " + head);
            }
            head.append((char) octet);
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("not upgraded: " + head);
        }
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Sends so many messages more. */
    void send(int messages) throws IOException {
        unsentBytes += (long) messages * frameBytes;
        flush();
    }

    /** Sends one message whose time has come, and remembers the time. */
    void send(long due) throws IOException {
        intended.add(due);
        send(1);
    }

    /** {@return when the message was to be sent that has come back now} */
    long takeIntended() {
        return intended.remove();
    }

    /** {@return how many messages came back} */
    int ready(ByteBuffer scratch) throws IOException {
        if (key().isWritable()) {
            flush();
        }
        scratch.clear();
        if (channel.read(scratch) < 0) {
            throw new EOFException("the server ended a connection");
        }
        return counter.count(scratch.flip());
    }

    void close() throws IOException {
        channel.close();
    }

    /** The bytes not sent yet end where the shared frames end, so that a frame that was cut goes on where it was cut. */
    private void flush() throws IOException {
        while (unsentBytes > 0) {
            int cut = (int) ((frameBytes - unsentBytes % frameBytes) % frameBytes);
            int length = (int) Math.min(unsentBytes, frames.capacity() - cut);
            frames.limit(cut + length).position(cut);
            int written = channel.write(frames);
            unsentBytes -= written;
            if (written < length) {
                key().interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
        }
        if (key().interestOps() != SelectionKey.OP_READ) {
            key().interestOps(SelectionKey.OP_READ);
        }
    }

    private SelectionKey key() {
        if (key == null) {
            throw new IllegalStateException("not upgraded yet");
        }
        return key;
    }
}
