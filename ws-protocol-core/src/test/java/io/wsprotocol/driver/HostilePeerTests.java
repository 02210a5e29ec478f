package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.RecordingBufferSource;
import io.wsprotocol.fixture.RetainedBytes;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a connection keeps of peers that mean harm: never more than {@link ConnectionOptions#maxRetainedBytes}, and of what arrives
 * never more than twice the bytes on the wire and 8 KiB (T4), looked at after every step.
 */
class HostilePeerTests {

    private static final long EIGHT_KIB = 8 << 10;
    /** What the starter gives; borrowed in steps of which none is larger than what was received. */
    private static final int RECEIVE_BUFFER = 16 << 10;

    private static final int CONTINUATION = 0;
    private static final byte[] EMPTY = {};

    private final RecordingBufferSource source = new RecordingBufferSource();
    private ConnectionOptions options = ConnectionOptions.defaults();
    private HandleOptions handleOptions = HandleOptions.defaults();
    private WebSocketConnection connection;
    private long bound;
    private long wireBytes;
    private int delivered;
    private CloseEvent closed;
    private int step = Integer.MAX_VALUE;
    private boolean wireBlocked;

    private void open(ConnectionOptions.Builder builder) {
        options = builder.build();
        handleOptions = options.handleOptions(HandleOptions.builder()
                .bufferSource(source)
                .receiveBufferSize(RECEIVE_BUFFER)
                .build());
        bound = options.maxRetainedBytes(handleOptions);
        ServerHandle handle = WebSocketHandle.createServer(handleOptions);
        handle.assumeHandshakeDone();
        connection = WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
        wireBytes = 0;
        closed = null;
    }

    private long retained() {
        return RetainedBytes.of(connection);
    }

    private void arrives(int byte0, byte[] payload) {
        arrives(Frames.frame(true, byte0, payload));
    }

    /** Feeds the bytes in steps; after each, everything that can happen happens, and what is kept is counted. */
    private void arrives(ByteBuffer bytes) {
        while (bytes.hasRemaining() && closed == null) {
            int length = Math.min(step, bytes.remaining());
            ByteBuffer part = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            wireBytes += length;
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
            delivered++;
        }
        while (!wireBlocked && connection.wantsWrite()) {
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

    private void checkBound() {
        assertThat(retained())
                .as("retained of %s wire bytes", wireBytes)
                .isLessThanOrEqualTo(bound)
                .isLessThanOrEqualTo(2 * wireBytes + EIGHT_KIB);
    }

    private void endsWith(int code) {
        assertThat(closed).as("close event").isNotNull();
        assertThat(closed.code()).isEqualTo(code);
        source.verifyBalanced();
        assertThat(connection.queuedMessages()).isZero();
    }

    // ---- fragments ----

    @ParameterizedTest
    @ValueSource(ints = {1, 3, Integer.MAX_VALUE})
    void fragmentsOfOneByteEndAtTheirNumber(int bytesAtOnce) {
        step = bytesAtOnce;
        open(ConnectionOptions.builder());
        arrives(Frames.BINARY, new byte[1]);
        for (int i = 0; i < 2_000 && closed == null; i++) {
            arrives(CONTINUATION, new byte[1]);
        }
        endsWith(1008);
        assertThat(connection.statistics().framesReceived()).isEqualTo(options.maxFragments());
    }

    @Test
    void emptyFragmentsEndAfterSixteen() {
        open(ConnectionOptions.builder());
        arrives(Frames.TEXT, EMPTY);
        for (int i = 0; i < 100 && closed == null; i++) {
            arrives(CONTINUATION, EMPTY);
        }
        endsWith(1008);
        assertThat(connection.statistics().framesReceived()).isEqualTo(options.maxEmptyFragments());
    }

    @Test
    void emptyFragmentsBetweenBytesEndAtTheirNumberToo() {
        open(ConnectionOptions.builder());
        arrives(Frames.BINARY, new byte[1]);
        for (int i = 1; i < 3_000 && closed == null; i++) {
            arrives(CONTINUATION, i % 16 == 0 ? new byte[1] : EMPTY);
        }
        endsWith(1008);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_400, 5_000, 65_536})
    void aMessageInFragmentsEndsAtItsLimitWithoutEverHoldingMore(int fragment) {
        open(ConnectionOptions.builder().maxMessageBytes(300_000));
        arrives(Frames.BINARY, new byte[fragment]);
        for (int i = 0; i < 1_000 && closed == null; i++) {
            arrives(CONTINUATION, new byte[fragment]);
        }
        endsWith(1009);
        assertThat(delivered).isZero();
    }

    @Test
    void messagesOfAnyLengthPassInPartialModeInTheSameMemory() {
        open(ConnectionOptions.builder().partialMessages(true));
        assertThat(bound).isLessThan(800_000);
        arrives(Frames.BINARY, new byte[100_000]);
        for (int i = 0; i < 40; i++) {
            arrives(CONTINUATION, new byte[100_000]);
            assertThat(retained()).isLessThan(RECEIVE_BUFFER + EIGHT_KIB);
        }
        assertThat(closed).isNull();
    }

    // ---- declared lengths ----

    @ParameterizedTest
    @ValueSource(longs = {(1L << 20) + 1, 1L << 31, 1L << 32, Long.MAX_VALUE})
    void hugeDeclaredLengthsEndAtTheHeaderBeforeAByteIsKept(long length) {
        step = 1;
        open(ConnectionOptions.builder());
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF);
        arrives(header.putLong(length).putInt(0).flip());
        endsWith(1009);
    }

    @Test
    void aDeclaredLengthWithinTheLimitAllocatesNothingAhead() {
        step = 700;
        open(ConnectionOptions.builder());
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF);
        arrives(header.putLong(1L << 20).putInt(0).flip());
        assertThat(retained()).isLessThan(EIGHT_KIB);
        for (int i = 0; i < 20; i++) {
            arrives(ByteBuffer.allocate(5_000)); // each step: at most twice of what came
        }
        assertThat(closed).isNull();
    }

    @Test
    void headersThatDripKeepNothing() {
        step = 1;
        open(ConnectionOptions.builder());
        for (int i = 0; i < 20; i++) {
            arrives(Frames.FIN | Frames.BINARY, new byte[200]);
        }
        assertThat(delivered).isEqualTo(20);
        assertThat(closed).isNull();
    }

    // ---- a peer that never reads ----

    @Test
    void tenMillionPingsOfAPeerThatNeverReadsAreCountedAndSeventeenKept() {
        int pings = 10_000_000;
        open(ConnectionOptions.builder().controlFrameRate(ConnectionOptions.UNLIMITED_COUNT));
        long before = retained();
        int perRead = 1_000;
        ByteBuffer one = Frames.frame(true, Frames.FIN | Frames.PING, new byte[125]);
        ByteBuffer many = ByteBuffer.allocate(one.remaining() * perRead);
        for (int i = 0; i < perRead; i++) {
            many.put(one.duplicate());
        }
        long most = 0;
        for (int i = 0; i < pings / perRead; i++) {
            many.flip();
            many.limit(many.capacity());
            while (many.hasRemaining()) {
                connection.feed(many);
                connection.nextEvent();
                connection.wantsWrite();
            }
            if (i % 1_000 == 0) {
                most = Math.max(most, retained());
            }
        }
        assertThat(most).isLessThanOrEqualTo(bound);
        assertThat(Math.max(most, retained()) - before).isLessThan(64 << 10);
        assertThat(connection.statistics().pingsReceived()).isEqualTo(pings);
        // one pong is on the blocked wire, as many as the ring holds wait behind it
        assertThat(connection.statistics().pongsDropped()).isEqualTo(pings - 1 - handleOptions.maxPendingPongs());
        connection.abort();
        connection.nextEvent();
        connection.transportClosed();
        source.verifyBalanced();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pingsBeyondTheRateEndTheConnectionAtThatPingWhetherTheWireIsBlockedOrNot(boolean blocked) {
        for (int bytesAtOnce : new int[] {1, 7, Integer.MAX_VALUE}) {
            step = bytesAtOnce;
            wireBlocked = blocked;
            open(ConnectionOptions.builder());
            for (int i = 1; i <= options.controlFrameBurst(); i++) {
                arrives(Frames.FIN | Frames.PING, EMPTY);
            }
            assertThat(connection.isOpen()).isTrue();
            assertThat(connection.wantsRead()).isTrue();
            arrives(Frames.FIN | Frames.PING, EMPTY);
            assertThat(connection.wantsRead()).as("reads on").isFalse();
            wireBlocked = false;
            connection.onTime(2_000_000_000L);
            work();
            endsWith(1008);
        }
    }

    @Test
    void aMessageBehindOneOfTheLastPingsAllowedIsDeliveredAndOneBehindTheNextIsNot() {
        wireBlocked = true;
        for (int extra = 0; extra <= 1; extra++) {
            open(ConnectionOptions.builder());
            delivered = 0;
            ByteBuffer batch = ByteBuffer.allocate(4_000);
            for (int i = 0; i < options.controlFrameBurst() + extra; i++) {
                batch.put(Frames.frame(true, Frames.FIN | Frames.PING, EMPTY));
            }
            batch.put(Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[10]));
            arrives(batch.flip());
            assertThat(delivered).isEqualTo(1 - extra);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REJECT", "DROP_OLDEST", "DROP_NEWEST", "CLOSE"})
    void whatIsSentToAPeerThatNeverReadsStaysWithinTheBound(OverflowPolicy policy) {
        wireBlocked = true;
        open(ConnectionOptions.builder().overflowPolicy(policy).maxQueuedBytes(300_000));
        Random random = new Random(5);
        for (int i = 0; i < 4_000; i++) {
            connection.trySend(MessageType.BINARY, ByteBuffer.allocate(random.nextInt(600)), true, null);
            connection.tryPing(ByteBuffer.allocate(random.nextInt(125)), null);
            if (i % 200 == 0) {
                assertThat(retained()).isLessThanOrEqualTo(bound);
                connection.wantsWrite();
                assertThat(retained()).isLessThanOrEqualTo(bound);
            }
        }
        connection.onTime(60_000_000_000L);
        work();
        assertThat(closed).isNotNull();
        assertThat(connection.queuedMessages()).isZero();
        source.verifyBalanced();
    }

    @Test
    void aConnectionIsSmallAgainAfterABurst() {
        open(ConnectionOptions.builder());
        for (int i = 0; i < options.maxQueuedMessages(); i++) {
            assertThat(connection.trySend(MessageType.BINARY, ByteBuffer.allocate(20), true, null))
                    .isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(retained()).isGreaterThan(100_000);
        wireBytes = 1L << 20;
        work();
        assertThat(retained()).isLessThan(14 << 10);
        source.verifyBalanced();
    }

    // ---- before the upgrade ----

    @Test
    void aMillionPipelinedRequestsFindAClosedDoorAtTheFirst() {
        ByteBuffer request = StandardCharsets.ISO_8859_1.encode("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        ServerUpgrade upgrade = new ServerUpgrade(WebSocketHandle.createServer(), head -> UpgradeDecision.refuse(404));
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(upgrade.accept(request.duplicate())).isTrue();
        }
        assertThat(upgrade.status()).isEqualTo(426);
        assertThat(RetainedBytes.of(upgrade)).isLessThan(EIGHT_KIB);
    }

    @Test
    void aHeadThatDripsEndsAtItsLimitAndKeepsNoMore() {
        ServerUpgrade upgrade = new ServerUpgrade(WebSocketHandle.createServer(), head -> UpgradeDecision.refuse(404));
        upgrade.accept(StandardCharsets.ISO_8859_1.encode("GET /x HTTP/1.1\r\n"));
        ByteBuffer field = StandardCharsets.ISO_8859_1.encode("X-Y: " + "z".repeat(200) + "\r\n");
        int fed = 0;
        while (upgrade.status() == 0 && fed < 100_000) {
            for (int i = 0; i < field.limit(); i++) {
                upgrade.accept(field.slice(i, 1));
                fed++;
            }
            assertThat(RetainedBytes.of(upgrade)).isLessThan(2 * EIGHT_KIB + 4096);
        }
        assertThat(upgrade.status()).isEqualTo(431);
        assertThat(fed).isLessThanOrEqualTo(8192 + field.limit());
    }

    @Test
    void hundredThousandHalfHandshakesLeaveNothingBehind() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        ByteBuffer half = StandardCharsets.ISO_8859_1.encode("GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: webso");
        memory.gc();
        long before = memory.getHeapMemoryUsage().getUsed();
        for (int i = 0; i < 100_000; i++) {
            ServerUpgrade upgrade =
                    new ServerUpgrade(WebSocketHandle.createServer(), head -> UpgradeDecision.refuse(404));
            assertThat(upgrade.accept(half.duplicate())).isFalse();
        }
        memory.gc();
        assertThat(memory.getHeapMemoryUsage().getUsed() - before).isLessThan(1 << 20);
    }
}
