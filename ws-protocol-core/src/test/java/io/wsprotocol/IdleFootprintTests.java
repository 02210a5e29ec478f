package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a handle and a connection cost while nothing happens. Live heap is counted after collections that no longer change it, over so
 * many objects that the rest of the JVM does not show.
 */
class IdleFootprintTests {

    private static final int HANDLE_BYTES = 512;

    private static final int CONNECTION_BYTES = 1_024;

    private static final int OBJECT_ALIGNMENT = 8;

    private static final int SHARED_MADE_BY = 1_000;

    private static final int COLLECTIONS = 9;

    private static final int ROUNDS = 3;

    private static final byte[] MASKED_BINARY_FRAME = {
        (byte) (FrameHeader.B0_FIN | Opcode.BINARY), (byte) (FrameHeader.B1_MASK | 1), 1, 2, 3, 4, 5
    };

    private final HandleOptions borrowing =
            HandleOptions.builder().bufferSource(new OneBuffer()).build();

    @Test
    void freshHandleIsSmall() {
        assertThat(bytesEach(100_000, this::freshHandle)).isLessThanOrEqualTo(HANDLE_BYTES);
    }

    @Test
    void aClientCostsNoMoreThanAServer() {
        assertThat(bytesEach(100_000, this::freshClient)).isLessThanOrEqualTo(HANDLE_BYTES);
    }

    @Test
    void handleThatHasWorkedHoldsNoBuffers() {
        assertThat(bytesEach(100_000, this::usedHandle)).isLessThanOrEqualTo(HANDLE_BYTES);
    }

    @Test
    void idleConnectionIsSmall() {
        ConnectionOptions options = ConnectionOptions.builder().build();
        HandleOptions handleOptions = options.handleOptions(borrowing);
        assertThat(bytesEach(100_000, () -> {
                    ServerHandle handle = WebSocketHandle.createServer(handleOptions);
                    handle.assumeHandshakeDone();
                    return WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
                }))
                .isLessThanOrEqualTo(CONNECTION_BYTES);
    }

    @Test
    @Tag("slow")
    void millionHandlesCostAsMuchEach() {
        assertThat(bytesEach(1_000_000, this::usedHandle)).isLessThanOrEqualTo(HANDLE_BYTES);
    }

    private ServerHandle freshHandle() {
        ServerHandle handle = WebSocketHandle.createServer(borrowing);
        handle.assumeHandshakeDone();
        return handle;
    }

    private ClientHandle freshClient() {
        ClientHandle handle = WebSocketHandle.createClient(borrowing);
        handle.assumeHandshakeDone();
        return handle;
    }

    private ServerHandle usedHandle() {
        ServerHandle handle = freshHandle();
        try {
            receiveOne(handle);
        } catch (WebSocketProtocolException e) {
            throw new AssertionError(e);
        }
        return handle;
    }

    private static void receiveOne(ServerHandle handle) throws WebSocketProtocolException {
        handle.receive(null, null);
        Action action = handle.getAction(ActionQueue.RECEIVE);
        action.buffer().put(MASKED_BINARY_FRAME);
        handle.completeAction(action, MASKED_BINARY_FRAME.length);
        action = handle.getAction(ActionQueue.RECEIVE);
        assertThat(action.bufferType()).isEqualTo(BufferType.BINARY_MESSAGE);
        handle.completeAction(action, 0);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), null);
        action = handle.getAction(ActionQueue.SEND);
        handle.completeAction(action, action.totalBytes());
        handle.completeAction(handle.getAction(ActionQueue.SEND), 0);
    }

    /**
     * Rounded down to the 8 bytes that objects are aligned to: what else comes to live meanwhile is a few bytes for each. The middle
     * of some rounds: what tests before this one left to other threads comes and goes with one of them.
     */
    private static long bytesEach(int count, Supplier<Object> factory) {
        // What all share, such as blocks of masking keys and the JDK's ciphers, is made by the first ones.
        for (int i = 0; i < SHARED_MADE_BY; i++) {
            factory.get();
        }
        long[] rounds = new long[ROUNDS];
        Arrays.setAll(rounds, round -> bytesEachOnce(count, factory));
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static long bytesEachOnce(int count, Supplier<Object> factory) {
        Object[] kept = new Object[count];
        long before = liveBytes();
        for (int i = 0; i < count; i++) {
            kept[i] = factory.get();
        }
        long after = liveBytes();
        assertThat(kept).doesNotContainNull();
        return (after - before) / count / OBJECT_ALIGNMENT * OBJECT_ALIGNMENT;
    }

    /** The least of some collections: only every fourth gives up the last twentieth of garbage (MarkSweepAlwaysCompactCount). */
    private static long liveBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Lends one buffer to one handle at a time. */
    private static final class OneBuffer implements BufferSource {

        private final ByteBuffer buffer = ByteBuffer.allocate(4096);
        private boolean lent;

        @Override
        public ByteBuffer acquire(int bytes) {
            assertThat(lent).isFalse();
            lent = true;
            return buffer;
        }

        @Override
        public void release(ByteBuffer released) {
            assertThat(lent).isTrue();
            lent = false;
        }
    }
}
