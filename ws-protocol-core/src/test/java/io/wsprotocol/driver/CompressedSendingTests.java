package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.fixture.OpenHandle;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a connection compresses, what it leaves as it is, and what becomes of coders and memory. */
class CompressedSendingTests {

    private static final DeflateParameters ALONE = new DeflateParameters(15, 15, true, true);
    private static final DeflateParameters TAKEOVER = new DeflateParameters(15, 15, false, false);
    private static final String TEXT = "all work and no play makes a dull message. ".repeat(60);

    private final CoderPool pool = new CoderPool(2);

    @AfterEach
    void everyCoderIsBack() {
        CompressedMatrixTests.assertLedger(pool);
        pool.close();
    }

    private ConnectionPair pair(DeflateParameters parameters) {
        return pair(parameters, HandleOptions.defaults());
    }

    private ConnectionPair pair(DeflateParameters parameters, HandleOptions base) {
        ConnectionOptions options = ConnectionOptions.builder()
                .compression(DeflateOptions.defaults())
                .coderPool(pool)
                .build();
        return new ConnectionPair(options, options, base, parameters);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Tag("R7692-P-38+")
    void onlyWhatIsLongEnoughIsCompressed() {
        ConnectionPair pair = pair(ALONE);
        pair.server().send("short");
        pair.settle();
        assertThat(pool.deflatedMessages()).isZero();
        pair.server().send(TEXT);
        pair.settle();

        assertThat(pool.deflatedMessages()).isEqualTo(1);
        assertThat(pool.bytesBeforeDeflate()).isEqualTo(TEXT.length());
        assertThat(pool.bytesAfterDeflate()).isLessThan(TEXT.length() / 10);
        assertThat(pool.bytesAfterInflate()).isEqualTo(TEXT.length());
        assertThat(pool.bytesBeforeInflate()).isEqualTo(pool.bytesAfterDeflate());
        assertThat(pair.client().events()).containsExactly("TEXT short", "TEXT " + TEXT);
        assertThat(pair.server().completions()).hasSize(2).allMatch(line -> line.endsWith("SENT"));
    }

    @Test
    @Tag("R7692-P-38-")
    void whatIsToGoAsItIsGoesAsItIs() {
        ConnectionPair pair = pair(TAKEOVER);
        pair.client().connection().trySendUncompressed(MessageType.TEXT, bytes(TEXT), true, "secret");
        pair.client().connection().trySend(PreparedMessage.text(TEXT).uncompressed(), "shared");
        pair.settle();
        assertThat(pool.deflatedMessages()).isZero();
        assertThat(pair.server().events()).containsExactly("TEXT " + TEXT, "TEXT " + TEXT);
    }

    @Test
    void whoFindsNoCoderSendsAsItIs() {
        ConnectionPair[] pairs = {pair(ALONE), pair(ALONE), pair(ALONE)};
        for (ConnectionPair pair : pairs) {
            pair.server().connection().trySend(MessageType.TEXT, bytes(TEXT), false, "part");
            pair.settle();
        }
        assertThat(pool.deflatersInUse()).isEqualTo(2);
        assertThat(pool.deflatersRefused()).isEqualTo(1);
        for (ConnectionPair pair : pairs) {
            pair.server().connection().trySend(MessageType.TEXT, bytes("end"), true, "last");
            pair.settle();
            assertThat(pair.client().events()).containsExactly("TEXT " + TEXT + "end");
        }
    }

    @Test
    @Tag("R7692-P-39+")
    void partsOfAMessageArriveAsTheyAreSent() {
        ConnectionOptions options = ConnectionOptions.builder()
                .partialMessages(true)
                .compression(DeflateOptions.defaults())
                .coderPool(pool)
                .build();
        ConnectionPair pair = new ConnectionPair(options, options, HandleOptions.defaults(), TAKEOVER);
        pair.client().connection().trySend(MessageType.TEXT, bytes("one "), false, null);
        pair.settle();
        pair.client().connection().tryPing(ByteBuffer.allocate(1), null);
        pair.client().connection().trySend(MessageType.TEXT, bytes("two"), false, null);
        pair.settle();
        pair.client().connection().trySend(MessageType.TEXT, bytes(""), true, null);
        pair.settle();
        assertThat(pair.server().events()).containsExactly("PART TEXT one ", "PART TEXT two", "TEXT ");
    }

    @Test
    void oneMessageForManyIsCompressedOnce() {
        PreparedMessage message = PreparedMessage.text(TEXT);
        for (int i = 0; i < 5; i++) {
            ConnectionPair pair = pair(i == 4 ? TAKEOVER : ALONE);
            pair.server().connection().trySend(message, i);
            pair.client().connection().trySend(message, i);
            pair.settle();
            assertThat(pair.client().events()).containsExactly("TEXT " + TEXT);
            assertThat(pair.server().events()).containsExactly("TEXT " + TEXT);
        }
        assertThat(pool.deflatedMessages()).isEqualTo(10);
        assertThat(message.encoded(java.util.List.of(1 << 15, 6), payload -> null))
                .isNotNull();
    }

    @Test
    void aLargeSharedMessageLeavesInFrames() {
        ConnectionOptions options = ConnectionOptions.builder()
                .compression(DeflateOptions.defaults())
                .sendFrameBytes(1 << 10)
                .coderPool(pool)
                .build();
        ConnectionPair pair = new ConnectionPair(options, options, HandleOptions.defaults(), ALONE);
        byte[] payload = new byte[10_000];
        new java.util.SplittableRandom(1).nextBytes(payload);
        java.util.Arrays.fill(payload, 5_000, 10_000, (byte) 'x');
        byte[][] received = new byte[1][];
        pair.client().onBinaryDo(bytes -> {
            received[0] = new byte[bytes.remaining()];
            bytes.get(received[0]);
        });
        pair.server().connection().trySend(PreparedMessage.binary(ByteBuffer.wrap(payload)), "large");
        pair.settle();
        assertThat(received[0]).isEqualTo(payload);
        assertThat(pair.server().connection().statistics().framesSent()).isGreaterThan(4);
        assertThat(pool.deflatedMessages()).isOne();
        assertThat(pair.server().completions()).containsExactly("large SENT");
    }

    @Test
    void aSharedMessageThatFindsNoCoderGoesAsItIs() {
        ConnectionPair[] busy = {pair(ALONE), pair(ALONE)};
        for (ConnectionPair pair : busy) {
            pair.server().connection().trySend(MessageType.TEXT, bytes(TEXT), false, "part");
            pair.settle();
        }
        ConnectionPair pair = pair(ALONE);
        PreparedMessage message = PreparedMessage.text(TEXT);
        pair.server().connection().trySend(message, 1);
        pair.settle();
        assertThat(pool.deflatedMessages()).isZero();
        for (ConnectionPair each : busy) {
            each.server().connection().trySend(MessageType.TEXT, bytes("end"), true, "last");
            each.settle();
        }
        pair.server().connection().trySend(message, 2);
        pair.settle();
        assertThat(pair.client().events()).containsExactly("TEXT " + TEXT, "TEXT " + TEXT);
        assertThat(pool.deflatedMessages()).isEqualTo(3);
    }

    @Test
    void aCloseComesBetweenTheFramesOfALargeMessageAndTheCoderComesBack() {
        ConnectionPair pair = pair(ALONE);
        byte[] noise = new byte[400_000];
        new java.util.SplittableRandom(1).nextBytes(noise);
        pair.server().transport().stall(true);
        pair.server().connection().trySend(MessageType.BINARY, ByteBuffer.wrap(noise), true, "large");
        pair.settle();
        assertThat(pool.deflatersInUse()).isEqualTo(1);
        pair.client().connection().close(1000, null);
        pair.settle();
        pair.server().transport().stall(false);
        pair.settle();
        assertThat(pair.server().completions()).containsExactly("large FAILED");
        assertThat(pair.server().isClosed()).isTrue();
    }

    @Test
    void anAbortInTheMiddleOfAMessageGivesEverythingBack() {
        ConnectionPair pair = pair(TAKEOVER);
        pair.server().connection().trySend(MessageType.TEXT, bytes(TEXT), false, "part");
        pair.settle();
        assertThat(pool.deflatersInUse()).isEqualTo(1);
        pair.server().connection().abort();
        pair.settle();
        assertThat(pool.deflatersInUse()).isZero();
    }

    @Test
    @Tag("R7692-P-17-")
    void textThatIsNotUtf8IsNotCompressedEitherWhenThatIsVerified() {
        ConnectionPair pair =
                pair(ALONE, HandleOptions.builder().verifyOutgoingText(true).build());
        ByteBuffer bad = ByteBuffer.allocate(2_000).put(1_999, (byte) 0xC3);
        pair.client().connection().trySend(MessageType.TEXT, bad, true, "bad");
        pair.client().send(TEXT);
        pair.settle();
        assertThat(pair.client().completions()).containsExactly("bad FAILED", TEXT + " SENT");
        assertThat(pair.server().events()).containsExactly("TEXT " + TEXT);
    }

    @Test
    @Tag("R7692-P-17-")
    void aLaterPartThatIsNotUtf8FailsAloneAndTheMessageGoesOn() {
        ConnectionPair pair =
                pair(ALONE, HandleOptions.builder().verifyOutgoingText(true).build());
        WebSocketConnection client = pair.client().connection();
        client.trySend(MessageType.TEXT, bytes("one "), false, 1);
        client.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {(byte) 0xFF}), true, 2);
        client.trySend(MessageType.TEXT, bytes("three"), true, 3);
        pair.settle();
        assertThat(pair.client().completions()).containsExactlyInAnyOrder("1 SENT", "2 FAILED", "3 SENT");
        assertThat(pair.server().events()).containsExactly("TEXT one three");
    }

    @Test
    void compressedMessagesAllocateNothing() {
        ConnectionOptions options = ConnectionOptions.builder()
                .compression(DeflateOptions.defaults())
                .coderPool(pool)
                .build();
        WebSocketConnection client = open(false, options);
        WebSocketConnection server = open(true, options);
        ByteBuffer payload = bytes(TEXT);
        ByteBuffer pipe = ByteBuffer.allocate(4096);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        int received = 0;
        for (int attempt = 0; attempt < 20 && allocated > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                received += sendOne(client, server, payload, pipe);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(received).isGreaterThanOrEqualTo(1_000);
        assertThat(pool.deflatedMessages()).isEqualTo(received);
        assertThat(allocated).isZero();
    }

    private static WebSocketConnection open(boolean server, ConnectionOptions options) {
        WebSocketHandle handle = OpenHandle.of(server, options.handleOptions(HandleOptions.defaults()));
        return WebSocketConnection.open(handle, options, TAKEOVER, (context, outcome) -> {}, () -> {}, 0);
    }

    private static int sendOne(WebSocketConnection from, WebSocketConnection to, ByteBuffer payload, ByteBuffer pipe) {
        from.trySend(MessageType.BINARY, payload.clear(), true, null);
        pipe.clear();
        while (from.wantsWrite()) {
            long written = 0;
            for (int i = 0; i < from.writeBufferCount(); i++) {
                written += from.writeBuffers()[i].remaining();
                pipe.put(from.writeBuffers()[i]);
            }
            from.written(written);
        }
        to.feed(pipe.flip());
        int events = to.nextEvent() == ConnectionEvent.BINARY && to.payload().remaining() == payload.capacity() ? 1 : 0;
        to.nextEvent();
        return events;
    }
}
