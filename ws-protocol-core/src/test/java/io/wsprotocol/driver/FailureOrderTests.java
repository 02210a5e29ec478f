package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves, and in which order, when the peer breaks a rule behind messages that were good (RFC 6455 §7.1.7). */
class FailureOrderTests {

    private static final int RESERVED_OPCODE = Frames.FIN | 5;
    private static final int PING = Frames.FIN | Frames.PING;
    private static final int TEXT = Frames.FIN | Frames.TEXT;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-13+-")
    @Tag("R6455-Z-14+-")
    void answersToTheMessagesBeforeTheViolationLeaveBeforeTheClose(boolean server) {
        ByteBuffer stream = stream(server);
        for (int chop = 1; chop <= stream.remaining(); chop++) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.echo();
            peer.end.transport().chop(chop, Integer.MAX_VALUE);

            peer.arrives(stream.duplicate());

            List<String> heard = peer.heard();
            assertThat(heard).as("read in steps of %d", chop).hasSize(3);
            assertThat(heard.subList(0, 2)).containsExactly("TEXT good", "TEXT too");
            assertThat(heard.get(2)).startsWith("CLOSE 1002");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-13-")
    void aLargeSendEndsBeforeTheCloseOfAViolation(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.end.transport().stall(true);
        peer.end.send(200_000, "large");
        peer.sends(RESERVED_OPCODE, "");
        peer.end.transport().stall(false);

        List<String> heard = peer.heard();

        assertThat(heard).hasSize(5);
        assertThat(heard.get(3)).startsWith("CONT ");
        assertThat(heard.get(4)).startsWith("CLOSE 1002");
        assertThat(peer.end.completions()).containsExactly("large SENT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCloseThatTheApplicationAskedForGivesWayToThatOfTheViolation(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.end.transport().stall(true);
        peer.end.send("first");
        peer.end.settle();
        peer.end.send("second");
        peer.connection().close(1000, "done");
        peer.sends(RESERVED_OPCODE, "");
        peer.end.transport().stall(false);

        List<String> heard = peer.heard();

        assertThat(heard).hasSize(3);
        assertThat(heard.get(2)).startsWith("CLOSE 1002");
        assertThat(peer.end.completions()).containsExactly("first SENT", "second SENT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-13-")
    void aPeerThatDoesNotReadHoldsTheCloseUpForOneSecondOnly(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.end.transport().stall(true);
        peer.end.send("stuck");
        peer.sends(RESERVED_OPCODE, "");

        peer.passes(1_000);

        assertThat(peer.end.transport().isClosed()).isTrue();
        assertThat(peer.end.completions()).containsExactly("stuck FAILED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-13+")
    void aPongThatWaitsForTheWireLeavesBeforeTheCloseOfALimitAndSoDoesWhatWasQueued(boolean server) {
        HandPlayedPeer peer = new HandPlayedPeer(
                server, ConnectionOptions.builder().controlFrameBurst(1).build());
        peer.end.transport().stall(true);
        peer.end.send("first");
        peer.end.settle();
        peer.end.send("second");
        peer.sends(PING, "within").sends(PING, "beyond");
        peer.end.transport().stall(false);

        List<String> heard = peer.heard();

        assertThat(heard.subList(0, 2)).containsExactly("TEXT first", "PONG within");
        assertThat(heard).contains("TEXT second");
        assertThat(heard.get(heard.size() - 1)).startsWith("CLOSE 1008");
        assertThat(peer.end.completions()).containsExactly("first SENT", "second SENT");
    }

    private static ByteBuffer stream(boolean server) {
        ByteBuffer all = ByteBuffer.allocate(256);
        all.put(Frames.frame(server, TEXT, "good"));
        all.put(Frames.frame(server, TEXT, "too"));
        all.put(Frames.frame(server, RESERVED_OPCODE, new byte[0]));
        all.put(Frames.frame(server, PING, "late".getBytes(StandardCharsets.UTF_8)));
        return all.flip();
    }
}
