package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.RawClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is slow slows the other side down, in both directions, with bounded memory. */
@ParameterizedClass
@EnumSource
class ReactiveBackPressureTests {

    private static final int SIZE = 100_000;

    private static ReactiveServer server;

    @Parameter
    ReactiveStack stack;

    @BeforeParameterizedClassInvocation
    static void start(ReactiveStack stack) {
        server = stack.start("ws-protocol.send.timeout=30s");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    /** A client whose own buffers take little of what it does not read. */
    private RawClient slow(ReactiveServer on, String path) throws Exception {
        if (stack.http2()) {
            return stack.open(on, path);
        }
        RawClient client = new RawClient(SocketFactory.getDefault(), on.port(), 32 << 10);
        client.shakeHands(path);
        return client;
    }

    /** Waits until a number no longer changes. */
    private static void awaitStandstill(IntSupplier number) {
        AtomicInteger seen = new AtomicInteger(-1);
        await().during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(60))
                .until(() -> number.getAsInt() > 0 && seen.getAndSet(number.getAsInt()) == number.getAsInt());
    }

    @Test
    void aSlowReaderSlowsTheSourceDownAndLosesNothing() throws Exception {
        int count = 400;
        ReactiveServer.FLOODED.remove("slow");
        try (RawClient client = slow(server, "/flood?slow")) {
            client.sendText(count + " " + SIZE);
            awaitStandstill(() -> ReactiveServer.FLOODED.getOrDefault("slow", 0));

            // What the kernel took and the queue holds, not what the source could give.
            assertThat(ReactiveServer.FLOODED.get("slow")).isLessThan(count / 2);
            assertThat(server.bean(ConnectionRegistry.class)
                            .connections()
                            .get(0)
                            .shell()
                            .queuedBytes())
                    .isLessThan(512 << 10);
            for (int i = 0; i < count; i++) {
                RawClient.Frame message = client.readMessage();
                assertThat(message.payload()).hasSize(SIZE);
                assertThat(message.payload()[0]).isEqualTo((byte) i);
            }
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
        assertThat(server.recorder().next("slow")).isEqualTo("established");
        assertThat(server.recorder().next("slow")).isEqualTo("flooded");
    }

    @Test
    void aReaderThatTakesNothingIsGivenUpAndItsSourceFails() throws Exception {
        try (ReactiveServer impatient = stack.start("ws-protocol.send.timeout=300ms");
                RawClient client = slow(impatient, "/flood?dead")) {
            client.sendText("400 " + SIZE);
            assertThat(impatient.recorder().next("dead")).isEqualTo("established");
            assertThat(List.of(
                            impatient.recorder().next("dead"),
                            impatient.recorder().next("dead")))
                    .containsExactlyInAnyOrder("closed 1006", "IOException");
        }
    }

    @Test
    void withoutDemandNothingIsReadAndNothingIsBusy() throws Exception {
        int count = 400;
        AtomicLong written = new AtomicLong();
        try (RawClient client = stack.open(server, "/asked?asked")) {
            byte[] message = RawClient.frame(RawClient.BINARY, new byte[SIZE]);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.write(message);
                        written.addAndGet(message.length);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(server.recorder().next("asked")).isEqualTo("established");
            assertThat(server.recorder().next("asked")).isEqualTo("waiting");
            awaitStandstill(() -> (int) written.get());
            assertThat(written.get()).isLessThan((long) count * SIZE / 2);
            assertThat(server.recorder().isQuiet("asked")).isTrue();
            long before = serverNanos();
            assertThat(before).isPositive();
            long began = System.nanoTime();
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            assertThat(serverNanos() - before).isLessThan((System.nanoTime() - began) / 10);

            server.recorder().reader("asked").request(3);
            for (int i = 0; i < 3; i++) {
                assertThat(server.recorder().next("asked")).isEqualTo("BINARY " + SIZE);
            }
            awaitStandstill(() -> (int) written.get());
            assertThat(server.recorder().isQuiet("asked")).isTrue();

            server.recorder().reader("asked").requestUnbounded();
            for (int i = 3; i < count; i++) {
                assertThat(server.recorder().next("asked")).isEqualTo("BINARY " + SIZE);
            }
            sending.get(20, TimeUnit.SECONDS);
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
        assertThat(server.recorder().next("asked")).isEqualTo("closed 1000");
        assertThat(server.recorder().next("asked")).isEqualTo("complete");
    }

    private long serverNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains(stack.threads())) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos;
    }

    @Test
    void aHandlerThatAsksForNothingStillAnswersPingsAndHearsTheClose() throws Exception {
        try (RawClient client = stack.open(server, "/asked?quiet")) {
            client.send(RawClient.PING, new byte[] {1});
            assertThat(client.read().header()).isEqualTo(RawClient.PONG);
            client.sendText("held");
            client.send(RawClient.PING, new byte[] {2});
            client.sendClose(1000);
            assertThat(server.recorder().next("quiet")).isEqualTo("established");
            assertThat(server.recorder().next("quiet")).isEqualTo("waiting");
            server.recorder().reader("quiet").request(1);
            assertThat(server.recorder().next("quiet")).isEqualTo("TEXT 4");
            assertThat(client.read().header()).isEqualTo(RawClient.PONG);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
        assertThat(server.recorder().next("quiet")).isEqualTo("closed 1000");
        assertThat(server.recorder().next("quiet")).isEqualTo("complete");
    }

    @Test
    void aHandlerThatOnlySendsIsDoneWhenThePeerCloses() throws Exception {
        try (RawClient client = stack.open(server, "/push?push")) {
            assertThat(client.readMessage().text()).isEqualTo("0");
            client.sendClose(1000);
            RawClient.Frame frame = client.read();
            while (frame.header() != RawClient.CLOSE) {
                frame = client.read();
            }
            assertThat(frame.closeStatus()).isEqualTo(1000);
        }
        assertThat(server.recorder().next("push")).isEqualTo("established");
        // Its source may have given a message just then, which is lost; and who is told first is open.
        assertThat(List.of(server.recorder().next("push"), server.recorder().next("push")))
                .contains("closed 1000")
                .containsAnyOf("sent", "failed");
    }

    @Test
    void aPeerThatGoesWithoutAWordWhileNobodyReadsIsNoticed() throws Exception {
        assumeFalse(stack.http2());
        try (RawClient client = stack.open(server, "/asked?vanishes")) {
            client.sendText("one");
            client.sendText("two");
            client.socket().setSoLinger(true, 0);
            assertThat(server.recorder().next("vanishes")).isEqualTo("established");
            assertThat(server.recorder().next("vanishes")).isEqualTo("waiting");
            await().until(() -> server.bean(ConnectionRegistry.class).size() == 1);
            // A reset throws away what the server's socket holds: the first message must be out of it.
            await().until(() -> server.bean(MeterRegistry.class)
                            .get("ws.protocol.reads.suspended")
                            .tag("role", "server")
                            .gauge()
                            .value()
                    == 1);
        }
        server.recorder().reader("vanishes").requestUnbounded();
        List<String> events = new ArrayList<>();
        while (!events.contains("closed 1006") || !(events.contains("error") || events.contains("complete"))) {
            events.add(server.recorder().next("vanishes"));
            assertThat(events).doesNotContain("(nothing)");
        }
        // The status is told apart from the messages, before or behind them.
        events.remove("closed 1006");
        assertThat(events).startsWith("TEXT 3");
    }
}
