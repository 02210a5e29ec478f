package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.spring.server.Broadcast.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;

/** One message to many sessions on a real server. */
class WebSocketBroadcasterTests {

    private static EndpointServer server(String transport) {
        return EndpointServer.shared(
                "ws-protocol.server.transport=" + transport,
                "ws-protocol.send.queue-bytes=200KB",
                "ws-protocol.send.timeout=20s");
    }

    private static WebSocketSession sessionOf(EndpointServer server, String key) throws InterruptedException {
        assertThat(server.recorder().next(key)).isEqualTo("established");
        return server.recorder().session(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "servlet"})
    void allGetItButTheOneThatDoesNotReadAndNobodyWaitsForThat(String transport) throws Exception {
        EndpointServer server = server(transport);
        WebSocketBroadcaster broadcaster = server.bean(WebSocketBroadcaster.class);
        PreparedMessage message = PreparedMessage.binary(ByteBuffer.allocate(20_000));
        List<RawClient> clients = new ArrayList<>();
        List<WebSocketSession> sessions = new ArrayList<>();
        try (RawClient slow = new RawClient(SocketFactory.getDefault(), server.port(), 4096)) {
            slow.shakeHands("/echo?slow" + transport);
            WebSocketSession stalled = sessionOf(server, "slow" + transport);
            sessions.add(stalled);
            for (int i = 0; i < 20; i++) {
                String key = "reader" + transport + i;
                clients.add(RawClient.open(server.port(), "/echo?" + key));
                sessions.add(new ConcurrentWebSocketSessionDecorator(sessionOf(server, key), 1000, 1000));
            }
            Broadcast last = broadcaster.send(message, sessions);
            for (int round = 1; round < 1_000 && last.count(Outcome.FULL) == 0; round++) {
                for (RawClient client : clients) {
                    assertThat(client.readMessage().payload()).hasSize(20_000);
                }
                last = broadcaster.send(message, sessions);
            }
            assertThat(last.sessions(Outcome.FULL)).containsExactly(stalled);
            for (RawClient client : clients) {
                assertThat(client.readMessage().payload()).hasSize(20_000);
            }
            assertThat(last.done().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isSameAs(last);
            assertThat(last).hasToString("Broadcast{SENT=20, FULL=1}");
            assertThat(last.recipients()).isEqualTo(21);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aSessionThatEndsBeforeItIsToldIsCountedAsFailedOrClosed() throws Exception {
        EndpointServer server = server("native");
        try (RawClient slow = new RawClient(SocketFactory.getDefault(), server.port(), 4096)) {
            slow.shakeHands("/echo?gone");
            WsProtocolWebSocketSession session = (WsProtocolWebSocketSession) sessionOf(server, "gone");
            WebSocketBroadcaster broadcaster = server.bean(WebSocketBroadcaster.class);
            PreparedMessage message = PreparedMessage.binary(ByteBuffer.allocate(100_000));
            List<Broadcast> broadcasts = new ArrayList<>();
            do {
                broadcasts.add(broadcaster.send(message, List.of(session)));
            } while (broadcasts.get(broadcasts.size() - 1).count(Outcome.FULL) == 0);
            session.getNativeSession().abort();
            for (Broadcast broadcast : broadcasts) {
                broadcast.done().toCompletableFuture().get(20, TimeUnit.SECONDS);
                assertThat(broadcast.count(Outcome.PENDING)).isZero();
            }
            assertThat(broadcasts.stream().filter(b -> b.count(Outcome.FAILED) == 1))
                    .isNotEmpty();
            assertThat(broadcaster.send(message, List.of(session))).hasToString("Broadcast{CLOSED=1}");
        }
    }

    @Test
    void aBroadcastToNobodyIsDone() {
        Broadcast broadcast = new WebSocketBroadcaster().send("text", List.of());
        assertThat(broadcast.done().toCompletableFuture()).isCompletedWithValue(broadcast);
    }

    @Test
    void aSessionOfAnotherEngineIsRefusedBeforeAnythingIsSent() {
        WebSocketSession other = mock();
        assertThatThrownBy(() -> new WebSocketBroadcaster().send("text", List.of(other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not run on the ws-protocol engine");
    }
}
