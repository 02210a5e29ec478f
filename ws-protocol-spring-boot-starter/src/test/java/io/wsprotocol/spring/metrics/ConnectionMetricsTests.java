package io.wsprotocol.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.driver.ConnectionEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import io.wsprotocol.spring.HandleRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests of {@link HandleMetrics} under connections of the driver, as a shell would report them. */
class ConnectionMetricsTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final HandleMetrics metrics = new HandleMetrics(registry, 1);
    private final DefaultWebSocketHandleFactory factory =
            new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(metrics), false);
    private final ConnectionOptions options = ConnectionOptions.defaults();

    @Test
    void largeMessagesCountOnceHoweverManyFramesTheyAreCutInto() {
        WebSocketConnection server = server();
        WebSocketConnection client = client();
        ConnectionObserver observer = metrics.connectionOpened(HandleRole.SERVER, "test");
        send(server, 200_000);
        send(server, 100);
        report(server, observer);
        assertThat(depth("server")).isEqualTo(2);
        assertThat(gauge("queue.bytes", "server")).isEqualTo(200_100);

        List<Integer> received = move(server, client);
        report(server, observer);

        assertThat(received).containsExactly(200_000, 100);
        assertThat(depth("server")).isZero();
        assertThat(gauge("queue.bytes", "server")).isZero();
        assertThat(messages("server", "sent", "binary")).isEqualTo(2);
        assertThat(messages("client", "received", "binary")).isEqualTo(2);
    }

    @Test
    void aConnectionsLifeIsTimedWhenItEnds() {
        MockClock clock = new MockClock();
        SimpleMeterRegistry timed = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        ConnectionObserver observer = new HandleMetrics(timed, 1).connectionOpened(HandleRole.CLIENT, "test");
        Timer durations =
                timed.get("ws.protocol.session.duration").tags("role", "client").timer();
        WebSocketConnection connection = client();
        clock.add(Duration.ofMinutes(3));
        assertThat(durations.count()).isZero();

        connection.transportFailed(new IOException("of the test"));
        end(connection, observer);

        assertThat(durations.count()).isEqualTo(1);
        assertThat(durations.totalTime(TimeUnit.SECONDS)).isEqualTo(180);
    }

    @Test
    void everythingReturnsToZeroWhenTheTransportIsLostWithAFullQueue() {
        WebSocketConnection server = server();
        ConnectionObserver observer = metrics.connectionOpened(HandleRole.SERVER, "test");
        for (int i = 0; i < 50; i++) {
            send(server, 1000);
        }
        assertThat(server.wantsWrite()).isTrue();
        server.written(700);
        report(server, observer);
        assertThat(depth("server")).isEqualTo(50);

        server.transportFailed(new IOException("of the test"));
        end(server, observer);

        assertThat(depth("server")).isZero();
        assertThat(gauge("queue.bytes", "server")).isZero();
        assertThat(gauge("sessions.active", "server")).isZero();
        assertThat(gauge("handles.active", "server")).isZero();
        assertThat(registry.get("ws.protocol.queue.depth")
                        .tags("role", "server", "queue", "receive")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("ws.protocol.closes")
                        .tags("code", "1006", "initiator", "transport")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void aPeerThatAnswersNoPingIsCounted() {
        WebSocketConnection server = server();
        ConnectionObserver observer = metrics.connectionOpened(HandleRole.SERVER, "test");
        server.onTime(options.pingInterval().plusSeconds(1).toNanos());
        discard(server);
        Duration late = options.pingInterval().plus(options.pongTimeout()).plusSeconds(2);
        server.onTime(late.toNanos());
        discard(server);
        server.transportClosed();
        end(server, observer);

        assertThat(registry.get("ws.protocol.keepalive.timeouts")
                        .tag("role", "server")
                        .counter()
                        .count())
                .isOne();
        assertThat(registry.get("ws.protocol.errors")
                        .tag("reason", "pong_timeout")
                        .counter()
                        .count())
                .isOne();
        assertThat(messages("server", "sent", "ping")).isOne();
    }

    private WebSocketConnection server() {
        ServerHandle handle = factory.createServerHandle(options);
        handle.assumeHandshakeDone();
        return WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
    }

    private WebSocketConnection client() {
        ClientHandle handle = factory.createClientHandle(options);
        handle.assumeHandshakeDone();
        return WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
    }

    private static void send(WebSocketConnection connection, int bytes) {
        assertThat(connection.trySend(MessageType.BINARY, ByteBuffer.allocate(bytes), true, null))
                .isEqualTo(SendResult.ACCEPTED);
    }

    private static void report(WebSocketConnection connection, ConnectionObserver observer) {
        observer.queueChanged(connection.queuedMessages(), connection.queuedBytes());
    }

    /** Moves all bytes of one side to the other; {@return the sizes of the messages that arrived} */
    private static List<Integer> move(WebSocketConnection from, WebSocketConnection to) {
        List<Integer> sizes = new ArrayList<>();
        while (from.wantsWrite()) {
            long written = 0;
            for (int i = 0; i < from.writeBufferCount(); i++) {
                ByteBuffer bytes = from.writeBuffers()[i].duplicate();
                written += bytes.remaining();
                while (bytes.hasRemaining()) {
                    to.feed(bytes);
                    while (to.nextEvent() != ConnectionEvent.NONE) {
                        sizes.add(to.payload().remaining());
                    }
                }
            }
            from.written(written);
        }
        return sizes;
    }

    private static void discard(WebSocketConnection connection) {
        while (connection.wantsWrite()) {
            long bytes = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                bytes += connection.writeBuffers()[i].remaining();
            }
            connection.written(bytes);
        }
    }

    private static void end(WebSocketConnection connection, ConnectionObserver observer) {
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.CLOSED);
        report(connection, observer);
        observer.closed(connection.closeEvent());
    }

    private double depth(String role) {
        return registry.get("ws.protocol.queue.depth")
                .tags("role", role, "queue", "send")
                .gauge()
                .value();
    }

    private double gauge(String name, String role) {
        return registry.get("ws.protocol." + name).tag("role", role).gauge().value();
    }

    private double messages(String role, String direction, String type) {
        return registry.get("ws.protocol.messages")
                .tags("role", role, "direction", direction, "type", type)
                .functionCounter()
                .count();
    }
}
