package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every deadline one millisecond before its time, on time, and one late, on a virtual clock (T13). */
class DeadlineEdgeTests {

    /**
     * One deadline.
     *
     * @param name what it is called
     * @param options what differs from the defaults
     * @param before leads to where the deadline begins
     * @param millis how long it then takes
     * @param after how the connection ended or goes on, as {@link #state} says it
     */
    record Edge(
            String name,
            Consumer<ConnectionOptions.Builder> options,
            Consumer<HandPlayedPeer> before,
            long millis,
            String after) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static void quiet(ConnectionOptions.Builder options) {
        options.keepAlive(KeepAliveMode.OFF).idleTimeout(ConnectionOptions.OFF);
    }

    static Stream<Edge> edges() {
        Consumer<HandPlayedPeer> nothing = peer -> {};
        return Stream.of(
                new Edge("ping interval", options -> {}, nothing, 25_000, "PING 8"),
                new Edge(
                        "unsolicited pong",
                        options -> options.keepAlive(KeepAliveMode.UNSOLICITED_PONG),
                        nothing,
                        25_000,
                        "PONG "),
                new Edge(
                        "pong timeout",
                        options -> {},
                        peer -> peer.passes(25_000).heard(),
                        20_000,
                        "CLOSE 1001 ping timeout"),
                new Edge(
                        "idle timeout",
                        options -> options.keepAlive(KeepAliveMode.OFF),
                        nothing,
                        60_000,
                        "CLOSE 1001 idle timeout"),
                new Edge(
                        "message timeout",
                        DeadlineEdgeTests::quiet,
                        peer -> peer.sends(Frames.TEXT, "begin"),
                        30_000,
                        "CLOSE 1008 message too slow"),
                new Edge(
                        "lifetime",
                        options -> options.maxLifetime(Duration.ofSeconds(7)),
                        nothing,
                        7_000,
                        "CLOSE 1008 session too old"),
                new Edge(
                        "write timeout",
                        DeadlineEdgeTests::quiet,
                        peer -> {
                            peer.end.transport().stall(true);
                            peer.end.send("stuck");
                            peer.end.settle();
                        },
                        10_000,
                        "dropped 1006"),
                new Edge(
                        "close timeout",
                        DeadlineEdgeTests::quiet,
                        peer -> {
                            peer.connection().close(1000, "bye");
                            peer.heard();
                        },
                        5_000,
                        "dropped 1006"),
                new Edge(
                        "close timeout after the peer's Close, for a server that cannot write its own",
                        DeadlineEdgeTests::quiet,
                        peer -> {
                            peer.end.transport().stall(true);
                            peer.closes(1000, "bye");
                        },
                        5_000,
                        "dropped 1000"),
                new Edge(
                        "failure close timeout with a blocked wire",
                        DeadlineEdgeTests::quiet,
                        peer -> {
                            peer.end.transport().stall(true);
                            peer.sends(0x83, "reserved opcode");
                        },
                        1_000,
                        "dropped 1002"),
                new Edge(
                        "failure close timeout with a peer that keeps the transport open",
                        DeadlineEdgeTests::quiet,
                        peer -> {
                            peer.sends(0x83, "reserved opcode");
                            peer.heard();
                        },
                        1_000,
                        "dropped 1002"));
    }

    private static String state(HandPlayedPeer peer) {
        if (peer.end.isClosed()) {
            return "dropped " + peer.end.closed().code();
        }
        return String.join(", ", peer.heard());
    }

    @ParameterizedTest
    @MethodSource("edges")
    void comesOnTimeAndNotBefore(Edge edge) {
        for (boolean server : new boolean[] {true, false}) {
            for (int offset = -1; offset <= 1; offset++) {
                ConnectionOptions.Builder options = ConnectionOptions.builder();
                edge.options().accept(options);
                HandPlayedPeer peer = new HandPlayedPeer(server, options.build());
                edge.before().accept(peer);
                peer.passes(edge.millis() + offset);
                assertThat(state(peer))
                        .as("%s, server %s, %s ms", edge, server, offset)
                        .isEqualTo(offset < 0 ? "" : edge.after());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("edges")
    void isAnnouncedAndStaysTrueForAClockThatComesLate(Edge edge) {
        ConnectionOptions.Builder options = ConnectionOptions.builder();
        edge.options().accept(options);
        HandPlayedPeer peer = new HandPlayedPeer(true, options.build());
        edge.before().accept(peer);
        assertThat(peer.connection().nextDeadline()).isNotEqualTo(WebSocketConnection.NO_DEADLINE);
        // a timer that was lost for an hour: one visit is enough for each thing that is due
        peer.end.run(peer.end.now() + Duration.ofHours(1).toNanos());
        peer.passes(0);
        assertThat(peer.end.isClosed() || !peer.heard().isEmpty()).isTrue();
    }
}
