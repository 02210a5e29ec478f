package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.driver.CloseEvent.Initiator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §7: every order in which a connection can end. */
class ClosingTests {

    private static final int FIN_TEXT = Frames.FIN | Frames.TEXT;

    /** A transport that knows only whole connections. */
    private static final class Narrow implements Transport {

        final PipeTransport input = new PipeTransport();
        long written;

        Narrow() {
            PipeTransport.join(input, new PipeTransport());
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return input.read(target);
        }

        @Override
        public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
            long bytes = input.write(buffers, offset, length);
            written += bytes;
            return bytes;
        }

        @Override
        public void close() {
            input.close();
        }
    }

    @Nested
    class BegunHere {

        @Test
        @Tag("R6455-K-09+")
        @Tag("R6455-Z-04+")
        @Tag("R6455-K-11+")
        @Tag("R6455-Z-05+")
        @Tag("R6455-K-10-")
        @Tag("R6455-Z-03-")
        @Tag("R6455-Z-16-")
        @Tag("R6455-Z-07+")
        @Tag("R6455-Z-01+")
        void clientWaitsForTheServerToCloseTheTransport() {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            assertThat(client.connection().close(1000, "bye")).isTrue();
            assertThat(client.heard()).containsExactly("CLOSE 1000 bye");
            assertThat(client.connection().wantsOutputShutdown()).isFalse();

            client.closes(1000, "bye");

            assertThat(client.end.transport().isOutputShut()).isTrue();
            assertThat(client.end.isClosed()).isFalse();
            client.ends();
            assertThat(client.end.closed()).isEqualTo(new CloseEvent(1000, "bye", true, Initiator.LOCAL, null));
            assertThat(client.end.transport().isClosed()).isTrue();
        }

        @Test
        @Tag("R6455-K-10+")
        @Tag("R6455-Z-03+")
        @Tag("R6455-Z-05+")
        void serverClosesTheTransportOnThePeersAnswer() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.connection().close(4000, null);
            assertThat(server.heard()).containsExactly("CLOSE 4000");

            server.closes(4000, "");

            assertThat(server.end.transport().isClosed()).isTrue();
            assertThat(server.end.closed()).isEqualTo(new CloseEvent(4000, "", true, Initiator.LOCAL, null));
        }

        @Test
        @Tag("R6455-Z-21+")
        void noStatusMeansAnEmptyClose() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            assertThatThrownBy(() -> server.connection().close(1005, "why"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(server.connection().close(1005, null)).isTrue();
            assertThat(server.heard()).containsExactly("CLOSE");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void queuedMessagesGoFirstAndDataStillArrives(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.send("a");
            peer.connection().close(1000, null);
            assertThat(peer.end.send("b")).isEqualTo(SendResult.CLOSED);

            assertThat(peer.heard()).containsExactly("TEXT a", "CLOSE 1000");
            peer.sends(FIN_TEXT, "late");
            assertThat(peer.end.events()).containsExactly("TEXT late");
            assertThat(peer.end.completions()).containsExactly("a SENT");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-09-")
        @Tag("R6455-K-09-")
        @Tag("R6455-Z-05-")
        @Tag("R6455-K-10-")
        @Tag("R6455-Z-03-")
        void dropsTheTransportWhenThePeerDoesNotAnswer(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.connection().close(1000, null);
            peer.passes(0).passes(4_999);
            assertThat(peer.end.isClosed()).isFalse();

            peer.passes(1);

            assertThat(peer.end.transport().isClosed()).isTrue();
            assertThat(peer.end.closed().code()).isEqualTo(1006);
            assertThat(peer.end.closed().initiator()).isEqualTo(Initiator.LOCAL);
            assertThat(peer.end.closed().clean()).isFalse();
            assertReason(peer, FailureReason.CLOSE_TIMEOUT);
        }

        @Test
        void pingsAreStillAnsweredBeforeThePeersClose() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.connection().close(1000, null);
            server.sends(Frames.FIN | Frames.PING, "p");
            assertThat(server.heard()).containsExactly("CLOSE 1000", "PONG p");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-06+")
        void isNotOpenFromTheFirstCloseOn(boolean server) {
            HandPlayedPeer sends = HandPlayedPeer.of(server);
            HandPlayedPeer receives = HandPlayedPeer.of(server);
            assertThat(sends.connection().isOpen()).isTrue();
            assertThat(receives.connection().isOpen()).isTrue();

            sends.connection().close(1000, null);
            receives.closes(1000, "");

            assertThat(sends.connection().isOpen()).isFalse();
            assertThat(receives.connection().isOpen()).isFalse();
            assertThat(sends.end.send("late")).isEqualTo(SendResult.CLOSED);
            assertThat(receives.end.send("late")).isEqualTo(SendResult.CLOSED);
        }

        @Test
        @Tag("R6455-Z-15+")
        @Tag("R6455-Q-11+")
        @Tag("R6455-Z-06-")
        void aClientThatNobodyEndsGoesOnForEver() {
            HandPlayedPeer client = new HandPlayedPeer(
                    false,
                    ConnectionOptions.builder()
                            .keepAlive(KeepAliveMode.OFF)
                            .idleTimeout(ConnectionOptions.OFF)
                            .build());
            client.passes(Duration.ofDays(365).toMillis());
            assertThat(client.heard()).isEmpty();
            assertThat(client.connection().isOpen()).isTrue();
            assertThat(client.connection().nextDeadline()).isEqualTo(WebSocketConnection.NO_DEADLINE);
            client.sends(FIN_TEXT, "still here");
            assertThat(client.end.events()).containsExactly("TEXT still here");
        }

        @Test
        @Tag("R6455-K-04-")
        void theReasonIsNotForEveryEyeThatReadsALog() {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            client.closes(4000, "<b>click here</b>").ends();
            assertThat(client.end.closed().reason()).isEqualTo("<b>click here</b>");
            assertThat(client.end.closed().toString()).doesNotContain("click");
        }

        @Test
        void onlyTheFirstCallCounts() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            assertThat(server.connection().close(1000, null)).isTrue();
            assertThat(server.connection().close(1001, null)).isFalse();
            assertThat(server.heard()).containsExactly("CLOSE 1000");
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 999, 1004, 1006, 1015, 1016, 2999, 5000})
        @Tag("R6455-Z-21-")
        @Tag("R6455-Z-22-")
        @Tag("R6455-Z-23-")
        void refusesCodesThatMustNotBeSent(int code) {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            assertThatThrownBy(() -> client.connection().close(code, null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(client.connection().isOpen()).isTrue();
        }

        @Test
        @Tag("R6455-Z-31+-")
        @Tag("R6455-Z-32+-")
        void refuses1010FromAServerAndReasonsThatAreTooLong() {
            WebSocketConnection server = HandPlayedPeer.of(true).connection();
            assertThatThrownBy(() -> server.close(1010, null)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> server.close(1000, "x".repeat(124))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> server.close(1000, "\uD800")).isInstanceOf(IllegalArgumentException.class);
            assertThat(server.close(1000, "x".repeat(123))).isTrue();
        }
    }

    @Nested
    class BegunByThePeer {

        @ParameterizedTest
        @CsvSource({"1000,true", "1001,false", "3000,true", "4999,false", "1012,true"})
        @Tag("R6455-K-06+")
        @Tag("R6455-K-08+")
        @Tag("R6455-Z-08+")
        @Tag("R6455-Z-10+")
        @Tag("R6455-Z-09-")
        @Tag("R6455-K-04+")
        @Tag("R6455-K-01+")
        @Tag("R6455-K-03+")
        void echoesTheCode(int code, boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.closes(code, "why");
            assertThat(peer.heard()).containsExactly("CLOSE " + code);
            peer.ends();
            assertThat(peer.end.closed()).isEqualTo(new CloseEvent(code, "why", true, Initiator.REMOTE, null));
            assertThat(peer.end.events()).containsExactly("CLOSED " + code);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-K-08+")
        @Tag("R6455-Z-10-")
        void answersAnEmptyCloseWithAnEmptyOne(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.sends(Frames.FIN | Frames.CLOSE, "");
            assertThat(peer.heard()).containsExactly("CLOSE");
            peer.ends();
            assertThat(peer.end.closed()).isEqualTo(new CloseEvent(1005, null, true, Initiator.REMOTE, null));
        }

        @Test
        @Tag("R6455-Z-31-")
        @Tag("R6455-K-08-")
        void serverDoesNotEcho1010() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.closes(1010, "ext");
            assertThat(server.heard()).containsExactly("CLOSE 1000");
            assertThat(server.end.closed().code()).isEqualTo(1010);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-K-07+-")
        void answersAheadOfQueuedDataWhichFails(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().stall(true);
            peer.end.send("first");
            peer.end.settle();
            peer.end.send("second");
            peer.closes(1000, "");
            assertThat(peer.end.send("third")).isEqualTo(SendResult.CLOSED);
            peer.end.transport().stall(false);

            assertThat(peer.heard()).containsExactly("TEXT first", "CLOSE 1000");
            assertThat(peer.end.completions()).containsExactly("second FAILED", "first SENT");
        }

        @Test
        @Tag("R6455-K-07+-")
        void abandonsALargeMessageAtTheFrameBoundary() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.end.transport().chop(1 << 20, 70_000);
            server.end.transport().stall(true);
            server.end.send(300_000, "large");
            server.end.settle();
            server.closes(1000, "");
            server.end.transport().stall(false);

            assertThat(server.heard()).containsExactly("BINARY+ 65536", "CLOSE 1000");
            assertThat(server.end.completions()).containsExactly("large FAILED");
        }

        @Test
        @Tag("R6455-K-19-")
        void nothingIsDeliveredAfterTheClose() {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            client.end.transport().arrive(Frames.close(false, 1000, ""));
            client.sends(FIN_TEXT, "too late")
                    .sends(Frames.FIN | Frames.PING, "p")
                    .ends();
            assertThat(client.end.events()).containsExactly("CLOSED 1000");
            assertThat(client.heard()).containsExactly("CLOSE 1000");
        }

        @Test
        @Tag("R6455-K-11-")
        void clientStopsWaitingForTheEndAfterTheDeadline() {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            client.closes(1000, "").passes(4_999);
            assertThat(client.end.isClosed()).isFalse();
            client.passes(1);
            assertThat(client.end.closed()).isEqualTo(new CloseEvent(1000, "", true, Initiator.REMOTE, null));
        }

        @Test
        @Tag("R6455-Z-01-")
        void clientStopsReadingAPeerThatGoesOnSending() {
            HandPlayedPeer client = HandPlayedPeer.of(false);
            client.closes(1000, "");
            client.arrives(java.nio.ByteBuffer.allocate(70_000));
            assertThat(client.end.transport().isClosed()).isTrue();
            assertThat(client.end.closed().clean()).isTrue();
        }

        @Test
        @Tag("R6455-Z-08-")
        void keepsThePeersCodeWhenOurCloseCannotBeWritten() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.end.transport().stall(true);
            server.closes(1001, "gone").passes(5_000);
            assertThat(server.end.closed().code()).isEqualTo(1001);
            assertThat(server.end.closed().clean()).isFalse();
            assertReason(server, FailureReason.CLOSE_TIMEOUT);
        }
    }

    @Nested
    class Both {

        @Test
        @Tag("R6455-K-12+")
        @Tag("R6455-K-06-")
        void simultaneousClosesAreOneEach() {
            ConnectionPair pair = new ConnectionPair();
            pair.client().connection().close(3001, "c");
            pair.server().connection().close(3002, "s");
            pair.settle();
            assertThat(pair.client().closed()).isEqualTo(new CloseEvent(3002, "s", true, Initiator.LOCAL, null));
            assertThat(pair.server().closed()).isEqualTo(new CloseEvent(3001, "c", true, Initiator.LOCAL, null));
        }

        @ParameterizedTest
        @CsvSource({"true,1", "true,3", "false,1", "false,1000"})
        void everyCutOfTheStreamEndsTheSameWay(boolean clientBegins, int step) {
            ConnectionPair pair = new ConnectionPair();
            pair.client().transport().chop(step, step);
            pair.server().transport().chop(step, step);
            pair.client().send("hello");
            (clientBegins ? pair.client() : pair.server()).connection().close(1000, "done");
            pair.settle();
            CloseEvent client = pair.client().closed();
            CloseEvent server = pair.server().closed();
            assertThat(client.clean() && server.clean()).isTrue();
            assertThat(client.code()).isEqualTo(1000);
            assertThat(server.code()).isEqualTo(1000);
            assertThat(pair.server().events()).first().isEqualTo("TEXT hello");
        }
    }

    @Nested
    class Failing {

        @Test
        @Tag("R6455-Z-01+")
        void readsOnForAWhileWhereTheOutputCannotBeEndedAlone() {
            Narrow transport = new Narrow();
            var handle = WebSocketHandle.createServer();
            handle.assumeHandshakeDone();
            List<Integer> codes = new ArrayList<>();
            MessageListener listener = new MessageListener() {
                @Override
                public void onClosed(CloseEvent event) {
                    codes.add(event.code());
                }
            };
            WebSocketConnection connection = WebSocketConnection.open(
                    handle, ConnectionOptions.defaults(), (context, outcome) -> {}, () -> {}, 0);
            ConnectionLoop loop = new ConnectionLoop(connection, transport, listener);
            transport.input.arrive(Frames.frame(true, Frames.FIN | 3, "bad"));
            assertThat(loop.run(0)).isEqualTo(Interest.READ);
            assertThat(transport.written).isPositive();
            transport.input.arrive(ByteBuffer.allocate(60_000));
            assertThat(loop.run(1)).isEqualTo(Interest.READ);
            assertThat(transport.input.waiting()).isZero();

            assertThat(loop.run(connection.nextDeadline())).isEqualTo(Interest.CLOSED);
            assertThat(transport.input.isClosed()).isTrue();
            assertThat(codes).containsExactly(1002);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-13-")
        @Tag("R6455-Z-14-")
        void sendsOneCloseAndDeliversNothingMore(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().arrive(Frames.frame(server, FIN_TEXT, "good"));
            peer.end.transport().arrive(Frames.frame(server, Frames.FIN | 3, "bad"));
            peer.sends(FIN_TEXT, "after").closes(1000, "");

            assertThat(peer.heard()).singleElement().asString().startsWith("CLOSE 1002");
            assertThat(peer.end.transport().isOutputShut()).isTrue();
            peer.ends();
            assertThat(peer.end.events()).containsExactly("TEXT good", "CLOSED 1002");
            CloseEvent event = peer.end.closed();
            assertThat(event.clean()).isFalse();
            assertThat(event.initiator()).isEqualTo(Initiator.LOCAL);
            assertThat(event.cause()).isInstanceOf(WebSocketProtocolException.class);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-13-")
        void givesUpWhenTheCloseCannotBeWritten(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().stall(true);
            peer.end.send("stuck");
            peer.sends(Frames.FIN | 3, "bad").passes(999);
            assertThat(peer.end.isClosed()).isFalse();
            peer.passes(1);
            assertThat(peer.end.closed().code()).isEqualTo(1002);
            assertThat(peer.end.transport().isClosed()).isTrue();
            assertThat(peer.end.completions()).containsExactly("stuck FAILED");
        }

        @Test
        void dropsAPeerThatKeepsTheTransportOpen() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.sends(Frames.FIN | 3, "bad").passes(1_000);
            assertThat(server.end.closed().code()).isEqualTo(1002);
        }

        @Test
        void invalidTextIsAnsweredWith1007() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.sends(FIN_TEXT, new byte[] {'a', (byte) 0xFF});
            assertThat(server.heard()).singleElement().asString().startsWith("CLOSE 1007");
        }

        @Test
        void afterOurCloseTheViolationSendsNoSecondOne() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.connection().close(1000, null);
            server.sends(Frames.FIN | 3, "bad").ends();
            assertThat(server.heard()).containsExactly("CLOSE 1000");
            assertThat(server.end.closed().code()).isEqualTo(1002);
        }
    }

    @Nested
    class LosingTheTransport {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-07+")
        @Tag("R6455-Z-09+")
        @Tag("R6455-Z-16+")
        @Tag("R6455-Z-22+")
        void endOfInputWithoutACloseIs1006(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().arrive(Frames.frame(server, FIN_TEXT, "last words"));
            peer.ends();
            assertThat(peer.end.events()).containsExactly("TEXT last words", "CLOSED 1006");
            assertThat(peer.end.closed()).isEqualTo(new CloseEvent(1006, null, false, Initiator.TRANSPORT, null));
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-D-01-")
        void aResetFailsWhatWasQueued(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().stall(true);
            peer.end.send("a");
            peer.end.settle();
            peer.end.send("b");
            peer.end.transport().reset();
            peer.end.settle();
            assertThat(peer.end.completions()).containsExactlyInAnyOrder("a FAILED", "b FAILED");
            assertThat(peer.end.closed().code()).isEqualTo(1006);
            assertThat(peer.end.closed().cause()).hasMessage("connection reset");
            assertThat(peer.end.send("c")).isEqualTo(SendResult.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void endOfInputRightAfterTheCloseIsClean(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.end.transport().arrive(Frames.close(server, 1000, ""));
            peer.ends();
            assertThat(peer.heard()).containsExactly("CLOSE 1000");
            assertThat(peer.end.closed().clean()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-Z-02+")
        void abortDropsWithoutAClose(boolean server) {
            HandPlayedPeer peer = HandPlayedPeer.of(server);
            peer.connection().abort();
            assertThat(peer.heard()).isEmpty();
            assertThat(peer.end.transport().isClosed()).isTrue();
            assertThat(peer.end.closed()).isEqualTo(new CloseEvent(1006, null, false, Initiator.LOCAL, null));
        }

        @Test
        void aPausedReaderDoesNotKeepADeadConnection() {
            HandPlayedPeer server = HandPlayedPeer.of(true);
            server.connection().pauseReading();
            server.connection().close(1000, null);
            server.passes(0).passes(5_000);
            assertThat(server.end.closed().code()).isEqualTo(1006);
        }

        @Test
        void aPayloadLivesUntilTheNextEventEvenWhenTheTransportDies() {
            WebSocketConnection connection = HandPlayedPeer.of(true).connection();
            connection.feed(Frames.frame(true, FIN_TEXT, "alive"));
            assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
            connection.transportFailed(new java.io.IOException("gone"));
            assertThat(connection.text()).isEqualTo("alive");
            assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.CLOSED);
            assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
            assertThat(connection.nextDeadline()).isEqualTo(WebSocketConnection.NO_DEADLINE);
        }
    }

    static void assertReason(HandPlayedPeer peer, FailureReason reason) {
        assertThat(peer.end.closed().cause()).isInstanceOf(ConnectionException.class);
        assertThat(((ConnectionException) peer.end.closed().cause()).reason()).isEqualTo(reason);
    }

    @Test
    void neverTakesLongerThanTheDeadlineEvenWithASilentClock() {
        ConnectionPair pair = new ConnectionPair();
        pair.server().transport().stall(true);
        pair.client().connection().close(1000, null);
        pair.settle();
        pair.advance(Duration.ofSeconds(6));
        assertThat(pair.client().isClosed()).isTrue();
        assertThat(pair.server().isClosed()).isTrue();
    }
}
