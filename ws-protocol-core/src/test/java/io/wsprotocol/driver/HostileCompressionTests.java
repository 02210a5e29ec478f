package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.fixture.RecordingBufferSource;
import io.wsprotocol.fixture.RetainedBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a connection that agreed on compression keeps of peers that mean harm: never more than {@link ConnectionOptions#maxRetainedBytes},
 * looked at after every step.
 */
class HostileCompressionTests {

    private static final int RSV1 = 0x40;
    private static final int CONTINUATION = 0;
    private static final long HISTORY = 40 << 10;
    private static final long QUIET = 14 << 10;

    private final RecordingBufferSource source = new RecordingBufferSource();
    private final CoderPool pool = new CoderPool(2);
    private final SplittableRandom dice = new SplittableRandom(8);
    private ConnectionOptions options = ConnectionOptions.defaults();
    private WebSocketConnection connection;
    private long bound;
    private long most;
    private int step = Integer.MAX_VALUE;
    private boolean wireBlocked;
    private CloseEvent closed;

    @AfterEach
    void everythingIsBack() {
        connection.abort();
        connection.transportClosed();
        connection.nextEvent();
        CompressedMatrixTests.assertLedger(pool);
        source.verifyBalanced();
        pool.close();
    }

    /** Opens a connection whose bound is as tight as its options can make it. */
    private void open(boolean takeover, boolean partial) {
        options = ConnectionOptions.builder()
                .maxMessageBytes(100_000)
                .partialMessages(partial)
                .lowWaterBytes(1)
                .highWaterBytes(2)
                .maxQueuedBytes(32 << 10)
                .maxQueuedMessages(64)
                .coderPool(pool)
                .compression(DeflateOptions.builder()
                        .threshold(0)
                        .maxRatio(DeflateOptions.UNLIMITED_RATIO)
                        .serverContextTakeover(takeover)
                        .clientContextTakeover(takeover)
                        .build())
                .build();
        HandleOptions handleOptions = options.handleOptions(
                HandleOptions.builder().bufferSource(source).build());
        bound = options.maxRetainedBytes(handleOptions);
        ServerHandle handle = WebSocketHandle.createServer(handleOptions);
        handle.assumeHandshakeDone();
        DeflateParameters agreed = new DeflateParameters(15, 15, !takeover, !takeover);
        connection = WebSocketConnection.open(handle, options, agreed, (context, outcome) -> {}, () -> {}, 0);
    }

    private long retained() {
        return RetainedBytes.of(connection, pool);
    }

    private void checkBound() {
        long bytes = retained();
        most = Math.max(most, bytes);
        assertThat(bytes).isLessThanOrEqualTo(bound);
    }

    private void arrives(int byte0, byte[] payload) {
        ByteBuffer bytes = Frames.frame(true, byte0, payload);
        while (bytes.hasRemaining() && closed == null) {
            int length = Math.min(step, bytes.remaining());
            ByteBuffer part = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            do {
                connection.feed(part);
                checkBound();
                work();
            } while (part.hasRemaining() && closed == null);
        }
    }

    private void work() {
        for (ConnectionEvent event = connection.nextEvent();
                event != ConnectionEvent.NONE;
                event = connection.nextEvent()) {
            checkBound();
            if (event == ConnectionEvent.CLOSED) {
                closed = connection.closeEvent();
                return;
            }
        }
        while (!wireBlocked && connection.wantsWrite()) {
            checkBound();
            long all = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                all += connection.writeBuffers()[i].remaining();
            }
            connection.written(all);
        }
        if (connection.wantsOutputShutdown() || connection.wantsTransportClose()) {
            connection.transportClosed();
            connection.nextEvent();
            closed = connection.closeEvent();
        }
        checkBound();
    }

    private static byte[] deflate(byte[] payload) {
        return Frames.deflate(payload, 6, payload.length);
    }

    /** {@return bytes that compress to about three quarters} */
    private byte[] mixed(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) dice.nextInt(64);
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 1", "false, 700", "true, 700", "false, 1000000", "true, 1000000"})
    void bombsStayWithinTheBound(boolean takeover, int bytesAtOnce) {
        step = bytesAtOnce;
        open(takeover, false);
        arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(mixed(2_000)));
        arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[100_000]));
        assertThat(closed).isNull();
        arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[8 << 20]));
        assertThat(closed).isNotNull();
        assertThat(closed.code()).isEqualTo(1009);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCompressedMessageWithoutEndStaysWithinTheBound(boolean takeover) {
        open(takeover, true);
        byte[] endless = deflate(mixed(100_000));
        arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(mixed(50_000)));
        arrives(RSV1 | Frames.BINARY, Arrays.copyOf(endless, 1));
        for (int i = 1; i < 3_000; i++) {
            arrives(CONTINUATION, new byte[] {endless[i]});
        }
        arrives(CONTINUATION, Arrays.copyOfRange(endless, 3_000, endless.length));
        assertThat(closed).isNull();
        assertThat(pool.inflatersInUse()).isEqualTo(1);
        assertThat(retained()).as("the inflater is counted").isGreaterThan(56 << 10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsCompressedForAPeerThatNeverReadsStaysWithinTheBound(boolean takeover) {
        open(takeover, true);
        for (int i = 0; i < 5; i++) {
            connection.trySend(MessageType.BINARY, ByteBuffer.wrap(mixed(30_000)), true, null);
            arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(mixed(50_000)));
        }
        wireBlocked = true;
        arrives(RSV1 | Frames.BINARY, Arrays.copyOf(deflate(mixed(10_000)), 5_000));
        for (int i = 0; i < 400; i++) {
            byte[] payload = i % 3 == 0 ? mixed(dice.nextInt(4_000)) : new byte[dice.nextInt(40)];
            connection.trySend(MessageType.BINARY, ByteBuffer.wrap(payload), true, null);
            connection.tryPing(ByteBuffer.allocate(dice.nextInt(125)), null);
            checkBound();
            connection.wantsWrite();
            checkBound();
        }
        assertThat(pool.inflatersInUse()).isEqualTo(1);
        assertThat(pool.frameMemoryInUse()).isEqualTo(1);
        assertThat(most).as("coder and frames are counted").isGreaterThan(100_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void betweenMessagesOnlyHistoryStays(boolean takeover) {
        open(takeover, true);
        for (int i = 0; i < 10; i++) {
            arrives(Frames.FIN | RSV1 | Frames.BINARY, deflate(mixed(50_000)));
            connection.trySend(MessageType.BINARY, ByteBuffer.wrap(mixed(30_000)), true, null);
            work();
            assertThat(retained()).isLessThan(takeover ? QUIET + HISTORY : QUIET);
        }
        assertThat(retained()).isGreaterThan(takeover ? HISTORY : 0);
    }
}
