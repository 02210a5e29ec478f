package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What time does to a connection, on a virtual clock. */
class DeadlineTests {

    private static HandPlayedPeer peer(boolean server, ConnectionOptions.Builder options) {
        return new HandPlayedPeer(server, options.build());
    }

    private static ConnectionOptions.Builder options() {
        return ConnectionOptions.builder();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-K-15+")
    @Tag("R6455-K-20+")
    void pingsAgainstSilenceAndIsContentWithThePong(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.passes(24_999);
        assertThat(peer.heard()).isEmpty();
        peer.passes(1);
        assertThat(peer.heard()).containsExactly("PING 8");
        peer.passes(10_000).sends(Frames.FIN | Frames.PONG, new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
        peer.passes(24_999);
        assertThat(peer.end.events()).isEmpty();
        assertThat(peer.heard()).isEmpty();
        peer.passes(1);
        assertThat(peer.heard()).containsExactly("PING 8");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMissingPongFailsTheConnection(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.passes(45_000 - 1);
        assertThat(peer.heard()).containsExactly("PING 8");
        peer.passes(1);
        assertThat(peer.heard()).containsExactly("CLOSE 1001 ping timeout");
        peer.passes(1_000);
        ClosingTests.assertReason(peer, FailureReason.PONG_TIMEOUT);
        assertThat(peer.end.events()).containsExactly("CLOSED 1001");
    }

    @Test
    void missedPongsAreForgivenAsOftenAsAllowed() {
        HandPlayedPeer server = peer(true, options().missedPongsAllowed(2).idleTimeout(ConnectionOptions.OFF));
        server.passes(25_000 + 2 * 20_000);
        assertThat(server.heard()).containsExactly("PING 8", "PING 8", "PING 8");
        server.passes(20_000);
        assertThat(server.heard()).containsExactly("CLOSE 1001 ping timeout");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-K-20-")
    @Tag("R6455-K-16-")
    void aPongWithAnotherPayloadIsNoAnswer(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.passes(25_000).sends(Frames.FIN | Frames.PONG, "not ours").passes(20_000);
        assertThat(peer.end.events()).containsExactly("PONG not ours");
        assertThat(peer.heard()).containsExactly("PING 8", "CLOSE 1001 ping timeout");
    }

    @Test
    void unsolicitedPongsNeedNoAnswer() {
        HandPlayedPeer server =
                peer(true, options().keepAlive(KeepAliveMode.UNSOLICITED_PONG).idleTimeout(ConnectionOptions.OFF));
        server.passes(75_000);
        assertThat(server.heard()).containsExactly("PONG ", "PONG ", "PONG ");
        assertThat(server.end.isClosed()).isFalse();
    }

    @Test
    void anIdleConnectionIsClosed() {
        HandPlayedPeer server = peer(true, options().keepAlive(KeepAliveMode.OFF));
        server.passes(59_999);
        assertThat(server.heard()).isEmpty();
        server.passes(1);
        assertThat(server.heard()).containsExactly("CLOSE 1001 idle timeout");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionEndsAtItsAgeHoweverBusyItIs(boolean server) {
        HandPlayedPeer peer = peer(server, options().maxLifetime(Duration.ofMinutes(1)));
        for (int second = 0; second < 59; second++) {
            peer.passes(1_000).sends(Frames.FIN | Frames.TEXT, "busy");
        }
        peer.passes(999);
        assertThat(peer.heard()).isEmpty();
        peer.passes(1);
        assertThat(peer.heard()).containsExactly("CLOSE 1008 session too old");
        ClosingTests.assertReason(peer.passes(1_000), FailureReason.LIFETIME_OVER);
    }

    @Test
    void itsAgeMakesNoDifferenceToAConnectionThatCloses() {
        HandPlayedPeer server = peer(true, options().maxLifetime(Duration.ofSeconds(3)));
        server.passes(2_000);
        server.connection().close(1000, "bye");
        server.passes(2_000);
        assertThat(server.heard()).containsExactly("CLOSE 1000 bye");
    }

    @Test
    void withEverythingOffNothingIsEverDue() {
        HandPlayedPeer server =
                peer(true, options().keepAlive(KeepAliveMode.OFF).idleTimeout(ConnectionOptions.OFF));
        assertThat(server.connection().nextDeadline()).isEqualTo(WebSocketConnection.NO_DEADLINE);
    }

    @Test
    void aStalledWriteDropsTheTransport() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.end.transport().stall(true);
        server.end.send("stuck");
        server.end.settle();
        server.passes(9_999);
        assertThat(server.end.isClosed()).isFalse();
        server.passes(1);
        assertThat(server.end.closed().code()).isEqualTo(1006);
        ClosingTests.assertReason(server, FailureReason.WRITE_TIMEOUT);
        assertThat(server.end.completions()).containsExactly("stuck FAILED");
    }

    @Test
    void progressKeepsAWriteAlive() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.end.transport().stall(true);
        server.end.send(100, "slow");
        server.end.settle();
        server.passes(9_000);
        server.end.transport().chop(1 << 20, 10);
        server.end.transport().stall(false);
        server.connection().wantsWrite();
        server.connection().written(1);
        server.end.transport().stall(true);
        server.passes(9_000);
        assertThat(server.end.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDrippedMessageIsTooSlow(boolean server) {
        HandPlayedPeer peer = HandPlayedPeer.of(server);
        peer.sends(Frames.TEXT, "begin");
        for (int i = 0; i < 29; i++) {
            peer.passes(1_000).sends(0, "x");
        }
        assertThat(peer.heard()).isEmpty();
        peer.passes(1_000);
        assertThat(peer.heard()).containsExactly("CLOSE 1008 message too slow");
    }

    @Test
    void aPartialMessageMayLastAsLongAsItFlows() {
        HandPlayedPeer server = peer(true, options().partialMessages(true));
        server.sends(Frames.BINARY, "begin");
        for (int i = 0; i < 60; i++) {
            server.passes(1_000).sends(0, new byte[1024]);
        }
        assertThat(server.heard()).isEmpty();
        server.passes(24_000).sends(Frames.FIN | Frames.PONG, "x").passes(24_000);
        assertThat(server.heard()).last().isEqualTo("CLOSE 1008 message too slow");
    }

    @Test
    void aPausedReaderIsNotThePeersFault() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.passes(25_000);
        assertThat(server.heard()).containsExactly("PING 8");
        server.connection().pauseReading();
        server.passes(600_000);
        assertThat(server.end.isClosed()).isFalse();
        server.connection().resumeReading();
        server.sends(Frames.FIN | Frames.PONG, new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
        assertThat(server.end.isClosed()).isFalse();
    }

    @Test
    void aControlFloodIsStopped() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        for (int i = 0; i < 100; i++) {
            server.sends(Frames.FIN | Frames.PING, "p");
        }
        assertThat(server.heard()).hasSize(100).containsOnly("PONG p");
        server.sends(Frames.FIN | Frames.PING, "p");
        assertThat(server.heard()).last().isEqualTo("CLOSE 1008 too many control frames");
    }

    @Test
    void pongsCountToTheFloodAndTheRateRefills() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 20; i++) {
                server.sends(Frames.FIN | Frames.PONG, "p");
            }
            server.passes(1_000);
        }
        assertThat(server.end.isClosed()).isFalse();
        for (int i = 0; i < 101; i++) {
            server.sends(Frames.FIN | Frames.PONG, "p");
        }
        assertThat(server.heard()).containsExactly("CLOSE 1008 too many control frames");
    }

    @Test
    void twoDefaultConnectionsKeepEachOtherAlive() {
        ConnectionPair pair = new ConnectionPair();
        pair.advance(Duration.ofMinutes(30));
        assertThat(pair.client().events()).isEmpty();
        assertThat(pair.server().events()).isEmpty();
    }
}
