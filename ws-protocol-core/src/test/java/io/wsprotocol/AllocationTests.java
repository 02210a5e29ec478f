package io.wsprotocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sending and receiving allocate nothing once a handle is warm: exactly 0 bytes for 10,000 round trips, or 8 MB if that is less. The best of
 * some runs counts, because the compiler may still be at work in the first ones.
 */
@Tag("WSPC-6")
class AllocationTests {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUND_TRIPS = 10_000;
    private static final int RUNS = 6;
    private static final long MOST_BYTES = 8_000_000;

    /** Lends from a stack of buffers, as a pool would, without allocating once it is warm. */
    private static final class Pool implements BufferSource {

        private final ByteBuffer[] free = new ByteBuffer[8];
        private int count;

        @Override
        public ByteBuffer acquire(int bytes) {
            for (int i = count - 1; i >= 0; i--) {
                ByteBuffer candidate = free[i];
                if (candidate.capacity() == bytes) {
                    free[i] = free[--count];
                    return candidate;
                }
            }
            return ByteBuffer.allocate(bytes);
        }

        @Override
        public void release(ByteBuffer buffer) {
            free[count++] = buffer;
        }
    }

    /** A client that sends and a server that echoes, joined by one array in each direction. */
    private static final class Echo {

        private final ClientHandle client;
        private final ServerHandle server;
        private final ByteBuffer toServer;
        private final ByteBuffer toClient;
        private final ByteBuffer[] payloads;
        private final ByteBuffer echo;
        private final BufferType type;
        private final int burst;
        private int answered;

        Echo(HandleOptions options, BufferType type, int length, int burst) {
            client = WebSocketHandle.createClient(
                    options.toBuilder().bufferSource(source(options)).build());
            server = WebSocketHandle.createServer(
                    options.toBuilder().bufferSource(source(options)).build());
            client.assumeHandshakeDone();
            server.assumeHandshakeDone();
            toServer = ByteBuffer.allocate((length + 14) * burst * 2).flip();
            toClient = ByteBuffer.allocate((length + 14) * burst * 2).flip();
            payloads = new ByteBuffer[burst];
            for (int i = 0; i < burst; i++) {
                payloads[i] = ByteBuffer.wrap(text(length));
            }
            echo = ByteBuffer.allocate(options.receiveBufferSize());
            this.type = type;
            this.burst = burst;
        }

        private static @Nullable BufferSource source(HandleOptions options) {
            return options.bufferSource() == null ? null : new Pool();
        }

        /** Half of it is ASCII, so that both ways through the verifier are taken. */
        private static byte[] text(int length) {
            byte[] text = "x".repeat(length).getBytes(UTF_8);
            byte[] euro = "€".getBytes(UTF_8);
            for (int i = length / 2; i + euro.length <= length; i += euro.length) {
                System.arraycopy(euro, 0, text, i, euro.length);
            }
            return text;
        }

        void roundTrip() {
            answered = 0;
            for (int i = 0; i < burst; i++) {
                client.send(type, payloads[i].rewind(), null);
            }
            while (answered < burst) {
                pump(client, toServer, toClient, false);
                pump(server, toClient, toServer, true);
            }
            pump(client, toServer, toClient, false);
            pump(server, toClient, toServer, true);
        }

        private void pump(WebSocketHandle handle, ByteBuffer out, ByteBuffer in, boolean echoes) {
            if (handle.queued(ActionQueue.RECEIVE) == 0) {
                handle.receive(null, null);
            }
            while (true) {
                Action action = handle.getAction(ActionQueue.ALL);
                switch (action.type()) {
                    case NO_ACTION -> {
                        return;
                    }
                    case SEND_TO_NETWORK -> {
                        out.compact();
                        for (int i = 0; i < action.bufferCount(); i++) {
                            out.put(action.buffers()[i]);
                        }
                        out.flip();
                        handle.completeAction(action, action.totalBytes());
                    }
                    case RECEIVE_FROM_NETWORK -> {
                        int count = Math.min(in.remaining(), action.buffer().remaining());
                        if (count > 0) {
                            ByteBuffer target = action.buffer();
                            target.put(target.position(), in, in.position(), count);
                            in.position(in.position() + count);
                        }
                        handle.completeAction(action, count);
                        if (count == 0) {
                            Action over = handle.getAction(ActionQueue.RECEIVE);
                            handle.completeAction(over, 0);
                            return;
                        }
                    }
                    case INDICATE_RECEIVE_COMPLETE -> {
                        received(handle, action, echoes);
                        handle.completeAction(action, 0);
                        handle.receive(null, null);
                    }
                    case INDICATE_SEND_COMPLETE -> handle.completeAction(action, 0);
                }
            }
        }

        private void received(WebSocketHandle handle, Action action, boolean echoes) {
            BufferType received = action.bufferType();
            if (received == BufferType.PING_PONG || (!echoes && action.endsMessage())) {
                answered++;
            } else if (echoes && received != null) {
                // One buffer is enough: sends come before receives, so it is written before the next chunk comes
                echo.clear();
                handle.send(received, echo.put(action.buffer()).flip(), null);
            }
        }

        void close() {
            client.close();
            server.close();
        }
    }

    static Stream<Arguments> settings() {
        return Stream.of(16, 125, 1024, 16_384, 65_536)
                .flatMap(length -> Stream.of(BufferType.UTF8_MESSAGE, BufferType.BINARY_MESSAGE)
                        .flatMap(type -> Stream.of(true, false)
                                .flatMap(pooled -> Stream.of(true, false)
                                        .map(corking -> Arguments.of(length, type, pooled, corking)))));
    }

    @ParameterizedTest(name = "{1} of {0} bytes, pooled {2}, corked {3}")
    @MethodSource("settings")
    void aRoundTripAllocatesNothing(int length, BufferType type, boolean pooled, boolean corking) {
        HandleOptions.Builder options = HandleOptions.builder().corking(corking);
        if (pooled) {
            options.bufferSource(new Pool());
        }
        if (corking) {
            options.sendBufferSize(4096);
        }
        int burst = corking ? 8 : 1;
        Echo echo = new Echo(options.build(), type, length, burst);
        int rounds = (int) Math.min(ROUND_TRIPS, MOST_BYTES / length) / burst;
        assertThat(leastAllocated(echo, rounds)).isZero();
        assertThat(echo.server.statistics().payloadSent())
                .isEqualTo(echo.client.statistics().payloadSent());
        assertThat(echo.client.statistics().payloadReceived())
                .isEqualTo(echo.client.statistics().payloadSent())
                .isPositive();
        echo.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 125})
    void aPingAndItsPongAllocateNothing(int length) {
        Echo echo = new Echo(HandleOptions.builder().bufferSource(new Pool()).build(), BufferType.PING_PONG, length, 1);
        assertThat(leastAllocated(echo, ROUND_TRIPS)).isZero();
        assertThat(echo.server.statistics().pongsSent()).isGreaterThan(ROUND_TRIPS);
        echo.close();
    }

    /** Also warms up: the first run counts only if it allocates nothing. */
    private static long leastAllocated(Echo echo, int rounds) {
        long least = Long.MAX_VALUE;
        for (int run = 0; run < RUNS && least > 0; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                echo.roundTrip();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
