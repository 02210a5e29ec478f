package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.CloseStatus;
import io.wsprotocol.HandleOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sending, through the public face of the queue. */
class SendQueueTests {

    private static final int THREADS = 8;
    private static final int EACH = 2_000;

    private static HandPlayedPeer stalled(ConnectionOptions.Builder options) {
        HandPlayedPeer server = new HandPlayedPeer(true, options.build());
        server.end.transport().stall(true);
        server.end.send("on the wire");
        server.end.settle();
        return server;
    }

    private static ConnectionOptions.Builder small(OverflowPolicy policy) {
        return ConnectionOptions.builder()
                .highWaterBytes(50)
                .lowWaterBytes(10)
                .maxQueuedBytes(100)
                .maxQueuedMessages(10)
                .overflowPolicy(policy);
    }

    @Test
    @Timeout(60)
    @Tag("R6455-D-06+")
    void eightThreadsLoseNothingAndKeepTheirOrder() throws InterruptedException {
        ConnectionPair pair = new ConnectionPair();
        CountDownLatch running = new CountDownLatch(THREADS);
        for (int t = 0; t < THREADS; t++) {
            String name = "t" + t + " ";
            Thread thread = new Thread(() -> {
                for (int i = 0; i < EACH; i++) {
                    while (pair.client().send(name + i) != SendResult.ACCEPTED) {
                        Thread.onSpinWait();
                    }
                }
                running.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }
        while (running.getCount() > 0) {
            pair.settle();
        }
        pair.settle();

        assertThat(pair.client().connection().queuedMessages()).isZero();
        List<String> received = pair.server().events();
        List<String> completed = pair.client().completions();
        assertThat(received).hasSize(THREADS * EACH);
        assertThat(completed).hasSize(THREADS * EACH).doesNotHaveDuplicates();
        for (int t = 0; t < THREADS; t++) {
            String name = "TEXT t" + t + " ";
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                expected.add(name + i);
            }
            assertThat(received.stream().filter(e -> e.startsWith(name))).containsExactlyElementsOf(expected);
        }
    }

    @Test
    @Timeout(60)
    @Tag("R6455-D-01+-")
    void sendsThatRaceWithTheEndCompleteExactlyOnce() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            List<Integer> accepted = new ArrayList<>();
            Thread sender = new Thread(() -> {
                SendResult result = SendResult.ACCEPTED;
                for (int i = 0; i < 500 && result != SendResult.CLOSED; i++) {
                    result = server.end.send("m" + i);
                    if (result.accepted()) {
                        accepted.add(i);
                    }
                }
            });
            sender.start();
            server.end.settle();
            server.connection().abort();
            server.end.settle();
            sender.join();
            assertThat(server.end.completions()).doesNotHaveDuplicates().hasSameSizeAs(accepted);
            assertThat(server.connection().queuedMessages()).isZero();
            assertThat(server.end.isClosed()).isTrue();
        }
    }

    @Test
    void rejectsWhatDoesNotFit() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.REJECT));
        assertThat(server.end.send(80, "a")).isEqualTo(SendResult.ACCEPTED);
        assertThat(server.end.send(10, "b")).isEqualTo(SendResult.FULL);
        assertThat(SendResult.FULL.accepted()).isFalse();
        assertThat(SendResult.ACCEPTED.accepted()).isTrue();
        assertThat(server.connection().queuedBytes()).isEqualTo(91);
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "BINARY 80");
        assertThat(server.connection().queuedBytes()).isZero();
    }

    @Test
    void boundsMessagesToo() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.REJECT));
        for (int i = 1; i < 10; i++) {
            assertThat(server.end.send(0, "m")).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(server.end.send(0, "one too many")).isEqualTo(SendResult.FULL);
    }

    @Test
    void takesALargePayloadWhenNothingElseIsQueued() {
        HandPlayedPeer server =
                new HandPlayedPeer(true, small(OverflowPolicy.REJECT).build());
        assertThat(server.end.send(1_000, "large")).isEqualTo(SendResult.ACCEPTED);
        assertThat(server.heard()).containsExactly("BINARY 1000");
    }

    @Test
    void dropsTheNewest() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.DROP_NEWEST));
        server.end.send(80, "a");
        assertThat(server.end.send(20, "b")).isEqualTo(SendResult.DROPPED);
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "BINARY 80");
        assertThat(server.end.completions()).containsExactly("on the wire SENT", "a SENT");
    }

    @Test
    void dropsTheOldestThatHasNotBegun() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.DROP_OLDEST));
        assertThat(server.end.send(80, "a")).isEqualTo(SendResult.ACCEPTED);
        assertThat(server.end.send(81, "b")).isEqualTo(SendResult.ACCEPTED);
        assertThat(server.end.send(81, "c")).isEqualTo(SendResult.FULL);
        server.end.settle();
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "BINARY 81");
        assertThat(server.end.completions()).containsExactly("a DROPPED", "on the wire SENT", "b SENT");
    }

    @Test
    void neverDropsAPartOfAMessage() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.DROP_OLDEST));
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(50), false, "1");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(30), true, "2");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(15), true, "whole");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(5), true, "behind");
        server.end.settle();
        assertThat(server.end.completions()).containsExactly("whole DROPPED");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(4), true, "last");
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "BINARY+ 50", "CONT 30", "BINARY 5", "BINARY 4");
    }

    @Test
    void theYoungestIsDroppedWhenAllBeforeItArePartsAndWhatFollowsTakesItsPlace() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.DROP_OLDEST));
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(50), false, "1");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(30), true, "2");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(15), true, "whole");
        server.end.settle();
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(5), true, "behind");
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "BINARY+ 50", "CONT 30", "BINARY 5");
        assertThat(server.end.completions())
                .containsExactly("whole DROPPED", "on the wire SENT", "1 SENT", "2 SENT", "behind SENT");
    }

    @Test
    void closesASlowPeer() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.CLOSE));
        server.end.send(80, "a");
        assertThat(server.end.send(20, "b")).isEqualTo(SendResult.CLOSED);
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "CLOSE 1008 reads too slowly");
        server.ends();
        ClosingTests.assertReason(server, FailureReason.SEND_QUEUE_OVERFLOW);
    }

    @Test
    void aPeerGivenUpForItsSlownessHearsTheStatusAheadOfWhatIsQueued() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.REJECT));
        server.end.send(80, "a");
        server.connection().failSlowPeer(4500);
        server.end.transport().stall(false);
        assertThat(server.heard()).containsExactly("TEXT on the wire", "CLOSE 4500 reads too slowly");
        assertThat(server.end.completions()).contains("a FAILED");
        server.ends();
        assertThat(server.end.closed().code()).isEqualTo(4500);
        ClosingTests.assertReason(server, FailureReason.SEND_QUEUE_OVERFLOW);
    }

    @Test
    void aPeerGivenUpForItsSlownessThatReadsNothingEndsWithTheStatusAllTheSame() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.REJECT));
        server.connection().failSlowPeer(4500);
        server.end.settle();
        server.passes(1_001);
        assertThat(server.end.transport().isClosed()).isTrue();
        assertThat(server.end.closed().code()).isEqualTo(4500);
    }

    @Test
    void tellsOfTheWaterMarks() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.REJECT));
        assertThat(server.connection().isWritable()).isTrue();
        server.end.send(39, "to the mark");
        assertThat(server.connection().isWritable()).isFalse();
        server.end.settle();
        assertThat(server.end.events()).containsExactly("UNWRITABLE");
        server.end.transport().stall(false);
        server.heard();
        assertThat(server.end.events()).containsExactly("UNWRITABLE", "WRITABLE");
        assertThat(server.connection().isWritable()).isTrue();
    }

    @Test
    void signalsOncePerVisitOfTheOwner() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.end.send("a");
        server.end.send("b");
        assertThat(server.end.signals()).isEqualTo(1);
        server.end.settle();
        server.end.send("c");
        assertThat(server.end.signals()).isEqualTo(2);
    }

    @Test
    @Tag("R6455-K-14+")
    void aPongPassesBetweenTheFramesOfALargeMessage() {
        for (boolean role : new boolean[] {true, false}) {
            HandPlayedPeer peer = HandPlayedPeer.of(role);
            peer.end.transport().stall(true);
            peer.end.send(150_000, "large");
            peer.end.send("small");
            peer.end.settle();
            peer.sends(Frames.FIN | Frames.PING, "p");
            peer.connection().tryPing(ByteBuffer.allocate(3), "ping");
            peer.end.transport().stall(false);
            assertThat(peer.heard())
                    .containsExactly("BINARY+ 65536", "PONG p", "PING 3", "CONT+ 65536", "CONT 18928", "TEXT small");
            assertThat(peer.end.completions()).containsExactly("ping SENT", "large SENT", "small SENT");
        }
    }

    @Test
    void aHandleWithFewPlacesTakesAllThatIsQueuedInSmallerBatches() {
        for (int places : new int[] {1, 2, 3, 21, 40, 41}) {
            HandleOptions few = HandleOptions.builder().maxQueuedSends(places).build();
            ConnectionPair pair = new ConnectionPair(ConnectionOptions.defaults(), ConnectionOptions.defaults(), few);
            ConnectionEnd client = pair.client();
            List<String> texts = new ArrayList<>();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                client.send("t" + i);
                client.connection().tryPing(ByteBuffer.allocate(3), "ping " + i);
                texts.add("TEXT t" + i);
                sent.add("ping " + i + " SENT");
                sent.add("t" + i + " SENT");
            }
            client.connection().close(CloseStatus.NORMAL, null);
            pair.settle();
            texts.add("CLOSED 1000");
            assertThat(pair.server().events()).isEqualTo(texts);
            assertThat(client.completions()).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(client.closed().clean()).isTrue();
        }
    }

    @Test
    void morePingsThanABatchHoldsLeaveInSeveral() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        for (int i = 0; i < 3 * Outbound.BATCH_SENDS; i++) {
            server.connection().tryPing(ByteBuffer.allocate(i % 126), i);
        }
        server.end.send("behind");
        assertThat(server.heard())
                .hasSize(3 * Outbound.BATCH_SENDS + 1)
                .contains("TEXT behind")
                .startsWith("PING 0", "PING 1");
        assertThat(server.end.completions())
                .hasSize(3 * Outbound.BATCH_SENDS + 1)
                .allMatch(end -> end.endsWith("SENT"));
    }

    @Test
    void anEmptyPartMakesNoFrame() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.connection().trySend(MessageType.TEXT, ByteBuffer.allocate(0), false, 1);
        assertThat(server.heard()).isEmpty();
        server.connection().trySend(MessageType.TEXT, ByteBuffer.allocate(0), true, 2);
        assertThat(server.heard()).containsExactly("TEXT ");
        assertThat(server.end.completions()).containsExactly("1 SENT", "2 SENT");
    }

    @Test
    @Tag("R6455-D-12-")
    void textThatIsNotUtf8FailsAndWhatFollowsLeaves() {
        HandPlayedPeer server = new HandPlayedPeer(
                true,
                ConnectionOptions.builder().sendFrameBytes(1 << 10).build(),
                HandleOptions.builder().verifyOutgoingText(true).build(),
                null);
        byte[] bad = new byte[3_000];
        bad[5] = (byte) 0xFF;
        ByteBuffer payload = ByteBuffer.wrap(bad);
        server.connection().trySend(MessageType.TEXT, payload, true, "bad");
        server.end.send("good");
        assertThat(server.heard()).containsExactly("TEXT good");
        assertThat(server.end.completions()).containsExactly("bad FAILED", "good SENT");
        assertThat(payload.limit()).isEqualTo(3_000);
    }

    @Test
    @Tag("R6455-D-02+")
    @Tag("R6455-D-04+")
    void sendsAMessageInParts() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {'a'}), false, 1);
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(1), true, 2);
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {'b'}), true, 3);
        assertThat(server.heard()).containsExactly("TEXT+ a", "CONT 1");
        assertThat(server.end.completions()).containsExactly("2 FAILED", "1 SENT", "3 SENT");
    }

    /** RFC 6455 §5.4: fragments of two messages must not mix. A broadcast knows nothing of what another thread sends in parts. */
    @Test
    @Tag("R6455-D-04+")
    void wholeMessagesWaitForTheEndOfTheOneThatIsSentInParts() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {'a'}), false, 1);
        connection.trySendText("whole", 2);
        assertThat(server.heard()).containsExactly("TEXT+ a");
        connection.trySend(PreparedMessage.binary(ByteBuffer.allocate(3)), 3);
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {'b'}), true, 4);
        connection.trySendText("behind", 5);
        assertThat(server.heard()).containsExactly("CONT 1", "TEXT whole", "BINARY 3", "TEXT behind");
        assertThat(server.end.completions()).containsExactly("1 SENT", "4 SENT", "2 SENT", "3 SENT", "5 SENT");
        assertThat(connection.queuedMessages()).isZero();
    }

    @Test
    void whatWaitsForTheEndOfAMessageDoesNotHoldUpWhoSendsThatEnd() {
        HandPlayedPeer server =
                new HandPlayedPeer(true, small(OverflowPolicy.REJECT).build());
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(1), false, 1);
        assertThat(server.heard()).containsExactly("BINARY+ 1");
        assertThat(connection.trySendText("x".repeat(50), 2)).isEqualTo(SendResult.ACCEPTED);
        server.end.settle();
        assertThat(connection.isWritable()).isTrue();
        assertThat(connection.trySendText("no room", 3)).isEqualTo(SendResult.FULL);
        server.end.settle();
        assertThat(connection.isWritable()).isTrue();
        assertThat(connection.trySend(MessageType.BINARY, ByteBuffer.allocate(50), true, 4))
                .isEqualTo(SendResult.ACCEPTED);
        assertThat(server.heard()).containsExactly("CONT 50", "TEXT " + "x".repeat(50));
        assertThat(connection.trySendText("room again", 5)).isEqualTo(SendResult.ACCEPTED);
        assertThat(server.heard()).containsExactly("TEXT room again");
    }

    @Test
    void nothingWaitsForALastPartThatMayHaveBeenDropped() {
        HandPlayedPeer server = stalled(small(OverflowPolicy.DROP_NEWEST));
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[60]), false, 1);
        assertThat(connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[60]), true, 2))
                .isEqualTo(SendResult.DROPPED);
        connection.trySendText("next", 3);
        server.end.transport().stall(false);
        server.end.settle();
        assertThat(server.end.completions()).endsWith("1 SENT", "3 SENT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeMessageThatWaitsForTheEndOfAnotherFailsOnceWithTheConnection(boolean closes) {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        WebSocketConnection connection = server.connection();
        connection.trySend(MessageType.TEXT, ByteBuffer.wrap(new byte[] {'a'}), false, 1);
        connection.trySendText("whole", 2);
        server.end.settle();
        if (closes) {
            connection.close(1000, null);
            server.end.settle();
        }
        connection.abort();
        server.end.settle();
        assertThat(server.end.completions()).containsExactly("1 SENT", "2 FAILED");
        assertThat(connection.queuedMessages()).isZero();
    }

    @Test
    @Tag("R6455-D-12-")
    void refusesTextThatUtf8CannotCarry() {
        WebSocketConnection connection = HandPlayedPeer.of(true).connection();
        for (String bad : new String[] {"\uD800", "a\uDC00", "\uD800\uD800\uDC00"}) {
            assertThatThrownBy(() -> connection.trySendText(bad, null)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(connection.trySendText("\uD83D\uDE00", null)).isEqualTo(SendResult.ACCEPTED);
        assertThat(connection.queuedMessages()).isEqualTo(1);
    }
}
