package io.wsprotocol.driver;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The pump of a stack that owns its read memory and whose other threads come between any two steps: what {@link ConnectionLoop} is,
 * in another order and with {@link WebSocketConnection#feed}. Not thread-safe: confine to one thread or guard with one lock.
 */
final class SimulatedFeeder {

    private final WebSocketConnection connection;
    private final Transport transport;
    private final MessageListener listener;
    private final Runnable others;
    private final ByteBuffer bytes = ByteBuffer.allocate(512).limit(0);
    private boolean outputShut;
    private boolean closed;

    SimulatedFeeder(WebSocketConnection connection, Transport transport, MessageListener listener, Runnable others) {
        this.connection = connection;
        this.transport = transport;
        this.listener = listener;
        this.others = others;
    }

    /** {@return what to wait for, as {@link ConnectionLoop#run} says it} */
    int run(long now) {
        if (closed) {
            return Interest.CLOSED;
        }
        connection.onTime(now);
        try {
            boolean moved = true;
            while (moved && !closed) {
                moved = read();
                others.run();
                moved |= write();
                moved |= deliver();
                moved |= end();
            }
        } catch (IOException e) {
            connection.transportFailed(e);
            transport.close();
        }
        deliver();
        if (closed) {
            return Interest.CLOSED;
        }
        return (connection.wantsRead() ? Interest.READ : Interest.NONE)
                | (connection.wantsWrite() ? Interest.WRITE : Interest.NONE);
    }

    /** {@return whether bytes were read that the connection has not taken yet} */
    boolean holdsBytes() {
        return bytes.hasRemaining();
    }

    private boolean read() throws IOException {
        if (!connection.wantsRead()) {
            return false;
        }
        if (!bytes.hasRemaining()) {
            int read = transport.read(bytes.clear());
            bytes.flip();
            if (read == Transport.END) {
                connection.endOfInput();
                return true;
            }
        }
        int before = bytes.remaining();
        connection.feed(bytes);
        return bytes.remaining() < before;
    }

    private boolean write() throws IOException {
        if (!connection.wantsWrite()) {
            return false;
        }
        long written = transport.write(connection.writeBuffers(), 0, connection.writeBufferCount());
        connection.written(written);
        return written > 0;
    }

    private boolean deliver() {
        boolean any = false;
        for (ConnectionEvent event = connection.nextEvent();
                event != ConnectionEvent.NONE;
                event = connection.nextEvent()) {
            any = true;
            switch (event) {
                case TEXT -> listener.onText(connection.text(), connection.last());
                case BINARY -> listener.onBinary(connection.payload(), connection.last());
                case PONG -> listener.onPong(connection.payload());
                default -> {
                    closed = true;
                    listener.onClosed(connection.closeEvent());
                }
            }
        }
        return any;
    }

    private boolean end() throws IOException {
        if (connection.wantsTransportClose()) {
            transport.close();
            connection.transportClosed();
            return true;
        }
        if (connection.wantsOutputShutdown() && !outputShut) {
            outputShut = true;
            transport.shutdownOutput();
            return true;
        }
        return false;
    }
}
