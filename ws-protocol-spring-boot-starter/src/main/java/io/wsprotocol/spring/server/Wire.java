package io.wsprotocol.spring.server;

import io.wsprotocol.driver.WebSocketConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Moves bytes between one connection and its transport, and ends the transport when the connection wishes so. Not thread-safe:
 * guarded by the lock of the shell.
 */
final class Wire {

    /** L-28: a turn ends behind the batch that reaches it, so that nobody else waits long for the lock. */
    static final int MOST_WRITTEN = 64 << 10;

    private final WebSocketConnection connection;
    private final SocketTransport transport;
    /* Nothing is read before the transport says that it may be. */
    private boolean readAwaited = true;

    private boolean filled;
    private boolean foundNothing;
    private boolean writePending;
    private boolean writesOn;
    private boolean outputShutDown;
    private boolean gone;
    private boolean endUntold;

    Wire(WebSocketConnection connection, SocketTransport transport) {
        this.connection = connection;
        this.transport = transport;
    }

    /** {@return whether the transport is closed} */
    boolean isGone() {
        return gone;
    }

    /** {@return whether there is something to read now, or the end to tell, which is said once} */
    boolean needsPump() {
        boolean told = endUntold;
        endUntold = false;
        return told || (!gone && !readAwaited && connection.wantsRead());
    }

    /** The transport has something to read. */
    void readable() {
        readAwaited = false;
    }

    /** The transport took bytes of a pending write. */
    void writeCompleted(long bytes) {
        writePending = false;
        if (!gone) {
            connection.written(bytes);
        }
    }

    /** {@return whether the last read brought as much as it could, so that more is likely to be there} */
    boolean expectsMore() {
        return filled && !gone;
    }

    /** {@return whether a read brought something} */
    boolean readOnce() {
        if (gone || readAwaited || !connection.wantsRead()) {
            return false;
        }
        try {
            ByteBuffer buffer = connection.readBuffer();
            int room = buffer.remaining();
            int bytes = transport.read(buffer);
            filled = bytes == room;
            if (bytes == SocketTransport.END) {
                connection.endOfInput();
                return true;
            }
            connection.received(bytes);
            foundNothing = bytes == 0;
            return !foundNothing;
        } catch (IOException e) {
            fail(e);
            return true;
        }
    }

    /** Asks the transport to call if the last read brought nothing. */
    void awaitReadable() {
        if (foundNothing && !gone) {
            readAwaited = true;
            transport.awaitReadable();
        }
        foundNothing = false;
    }

    /** {@return whether the last turn of writing ended at its bound: somebody has to take another} */
    boolean writesOn() {
        return writesOn && !gone;
    }

    /** Writes one turn, as long as the transport takes something. */
    void write() {
        long left = MOST_WRITTEN;
        writesOn = false;
        try {
            while (!writePending && !gone && connection.wantsWrite()) {
                if (left <= 0) {
                    writesOn = true;
                    return;
                }
                long bytes = transport.write(connection.writeBuffers(), connection.writeBufferCount());
                if (bytes == SocketTransport.PENDING) {
                    writePending = true;
                } else {
                    connection.written(bytes);
                    left -= bytes;
                }
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Ends the output or the whole transport if the connection wishes so. */
    void end() {
        if (gone) {
            return;
        }
        boolean close = connection.wantsTransportClose();
        if (!close && connection.wantsOutputShutdown() && !outputShutDown) {
            outputShutDown = true;
            close = !transport.shutdownOutput();
        }
        if (close) {
            closeTransport();
            connection.transportClosed();
        }
    }

    /** The transport is lost. */
    void fail(Throwable cause) {
        if (!gone) {
            closeTransport();
            connection.transportFailed(cause);
        }
    }

    /** The transport first: from then on nobody reads the buffers that the connection gives back. */
    private void closeTransport() {
        gone = true;
        transport.close();
        endUntold = true;
    }
}
