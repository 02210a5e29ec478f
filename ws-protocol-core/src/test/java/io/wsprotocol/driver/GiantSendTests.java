package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.wire.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A message of 1 GiB on its way out, in virtual bytes: a hole in a file that nobody reads. Pongs, pings and a Close wait for one frame
 * at most, never for the message.
 */
class GiantSendTests {

    private static final int GIB = 1 << 30;
    private static final long MOST_WAIT = ConnectionOptions.defaults().sendFrameBytes() + FrameHeader.MAX_BYTES;

    private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private final WebSocketConnection connection = open();
    private String outcome = "";
    private long written;

    private WebSocketConnection open() {
        ConnectionOptions options =
                ConnectionOptions.builder().pingInterval(PING_INTERVAL).build();
        ServerHandle handle = WebSocketHandle.createServer(options.handleOptions(HandleOptions.defaults()));
        handle.assumeHandshakeDone();
        return WebSocketConnection.open(handle, options, (context, how) -> outcome += how, () -> {}, 0);
    }

    private void sendAGibibyte() throws IOException {
        try (FileChannel file = FileChannel.open(
                directory.resolve("hole"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.allocate(1), GIB - 1);
            ByteBuffer hole = file.map(FileChannel.MapMode.READ_ONLY, 0, GIB);
            assertThat(connection.trySend(MessageType.BINARY, hole, true, null)).isEqualTo(SendResult.ACCEPTED);
        }
    }

    /** Writes one batch. {@return the byte that it begins with} */
    private int writeBatch() {
        assertThat(connection.wantsWrite()).isTrue();
        int byte0 = -1;
        long batch = 0;
        for (int i = 0; i < connection.writeBufferCount(); i++) {
            ByteBuffer buffer = connection.writeBuffers()[i];
            if (byte0 < 0 && buffer.hasRemaining()) {
                byte0 = buffer.get(buffer.position()) & 0xFF;
            }
            batch += buffer.remaining();
        }
        connection.written(batch);
        written += batch;
        return byte0;
    }

    private void pingArrives() {
        connection.feed(Frames.frame(true, Frames.FIN | Frames.PING, "now"));
        connection.nextEvent();
    }

    @Test
    void aPongOrPingWaitsForOneFrameAtMost() throws IOException {
        sendAGibibyte();
        long slowest = 0;
        for (int frame = 0; outcome.isEmpty(); frame++) {
            // halfway through a frame
            assertThat(connection.wantsWrite()).isTrue();
            connection.written(100);
            written += 100;
            if (frame % 1000 == 0) {
                boolean keepAlive = frame == 1000;
                if (keepAlive) {
                    connection.onTime(PING_INTERVAL.toNanos());
                } else {
                    pingArrives();
                }
                long before = written;
                writeBatch();
                assertThat(writeBatch()).isEqualTo(Frames.FIN | (keepAlive ? Frames.PING : Frames.PONG));
                slowest = Math.max(slowest, written - before);
            } else {
                writeBatch();
            }
        }
        assertThat(written).isGreaterThan(GIB);
        // the rest of a frame, the control frame, and what is corked behind it
        assertThat(slowest).isBetween(1L, 2 * MOST_WAIT);
        assertThat(outcome).isEqualTo("SENT");
    }

    @Test
    void aCloseOfThePeerIsAnsweredAfterOneFrame() throws IOException {
        sendAGibibyte();
        connection.wantsWrite();
        connection.written(100);
        connection.feed(Frames.close(true, 1001, ""));
        connection.nextEvent();
        writeBatch();
        assertThat(writeBatch()).isEqualTo(Frames.FIN | Frames.CLOSE);
        assertThat(written).isLessThan(2 * MOST_WAIT);
        assertThat(outcome).isEqualTo("FAILED");
        assertThat(connection.wantsTransportClose()).isTrue();
    }

    @Test
    void aLimitThatIsBrokenDoesNotWaitForItEither() throws IOException {
        sendAGibibyte();
        connection.wantsWrite();
        connection.written(100);
        connection.failSlowPeer(1008);
        writeBatch();
        assertThat(writeBatch()).isEqualTo(Frames.FIN | Frames.CLOSE);
        assertThat(written).isLessThan(2 * MOST_WAIT);
    }
}
