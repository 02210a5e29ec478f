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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link WebSocketConnection#takePayload} gives belongs to who took it, and costs no more than its own length. */
class TakenPayloadTests {

    private final WebSocketConnection server = open();
    private final List<byte[]> taken = new ArrayList<>();

    private static WebSocketConnection open() {
        ConnectionOptions options = ConnectionOptions.defaults();
        WebSocketHandle handle = OpenHandle.of(true, options.handleOptions(HandleOptions.defaults()));
        return WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
    }

    private static WebSocketConnection openCompressed(CoderPool pool) {
        ConnectionOptions options = ConnectionOptions.builder()
                .compression(DeflateOptions.defaults())
                .coderPool(pool)
                .build();
        WebSocketHandle handle = OpenHandle.of(true, options.handleOptions(HandleOptions.defaults()));
        DeflateParameters alone = new DeflateParameters(15, 15, true, true);
        return WebSocketConnection.open(handle, options, alone, (context, outcome) -> {}, () -> {}, 0);
    }

    private void arrive(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            server.feed(bytes);
            while (server.nextEvent() == ConnectionEvent.BINARY) {
                taken.add(takenExactly());
            }
        }
    }

    private byte[] takenExactly() {
        ByteBuffer payload = server.takePayload();
        assertThat(server.payload().hasRemaining()).isFalse();
        assertThat(payload.position()).isZero();
        assertThat(payload.arrayOffset()).isZero();
        assertThat(payload.array()).hasSize(payload.remaining());
        return payload.array();
    }

    private static ByteBuffer frame(byte[] payload) {
        return Frames.frame(true, Frames.FIN | Frames.BINARY, payload);
    }

    private static byte[] filled(int bytes, int with) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) with);
        return payload;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 1_000, 4_000, 5_000, 16_384, 100_000})
    void messagesOfOneSizeStayWhatTheyWere(int bytes) {
        for (int i = 0; i < 5; i++) {
            arrive(frame(filled(bytes, i)));
        }
        assertThat(taken)
                .containsExactly(
                        filled(bytes, 0), filled(bytes, 1), filled(bytes, 2), filled(bytes, 3), filled(bytes, 4));
    }

    @Test
    void messagesOfAnySizeAfterEachOtherStayWhatTheyWere() {
        Random random = new Random(7);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] payload = filled(random.nextInt(1 << random.nextInt(17)), i);
            sent.add(payload);
            arrive(frame(payload));
        }
        assertThat(taken).containsExactlyElementsOf(sent);
    }

    @Test
    void whatWasInflatedStaysWhatItWas() {
        byte[] hello = {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00}; // RFC 7692 §7.2.3.1
        byte[] zeros = new byte[5];
        try (CoderPool pool = new CoderPool(1)) {
            WebSocketConnection compressed = openCompressed(pool);
            List<byte[]> payloads = new ArrayList<>();
            for (byte[] deflated : List.of(hello, Frames.deflate(zeros, 9, zeros.length))) {
                ByteBuffer frame = Frames.frame(true, Frames.FIN | 0x40 | Frames.BINARY, deflated);
                compressed.feed(frame);
                assertThat(compressed.nextEvent()).isEqualTo(ConnectionEvent.BINARY);
                payloads.add(compressed.takePayload().array());
                assertThat(compressed.nextEvent()).isEqualTo(ConnectionEvent.NONE);
            }
            assertThat(payloads).containsExactly("Hello".getBytes(StandardCharsets.UTF_8), zeros);
            compressed.transportClosed();
        }
    }

    @Test
    void aPongInsideAMessageLeavesTheMessageWhole() {
        byte[] half = filled(9_000, 1);
        arrive(Frames.frame(true, Frames.BINARY, half));
        server.feed(Frames.frame(true, Frames.FIN | Frames.PONG, "between"));
        assertThat(server.nextEvent()).isEqualTo(ConnectionEvent.PONG);
        assertThat(new String(takenExactly(), StandardCharsets.UTF_8)).isEqualTo("between");
        arrive(Frames.frame(true, Frames.FIN, half));
        assertThat(taken).containsExactly(filled(18_000, 1));
    }

    @Test
    void aMessageLikeTheOneBeforeCostsItsOwnLength() {
        int bytes = 16 << 10;
        ByteBuffer frame = frame(filled(bytes, 1));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 2_000; i++) {
            frame.rewind();
            long before = threads.getCurrentThreadAllocatedBytes();
            int messages = 0;
            while (frame.hasRemaining()) {
                server.feed(frame);
                while (server.nextEvent() == ConnectionEvent.BINARY) {
                    messages += server.takePayload().remaining() / bytes;
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(messages).isEqualTo(1);
        }
        // The array and the view of it.
        assertThat(least).isBetween((long) bytes, bytes + 100L);
    }
}
