package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives, and how it is delivered. */
class ReceivingTests {

    private static final String MIXED = "aé€😀".repeat(3);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100_000})
    @Tag("R6455-D-09+")
    @Tag("R6455-D-10+")
    void anyCutDeliversTheSameMessages(int step) {
        for (boolean role : new boolean[] {true, false}) {
            HandPlayedPeer peer = HandPlayedPeer.of(role);
            peer.end.transport().chop(step, 1 << 20);
            peer.sends(Frames.TEXT, "a€".substring(0, 1));
            byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
            peer.sends(0, new byte[] {euro[0]})
                    .sends(Frames.FIN | Frames.PING, "p")
                    .sends(Frames.FIN, new byte[] {euro[1], euro[2]});
            peer.sends(Frames.FIN | Frames.BINARY, new byte[5_000]).sends(Frames.FIN | Frames.TEXT, "");
            assertThat(peer.end.events()).containsExactly("TEXT a€", "BINARY 5000", "TEXT ");
        }
    }

    @Test
    void randomCutsDeliverTheSameMessages() {
        Random random = new Random(42);
        for (int round = 0; round < 50; round++) {
            HandPlayedPeer peer = HandPlayedPeer.of(true);
            ByteBuffer all = ByteBuffer.allocate(20_000);
            all.put(Frames.frame(true, Frames.FIN | Frames.TEXT, MIXED));
            all.put(Frames.frame(true, Frames.BINARY, new byte[9_000]));
            all.put(Frames.frame(true, Frames.FIN, new byte[1_000]));
            all.flip();
            while (all.hasRemaining()) {
                int length = Math.min(all.remaining(), 1 + random.nextInt(300));
                peer.arrives(all.slice(all.position(), length));
                all.position(all.position() + length);
            }
            assertThat(peer.end.events()).containsExactly("TEXT " + MIXED, "BINARY 10000");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void partsOfTextAreCutBetweenCodePoints(int step) {
        HandPlayedPeer server = new HandPlayedPeer(
                true, ConnectionOptions.builder().partialMessages(true).build());
        server.end.transport().chop(step, 1);
        server.sends(Frames.FIN | Frames.TEXT, MIXED);
        List<String> events = server.end.events();
        assertThat(events).last().asString().startsWith("TEXT ");
        assertThat(String.join("", events).replace("PART TEXT ", "").replace("TEXT ", ""))
                .isEqualTo(MIXED);
    }

    @Test
    void aMessageOfEmptyFragmentsIsEmpty() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.sends(Frames.TEXT, "").sends(0, "").sends(Frames.FIN, "");
        server.sends(Frames.BINARY, "").sends(Frames.FIN, "x");
        assertThat(server.end.events()).containsExactly("TEXT ", "BINARY 1");
    }

    @Test
    void aDeclaredLengthBeyondTheLimitIsRefusedByItsHeader() {
        HandPlayedPeer server = new HandPlayedPeer(
                true, ConnectionOptions.builder().maxMessageBytes(1_000).build());
        ByteBuffer frame = Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[1_001]);
        server.arrives(frame.limit(8));
        assertThat(server.heard()).singleElement().asString().startsWith("CLOSE 1009");
    }

    @Test
    void aMessageThatGrowsBeyondTheLimitIsRefused() {
        HandPlayedPeer server = new HandPlayedPeer(
                true, ConnectionOptions.builder().maxMessageBytes(1_000).build());
        server.sends(Frames.BINARY, new byte[600]).sends(0, new byte[400]);
        assertThat(server.heard()).isEmpty();
        server.sends(Frames.FIN, new byte[1]);
        assertThat(server.heard()).containsExactly("CLOSE 1009 message too big");
        server.ends();
        assertThat(server.end.events()).containsExactly("CLOSED 1009");
    }

    @Test
    @Tag("R6455-Q-06-")
    void aLimitLoweredLaterStopsAMessageThatNeverEnds() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.connection().limitText(10);
        server.sends(Frames.BINARY, new byte[50]).sends(Frames.FIN, new byte[50]);
        server.sends(Frames.TEXT, "01234").sends(0, "56789");
        assertThat(server.heard()).isEmpty();
        server.sends(0, "x");
        assertThat(server.heard()).containsExactly("CLOSE 1009 message too big");
        server.ends();
        assertThat(server.end.events()).containsExactly("BINARY 100", "CLOSED 1009");
    }

    @Test
    @Tag("R6455-Q-06-")
    void aLimitLoweredLaterRefusesADeclaredLengthByItsHeader() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.connection().limitBinary(10);
        server.sends(Frames.FIN | Frames.TEXT, "longer than ten").sends(Frames.FIN | Frames.BINARY, new byte[10]);
        assertThat(server.heard()).isEmpty();
        server.arrives(
                Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[11]).limit(6));
        assertThat(server.heard()).singleElement().asString().startsWith("CLOSE 1009");
    }

    @Test
    void aLimitAboveThatOfTheOptionsHasTheEffectOfThat() {
        HandPlayedPeer server = new HandPlayedPeer(
                true, ConnectionOptions.builder().maxMessageBytes(10).build());
        server.connection().limitText(1_000);
        server.sends(Frames.FIN | Frames.TEXT, "0123456789x");
        assertThat(server.heard()).singleElement().asString().startsWith("CLOSE 1009");
        assertThatThrownBy(() -> server.connection().limitText(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLimitCountsInPartialModeToo() {
        HandPlayedPeer server = new HandPlayedPeer(
                true,
                ConnectionOptions.builder()
                        .partialMessages(true)
                        .maxMessageBytes(10)
                        .build());
        server.sends(Frames.FIN | Frames.BINARY, new byte[20]);
        server.connection().limitBinary(10);
        server.sends(Frames.BINARY, new byte[6]).sends(0, new byte[5]).ends();
        assertThat(server.end.events()).containsExactly("BINARY 20", "PART BINARY 6", "CLOSED 1009");
    }

    @Test
    void aHandleWithoutLimitsIsBoundedAllTheSame() {
        var handle = WebSocketHandle.createServer(HandleOptions.defaults());
        handle.assumeHandshakeDone();
        WebSocketConnection connection = WebSocketConnection.open(
                handle, ConnectionOptions.builder().maxMessageBytes(10).build(), (context, outcome) -> {}, () -> {}, 0);
        connection.feed(Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[11]));
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
        assertThat(connection.wantsWrite()).isTrue();
    }

    @Test
    void aPausedConnectionNeitherReadsNorDelivers() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.connection().pauseReading();
        server.sends(Frames.FIN | Frames.TEXT, "a");
        assertThat(server.connection().wantsRead()).isFalse();
        assertThat(server.end.events()).isEmpty();
        server.connection().resumeReading();
        server.end.settle();
        assertThat(server.end.events()).containsExactly("TEXT a");
    }

    @Test
    void feedTakesOnlyWhatIsWanted() {
        WebSocketConnection connection = HandPlayedPeer.of(true).connection();
        ByteBuffer bytes = ByteBuffer.allocate(10_000);
        for (int i = 0; i < 5; i++) {
            bytes.put(Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[1_500]));
        }
        bytes.flip();
        int messages = 0;
        while (bytes.hasRemaining()) {
            connection.feed(bytes);
            for (ConnectionEvent e = connection.nextEvent(); e != ConnectionEvent.NONE; e = connection.nextEvent()) {
                assertThat(connection.wantsRead()).isFalse();
                assertThat(connection.payload().remaining()).isEqualTo(1_500);
                messages++;
            }
        }
        assertThat(messages).isEqualTo(5);
    }

    @Test
    void anIdleConnectionBorrowsNoMemory() {
        int[] lent = {0};
        HandleOptions base = HandleOptions.builder()
                .bufferSource(new io.wsprotocol.BufferSource() {
                    @Override
                    public ByteBuffer acquire(int bytes) {
                        lent[0]++;
                        return ByteBuffer.allocate(bytes);
                    }

                    @Override
                    public void release(ByteBuffer buffer) {
                        lent[0]--;
                    }
                })
                .build();
        ConnectionPair pair = new ConnectionPair(ConnectionOptions.defaults(), ConnectionOptions.defaults(), base);
        pair.server().echo();
        pair.client().send("hello");
        pair.settle();
        assertThat(pair.client().events()).containsExactly("TEXT hello");
        assertThat(lent[0]).isZero();
        pair.client().connection().close(1000, null);
        pair.settle();
        assertThat(pair.client().isClosed()).isTrue();
        assertThat(lent[0]).isZero();
    }

    @Test
    @Tag("R6455-F-27+")
    void moreEmptyFragmentsThanAHandleTakesByItselfMayBeAskedFor() {
        HandleOptions defaults = HandleOptions.defaults();
        ConnectionOptions more =
                ConnectionOptions.builder().maxEmptyFragments(100).build();
        ConnectionOptions fewer =
                ConnectionOptions.builder().maxEmptyFragments(3).build();
        HandleOptions strict = defaults.toBuilder().maxEmptyFragments(5).build();
        assertThat(more.handleOptions(defaults).maxEmptyFragments()).isEqualTo(100);
        assertThat(fewer.handleOptions(defaults).maxEmptyFragments()).isEqualTo(3);
        assertThat(more.handleOptions(strict).maxEmptyFragments()).isEqualTo(5);
        assertThat(fewer.handleOptions(strict).maxEmptyFragments()).isEqualTo(3);
    }
}
