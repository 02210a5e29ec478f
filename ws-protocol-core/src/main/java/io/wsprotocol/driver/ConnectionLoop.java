package io.wsprotocol.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The pump of one connection over one transport: writes while wanted, reads while wanted, hands events to a listener, ends the output
 * and closes. Works in the readiness style: {@link #run} does all that is possible now and says what to wait for. One
 * run moves a bounded number of bytes (L-28), so that no connection holds a thread that serves many.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ConnectionLoop {

    private static final int MOST_READ = 64 << 10;
    private static final int MOST_WRITTEN = 1 << 20;

    private final WebSocketConnection connection;
    private final Transport transport;
    private final MessageListener listener;
    private boolean outputShut;
    private boolean closed;

    /**
     * Makes a loop; {@link #run} starts it.
     *
     * @param connection what to pump; to be used by this loop only, but for its any-thread methods and those for back-pressure
     * @param transport where bytes come from and go to; closed by the loop
     * @param listener takes the events
     */
    public ConnectionLoop(WebSocketConnection connection, Transport transport, MessageListener listener) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.transport = Objects.requireNonNull(transport, "transport");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * Does what is possible now. To be called when what it waited for came about, when a send was signalled, when
     * {@link WebSocketConnection#nextDeadline()} is reached, and after reading was resumed.
     *
     * @param now nanoseconds on the connection's clock
     * @return what to wait for: bits of {@link Interest}; readiness is meant as a level, so bytes left over by a bounded run count
     */
    public int run(long now) {
        if (closed) {
            return Interest.CLOSED;
        }
        connection.onTime(now);
        try {
            pump();
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

    private void pump() throws IOException {
        long mayWrite = MOST_WRITTEN;
        long mayRead = MOST_READ;
        boolean moved = true;
        while (moved && !closed) {
            moved = deliver();
            long written = mayWrite > 0 ? write() : 0;
            mayWrite -= written;
            int read = mayRead > 0 ? read() : 0;
            mayRead -= read;
            moved |= written > 0 || read > 0;
            moved |= endTransport();
        }
    }

    /** {@return whether there was one} Hands on all events that are there. */
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

    private long write() throws IOException {
        if (!connection.wantsWrite()) {
            return 0;
        }
        long written = transport.write(connection.writeBuffers(), 0, connection.writeBufferCount());
        connection.written(written);
        return written;
    }

    /** {@return how many bytes came; 1 for the end of the input, which moves things as well} */
    private int read() throws IOException {
        if (!connection.wantsRead()) {
            return 0;
        }
        ByteBuffer target = connection.readBuffer();
        int read = transport.read(target);
        if (read == Transport.END) {
            connection.endOfInput();
            return 1;
        }
        connection.received(read);
        return read;
    }

    private boolean endTransport() throws IOException {
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
