package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.BufferSource;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What 10,000 connections cost that agreed on compression and have used it, in the heap and beside it. */
class CompressedFootprintTests {

    private static final int CONNECTIONS = 10_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String TEXT = "all work and no play makes a dull message. ".repeat(60);

    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private final ByteBuffer wire = ByteBuffer.allocate(64 << 10);

    @Test
    @Tag("slow")
    void tenThousandCompressedConnectionsTakeLessThan64MiB() throws IOException {
        try (CoderPool pool = new CoderPool(8)) {
            ConnectionOptions options = ConnectionOptions.builder()
                    .compression(DeflateOptions.defaults())
                    .coderPool(pool)
                    .build();
            used(options);
            long heap = liveHeap();
            long resident = residentBytes();
            List<WebSocketConnection> kept = new ArrayList<>(CONNECTIONS);
            for (int i = 0; i < CONNECTIONS; i++) {
                kept.add(used(options));
            }
            long moreHeap = liveHeap() - heap;
            long moreResident = residentBytes() - resident;
            assertThat(kept).hasSize(CONNECTIONS);
            assertThat(pool.inflatedMessages()).isEqualTo(CONNECTIONS + 1);
            assertThat(moreHeap).isLessThan(MOST_BYTES);
            assertThat(moreResident).isLessThan(MOST_BYTES);
        }
    }

    /** {@return a server's connection that has received a compressed message and sent one} */
    private WebSocketConnection used(ConnectionOptions options) {
        HandleOptions base = HandleOptions.builder().bufferSource(new Kept()).build();
        ServerHandle handle = WebSocketHandle.createServer(options.handleOptions(base));
        handle.assumeHandshakeDone();
        DeflateParameters alone = new DeflateParameters(15, 15, true, true);
        WebSocketConnection connection =
                WebSocketConnection.open(handle, options, alone, (context, outcome) -> {}, () -> {}, 0);
        connection.feed(
                Frames.frame(true, 0xC1, new byte[] {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 7, 0}));
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
        connection.trySendText(TEXT, null);
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
        while (connection.wantsWrite()) {
            long written = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                written += connection.writeBuffers()[i].remaining();
                wire.clear().put(connection.writeBuffers()[i]);
            }
            connection.written(written);
        }
        if (connection.wantsRead()) {
            connection.readBuffer();
            connection.received(0); // nothing to read: the memory goes back
        }
        return connection;
    }

    /** Lends again what came back. */
    private final class Kept implements BufferSource {

        @Override
        public ByteBuffer acquire(int bytes) {
            ByteBuffer buffer = buffers.poll();
            return buffer != null && buffer.capacity() >= bytes ? buffer : ByteBuffer.allocate(32 << 10);
        }

        @Override
        public void release(ByteBuffer buffer) {
            buffers.add(buffer);
        }
    }

    private static long liveHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() throws IOException {
        if (!Files.exists(STATUS)) {
            return 0; // only Linux tells
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
