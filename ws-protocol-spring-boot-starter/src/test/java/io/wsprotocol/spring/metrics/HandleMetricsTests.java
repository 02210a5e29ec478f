package io.wsprotocol.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.CloseEvent.Initiator;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import io.wsprotocol.spring.HandleExchange;
import io.wsprotocol.spring.HandleRole;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link HandleMetrics} with real handles and a clock that the test moves. */
class HandleMetricsTests {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final HandleMetrics metrics = new HandleMetrics(registry, 1);
    private final DefaultWebSocketHandleFactory factory =
            new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(metrics), false);

    @Test
    void theMetersOfDashboardsExistFromTheStart() {
        List<String> names = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .distinct()
                .toList();
        // Those of compression and STOMP are registered with what they count.
        assertThat(names)
                .contains(Stream.of(HandleMeters.values())
                        .filter(meter -> !meter.getName().startsWith("ws.protocol.compression.")
                                && !meter.getName().startsWith("ws.protocol.stomp.")
                                && !meter.getName().startsWith("ws.protocol.broadcast.")
                                && meter != HandleMeters.RECEIVE_WAIT
                                && meter != HandleMeters.MESSAGE_SIZE
                                && meter != HandleMeters.SESSIONS_ACTIVE
                                && meter != HandleMeters.CLOSES
                                && meter != HandleMeters.ERRORS
                                && meter != HandleMeters.HANDSHAKES)
                        .map(HandleMeters::getName)
                        .toArray(String[]::new));
    }

    @Test
    void everyMeterIsAsDocumented() {
        new HandleMetrics(registry, new HandleMetrics.Settings(1, true, true));
        registerTheRare();
        for (Meter meter : registry.getMeters()) {
            if (meter.getId().getName().endsWith(".histogram")) {
                continue; // buckets of another meter, as this registry keeps them
            }
            HandleMeters documented = Stream.of(HandleMeters.values())
                    .filter(candidate ->
                            candidate.getName().equals(meter.getId().getName()))
                    .findFirst()
                    .orElseThrow();
            assertThat(meter.getId().getTags().stream().map(tag -> tag.getKey()))
                    .as(documented.getName())
                    .containsExactlyInAnyOrder(Arrays.stream(documented.getKeyNames())
                            .map(key -> key.asString())
                            .toArray(String[]::new));
            assertThat(meter.getId().getType()).as(documented.getName()).isEqualTo(documented.getType());
            if (documented.getType() != Meter.Type.TIMER) {
                assertThat(meter.getId().getBaseUnit()).as(documented.getName()).isEqualTo(documented.getBaseUnit());
            }
        }
    }

    @Test
    void theNumberOfSeriesIsBounded() {
        new HandleMetrics(registry, new HandleMetrics.Settings(1, true, true));
        registerTheRare();
        for (int code = 1000; code < 5000; code++) {
            for (Initiator initiator : Initiator.values()) {
                metrics.connectionOpened(HandleRole.SERVER, "test")
                        .closed(new CloseEvent(code, null, true, initiator, null));
            }
        }
        assertThat(registry.getMeters().size()).isLessThan(180);
    }

    @Test
    void activeHandlesAreThoseMadeAndNotClosed() {
        ServerHandle one = factory.createServerHandle();
        ServerHandle two = factory.createServerHandle();
        assertThat(gauge("handles.active", "role", "server")).isEqualTo(2);
        one.close();
        one.close();
        assertThat(gauge("handles.active", "role", "server")).isEqualTo(1);
        two.close();
        assertThat(gauge("handles.active", "role", "server")).isZero();
        assertThat(gauge("handles.active", "role", "client")).isZero();
    }

    @Test
    void queueDepthFollowsTheOperationsOfHandlesWithoutAConnection() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.client().send(BufferType.UTF8_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.client().send(BufferType.UTF8_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.server().receive(null, null);
        assertThat(gauge("queue.depth", "role", "client", "queue", "send")).isEqualTo(2);
        assertThat(gauge("queue.depth", "role", "server", "queue", "receive")).isEqualTo(1);
        assertThat(gauge("queue.depth.max", "role", "client", "queue", "send")).isEqualTo(2);

        HandleExchange.pump(exchange.client(), ActionQueue.SEND, ByteBuffer.allocate(0), exchange.toServer());
        HandleExchange.pump(exchange.server(), ActionQueue.ALL, exchange.toServer(), ByteBuffer.allocate(0));

        assertThat(gauge("queue.depth", "role", "client", "queue", "send")).isZero();
        assertThat(gauge("queue.depth", "role", "server", "queue", "receive")).isZero();
        assertThat(gauge("queue.depth.max", "role", "client", "queue", "send")).isEqualTo(2);
        clock.add(61, TimeUnit.SECONDS);
        assertThat(gauge("queue.depth.max", "role", "client", "queue", "send")).isZero();
    }

    @Test
    void queueDepthReturnsToZeroWhenHandlesAreClosedWithQueuedOperations() {
        for (int i = 0; i < 3; i++) {
            HandleExchange exchange = new HandleExchange(factory);
            exchange.client().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
            exchange.client().receive(null, null);
            exchange.server().receive(null, null);
            exchange.close();
        }
        assertThat(everyQueueDepth()).containsOnly(0.0);
    }

    @Test
    void queueDepthStaysRightWhenAnActionIsCompletedAfterTheHandleWasClosed() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.sendText("hello");
        exchange.server().receive(null, null);
        exchange.server().receive(null, null);
        Action read = exchange.server().getAction(ActionQueue.RECEIVE);
        read.buffer().put(exchange.toServer().flip());
        exchange.server().completeAction(read, 11);
        Action indication = exchange.server().getAction(ActionQueue.RECEIVE);
        assertThat(indication.type()).isEqualTo(ActionType.INDICATE_RECEIVE_COMPLETE);

        exchange.server().close();
        exchange.server().completeAction(indication, 0);

        assertThat(everyQueueDepth()).containsOnly(0.0);
    }

    @Test
    void queueDepthReturnsToZeroAfterAnAbortThatIsDrained() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.client().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.client().receive(null, null);
        exchange.client().abort();
        HandleExchange.pump(exchange.client(), ActionQueue.ALL, ByteBuffer.allocate(0), ByteBuffer.allocate(0));
        exchange.close();
        assertThat(everyQueueDepth()).containsOnly(0.0);
        assertThat(timer("indicate_send_complete", "client", "error").count()).isOne();
        assertThat(timer("indicate_receive_complete", "client", "error").count())
                .isOne();
    }

    @Test
    void aReceiveThatIsTakenBackBecauseThereIsNothingToReadIsNoError() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.server().receive(null, null);
        exchange.server().completeAction(exchange.server().getAction(ActionQueue.RECEIVE), 0);
        exchange.server().completeAction(exchange.server().getAction(ActionQueue.RECEIVE), 0);

        assertThat(timer("indicate_receive_complete", "server", "error").count())
                .isZero();
        assertThat(timer("indicate_receive_complete", "server", "success").count())
                .isZero();
        exchange.close();
    }

    @Test
    void theSendQueueOfAConnectionIsWhatTheConnectionReports() {
        ServerHandle handle = factory.createServerHandle(ConnectionOptions.defaults());
        handle.assumeHandshakeDone();
        handle.send(BufferType.BINARY_FRAGMENT, ByteBuffer.allocate(5), null);
        assertThat(gauge("queue.depth", "role", "server", "queue", "send")).isZero();

        ConnectionObserver observer = metrics.connectionOpened(HandleRole.SERVER, "test");
        observer.queueChanged(3, 500);
        observer.queueChanged(2, 400);
        ConnectionObserver other = metrics.connectionOpened(HandleRole.SERVER, "test");
        other.queueChanged(5, 70);
        assertThat(gauge("queue.depth", "role", "server", "queue", "send")).isEqualTo(7);
        assertThat(gauge("queue.bytes", "role", "server", "queue", "send")).isEqualTo(470);
        assertThat(gauge("queue.depth.max", "role", "server", "queue", "send")).isEqualTo(5);
        assertThat(gauge("sessions.active", "role", "server")).isEqualTo(2);

        handle.close();
        CloseEvent end = new CloseEvent(1006, null, false, Initiator.TRANSPORT, null);
        observer.closed(end);
        observer.queueChanged(9, 9);
        other.closed(end);
        other.closed(end);
        assertThat(everyQueueDepth()).containsOnly(0.0);
        assertThat(gauge("queue.bytes", "role", "server", "queue", "send")).isZero();
        assertThat(gauge("sessions.active", "role", "server")).isZero();
        assertThat(count("closes", "role", "server", "code", "1006", "initiator", "transport"))
                .isEqualTo(2);
    }

    @Test
    void anActionIsTimedFromHandingOutToCompletion() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.client().send(BufferType.UTF8_MESSAGE, ByteBuffer.allocate(5), null);
        Action send = exchange.client().getAction(ActionQueue.SEND);
        clock.add(250, TimeUnit.MICROSECONDS);
        exchange.client().completeAction(send, send.totalBytes());
        Action indication = exchange.client().getAction(ActionQueue.SEND);
        clock.add(40, TimeUnit.MICROSECONDS);
        exchange.client().completeAction(indication, 0);

        assertThat(timer("send_to_network", "client", "success").totalTime(TimeUnit.MICROSECONDS))
                .isCloseTo(250, within(0.001));
        assertThat(timer("indicate_send_complete", "client", "success").totalTime(TimeUnit.MICROSECONDS))
                .isCloseTo(40, within(0.001));
        assertThat(timer("send_to_network", "client", "error").count()).isZero();
    }

    @Test
    void sendsOfAHandleAreTimedFromTheQueueToTheWireAndToTheirEnd() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.server().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.server().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        clock.add(30, TimeUnit.MICROSECONDS);
        Action first = exchange.server().getAction(ActionQueue.SEND);
        clock.add(200, TimeUnit.MICROSECONDS);
        exchange.server().completeAction(first, first.totalBytes());
        exchange.server().completeAction(exchange.server().getAction(ActionQueue.SEND), 0);
        clock.add(1, TimeUnit.SECONDS);
        HandleExchange.pump(exchange.server(), ActionQueue.SEND, ByteBuffer.allocate(0), ByteBuffer.allocate(99));

        // The second was queued while the first was timed.
        assertThat(timer("queue.wait").count()).isOne();
        assertThat(timer("queue.wait").totalTime(TimeUnit.MICROSECONDS)).isCloseTo(30, within(0.001));
        assertThat(timer("send").totalTime(TimeUnit.MICROSECONDS)).isCloseTo(230, within(0.001));

        exchange.server().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.server().abort();
        HandleExchange.pump(exchange.server(), ActionQueue.SEND, ByteBuffer.allocate(0), ByteBuffer.allocate(99));
        assertThat(timer("send").count()).isOne();
    }

    @Test
    void aSendBehindAnotherIsTimedWithItsOwnTransfer() {
        HandleMetrics everySecond = new HandleMetrics(registry, 2);
        HandleExchange exchange = new HandleExchange(new DefaultWebSocketHandleFactory(
                HandleOptions.defaults(), List.of((role, connection) -> everySecond.observe(role, false)), false));
        // The first observer starts at the first send, the server's at the second.
        exchange.server().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.server().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(5), null);
        Action first = exchange.server().getAction(ActionQueue.SEND);
        clock.add(200, TimeUnit.MICROSECONDS);
        exchange.server().completeAction(first, first.totalBytes());
        exchange.server().completeAction(exchange.server().getAction(ActionQueue.SEND), 0);
        Action second = exchange.server().getAction(ActionQueue.SEND);
        clock.add(50, TimeUnit.MICROSECONDS);
        exchange.server().completeAction(second, second.totalBytes());
        exchange.server().completeAction(exchange.server().getAction(ActionQueue.SEND), 0);

        assertThat(timer("queue.wait").totalTime(TimeUnit.MICROSECONDS)).isCloseTo(200, within(0.001));
        assertThat(timer("send").totalTime(TimeUnit.MICROSECONDS)).isCloseTo(250, within(0.001));
    }

    @Test
    void thePeersSilenceIsTimedWhereThatIsAskedFor() {
        SimpleMeterRegistry asked = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        HandleMetrics waiting = new HandleMetrics(asked, new HandleMetrics.Settings(1, true, false));
        HandleExchange exchange = new HandleExchange(
                new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(waiting), false));
        Timer silence =
                asked.get("ws.protocol.receive.wait").tags("role", "server").timer();
        exchange.receive();
        clock.add(3, TimeUnit.SECONDS);
        exchange.sendText("at last");
        exchange.receive();

        assertThat(silence.count()).isOne();
        assertThat(silence.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(registry.find("ws.protocol.receive.wait").timer()).isNull();
    }

    @Test
    void sizesOfMessagesAreCountedWhereThatIsAskedFor() {
        SimpleMeterRegistry asked = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        HandleMetrics sizing = new HandleMetrics(asked, new HandleMetrics.Settings(1, false, true));
        ConnectionObserver observer = sizing.connectionOpened(HandleRole.SERVER, "test");
        observer.messageReceived(600, false);
        observer.messageReceived(500, true);
        observer.messageReceived(10, true);
        observer.messageSent(5 << 20, true);
        DistributionSummary received = asked.get("ws.protocol.message.size")
                .tags("direction", "received", "role", "server")
                .summary();

        assertThat(received.count()).isEqualTo(2);
        assertThat(received.totalAmount()).isEqualTo(1110);
        assertThat(received.takeSnapshot().histogramCounts())
                .extracting(bucket -> (int) bucket.bucket() + ": " + (int) bucket.count())
                .startsWith("1024: 1", "4096: 2")
                .hasSize(7);
        assertThat(registry.find("ws.protocol.message.size").meter()).isNull();
    }

    @Test
    void connectionsThatDoNotReadAreCountedUntilTheyEnd() {
        ConnectionObserver one = metrics.connectionOpened(HandleRole.SERVER, "test");
        ConnectionObserver two = metrics.connectionOpened(HandleRole.SERVER, "test");
        one.readingSuspended(true);
        one.readingSuspended(true);
        two.readingSuspended(true);
        assertThat(gauge("reads.suspended", "role", "server")).isEqualTo(2);
        one.readingSuspended(false);
        assertThat(gauge("reads.suspended", "role", "server")).isEqualTo(1);
        two.closed(new CloseEvent(1006, null, false, Initiator.TRANSPORT, null));
        two.readingSuspended(true);
        assertThat(gauge("reads.suspended", "role", "server")).isZero();
    }

    @Test
    void openConnectionsAreCountedForEachTransport() {
        ConnectionObserver one = metrics.connectionOpened(HandleRole.SERVER, "tomcat native");
        metrics.connectionOpened(HandleRole.SERVER, "servlet");
        metrics.connectionOpened(HandleRole.SERVER, "servlet");
        one.closed(new CloseEvent(1000, null, true, Initiator.REMOTE, null));
        assertThat(gauge("sessions.active", "role", "server", "transport", "tomcat native"))
                .isZero();
        assertThat(gauge("sessions.active", "role", "server", "transport", "servlet"))
                .isEqualTo(2);
    }

    @Test
    void oneOfSoManyMessagesOfAConnectionIsTimed() {
        ConnectionObserver observer = new HandleMetrics(registry, 3).connectionOpened(HandleRole.SERVER, "test");
        List<Boolean> timed = Stream.generate(observer::timesSend).limit(7).toList();
        assertThat(timed).containsExactly(true, false, false, true, false, false, true);
    }

    @Test
    void aShortWriteIsAnError() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.client().send(BufferType.UTF8_MESSAGE, ByteBuffer.allocate(5), null);
        exchange.client().completeAction(exchange.client().getAction(ActionQueue.SEND), 3);
        exchange.client().completeAction(exchange.client().getAction(ActionQueue.SEND), 0);
        assertThat(timer("send_to_network", "client", "error").count()).isOne();
        assertThat(timer("indicate_send_complete", "client", "error").count()).isOne();
        assertThat(count("messages", "role", "client", "direction", "sent", "type", "text"))
                .isZero();
        assertThat(count("bytes", "role", "client", "direction", "sent")).isEqualTo(3);
    }

    @Test
    void thePeersSilenceIsCountedButNotTimed() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.server().receive(null, null);
        Action read = exchange.server().getAction(ActionQueue.RECEIVE);
        clock.add(1, TimeUnit.HOURS);
        exchange.server().completeAction(read, 0);
        assertThat(count("actions", "role", "server", "action", "receive_from_network"))
                .isOne();
        assertThat(registry.find("ws.protocol.action")
                        .tag("action", "receive_from_network")
                        .timer())
                .isNull();
    }

    @Test
    void oneOfSoManyActionsIsTimedAndAllAreCounted() {
        SimpleMeterRegistry sampled = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        HandleMetrics sampling = new HandleMetrics(sampled, 10);
        HandleExchange exchange = new HandleExchange(
                new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(sampling), false));
        for (int i = 0; i < 100; i++) {
            exchange.sendText("x");
        }
        double timed = sampled.find("ws.protocol.action").tag("role", "client").timers().stream()
                .mapToDouble(timer -> timer.count())
                .sum();
        assertThat(timed).isEqualTo(20);
        assertThat(sampled.find("ws.protocol.actions").tag("role", "client").functionCounters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum())
                .isEqualTo(200);
    }

    @Test
    void messagesAreCountedByDirectionAndTypeWhenTheyAreComplete() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.client().send(BufferType.UTF8_FRAGMENT, ByteBuffer.wrap(new byte[] {'a'}), null);
        exchange.client().send(BufferType.PING_PONG, null, null);
        exchange.client().send(BufferType.UTF8_MESSAGE, ByteBuffer.wrap(new byte[] {'b'}), null);
        exchange.client().send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(3), null);
        exchange.client().send(BufferType.UNSOLICITED_PONG, null, null);
        exchange.client().sendClose(CloseInfo.EMPTY, null);
        ByteBuffer none = ByteBuffer.allocate(0);
        ByteBuffer toClient = ByteBuffer.allocate(100);
        HandleExchange.pump(exchange.client(), ActionQueue.SEND, none, exchange.toServer());
        long wire = exchange.toServer().position();
        for (int i = 0; i < 5; i++) {
            exchange.server().receive(null, null);
        }
        HandleExchange.pump(exchange.server(), ActionQueue.ALL, exchange.toServer(), toClient);

        for (String type : List.of("text", "binary", "ping", "pong", "close")) {
            assertThat(count("messages", "role", "client", "direction", "sent", "type", type))
                    .as(type)
                    .isOne();
        }
        for (String type : List.of("text", "binary", "pong", "close")) {
            assertThat(count("messages", "role", "server", "direction", "received", "type", type))
                    .as(type)
                    .isOne();
        }
        assertThat(registry.find("ws.protocol.messages")
                        .tags("direction", "received", "type", "ping")
                        .meter())
                .isNull();
        assertThat(count("messages", "role", "server", "direction", "sent", "type", "pong"))
                .isOne();
        assertThat(count("bytes", "role", "client", "direction", "sent")).isEqualTo(wire);
        assertThat(count("bytes", "role", "server", "direction", "received")).isEqualTo(wire);
        assertThat(count("bytes", "role", "server", "direction", "sent")).isEqualTo(toClient.position());
    }

    @Test
    void aBrokenRuleIsCountedOnceByItsName() {
        HandleExchange exchange = new HandleExchange(factory);
        exchange.toServer().put(new byte[] {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0});
        assertThatExceptionOfType(WebSocketProtocolException.class).isThrownBy(exchange::receive);
        assertThatExceptionOfType(WebSocketProtocolException.class)
                .isThrownBy(() -> exchange.server().getAction(ActionQueue.RECEIVE));
        assertThat(count("errors", "role", "server", "reason", "reserved_opcode"))
                .isOne();
    }

    @Test
    void handshakesAreCountedByOutcomeAndReason() {
        metrics.connectionOpened(HandleRole.SERVER, "test");
        metrics.handshakeRefused(HandleRole.SERVER, Violation.VERSION_NOT_SUPPORTED);
        metrics.handshakeRefused(HandleRole.SERVER, null);
        assertThat(count("handshakes", "role", "server", "outcome", "accepted", "reason", "none"))
                .isOne();
        assertThat(count("handshakes", "role", "server", "outcome", "refused", "reason", "version_not_supported"))
                .isOne();
        assertThat(count("handshakes", "role", "server", "outcome", "refused", "reason", "other"))
                .isOne();
    }

    @Test
    void overflowsAreCounted() {
        metrics.connectionOpened(HandleRole.SERVER, "test").sendOverflowed();
        assertThat(count("send.overflows", "role", "server")).isOne();
        assertThat(count("send.overflows", "role", "client")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 1000",
        "1004, other",
        "1005, 1005",
        "1015, 1015",
        "1016, other",
        "999, other",
        "2999, other",
        "3000, 3xxx",
        "3999, 3xxx",
        "4000, 4xxx",
        "4500, 4xxx",
        "4999, 4xxx",
        "5000, other"
    })
    void closeCodesThatPeersChooseFreelyAreFolded(int code, String tag) {
        assertThat(MeteredConnectionObserver.code(code)).isEqualTo(tag);
    }

    @Test
    void refusesARateBelowOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HandleMetrics(registry, 0));
    }

    @Test
    void observingAllocatesNothing() {
        SimpleMeterRegistry realClock = new SimpleMeterRegistry();
        HandleMetrics real = new HandleMetrics(realClock, 1);
        HandleExchange exchange =
                new HandleExchange(new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(real), false));
        ByteBuffer payload = ByteBuffer.allocate(64);
        ByteBuffer none = ByteBuffer.allocate(0);
        ByteBuffer wire = ByteBuffer.allocate(100);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        // The least of several rounds: what the compiler or a collection allocates in between is not the observer's.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1000; i++) {
                wire.clear();
                exchange.server().send(BufferType.BINARY_MESSAGE, payload.clear(), null);
                HandleExchange.pump(exchange.server(), ActionQueue.SEND, none, wire);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(least).isZero();
    }

    private void registerTheRare() {
        metrics.handshakeRefused(HandleRole.SERVER, Violation.HEADER_MISSING);
        metrics.observe(HandleRole.SERVER, true).violation(Violation.INVALID_UTF8);
        metrics.connectionOpened(HandleRole.SERVER, "test")
                .closed(new CloseEvent(1000, null, true, Initiator.REMOTE, null));
    }

    private List<Double> everyQueueDepth() {
        return registry.find("ws.protocol.queue.depth").gauges().stream()
                .map(gauge -> gauge.value())
                .collect(Collectors.toList());
    }

    private double gauge(String name, String... tags) {
        return registry.get("ws.protocol." + name).tags(Tags.of(tags)).gauge().value();
    }

    private double count(String name, String... tags) {
        Meter meter = registry.get("ws.protocol." + name).tags(Tags.of(tags)).meter();
        return meter.measure().iterator().next().getValue();
    }

    private Timer timer(String name) {
        return registry.get("ws.protocol." + name).tag("role", "server").timer();
    }

    private Timer timer(String action, String role, String outcome) {
        return registry.get("ws.protocol.action")
                .tags("action", action, "role", role, "outcome", outcome)
                .timer();
    }
}
