package io.wsprotocol.driver;

import io.wsprotocol.WebSocketHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server's connection under one lock, as a shell of many threads has it. What is said of it is for the arbiter. */
class LockedConnection implements SendListener {

    private static final int TEXT = 0x81;
    private static final int MASKED = 0x80;
    private static final long SECOND = 1_000_000_000L;

    final WebSocketConnection connection;
    int completed;
    int delivered;
    int ends;
    int code;

    LockedConnection() {
        ConnectionOptions options = ConnectionOptions.builder()
                .keepAlive(KeepAliveMode.OFF)
                .idleTimeout(Duration.ofSeconds(1))
                .build();
        var handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        connection = WebSocketConnection.open(handle, options, this, () -> {}, 0);
    }

    /** A message of one byte arrives, and what follows from it is told. */
    synchronized void input() {
        connection.feed(ByteBuffer.wrap(new byte[] {(byte) TEXT, (byte) (MASKED | 1), 0, 0, 0, 0, 'x'}));
        tell();
    }

    /** The idle deadline passes. */
    synchronized void time() {
        connection.onTime(2 * SECOND);
        tell();
    }

    /** All that waits is written. */
    synchronized void write() {
        while (connection.wantsWrite()) {
            long bytes = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                bytes += connection.writeBuffers()[i].remaining();
            }
            connection.written(bytes);
        }
        tell();
    }

    synchronized void lose() {
        connection.transportFailed(new IllegalStateException("of the test"));
        tell();
    }

    synchronized void pause() {
        connection.pauseReading();
        tell();
    }

    /** {@return 1 when nothing is queued} The end, if it has not come. */
    synchronized int end() {
        write();
        connection.resumeReading();
        tell();
        connection.transportClosed();
        tell();
        return connection.queuedMessages() == 0 && connection.queuedBytes() == 0 ? 1 : 0;
    }

    private void tell() {
        for (ConnectionEvent event = connection.nextEvent();
                event != ConnectionEvent.NONE;
                event = connection.nextEvent()) {
            if (event == ConnectionEvent.CLOSED) {
                ends++;
                code = connection.closeEvent().code();
            } else {
                delivered++;
            }
        }
    }

    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
        completed++;
    }
}
