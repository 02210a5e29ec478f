package io.wsprotocol.sample.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.SampleApplication;
import io.wsprotocol.sample.process.StompClient.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two instances of the sample, each a process of its own, behind one broker. */
@Tag("external")
@Timeout(300)
class BrokerRelayTests {

    private static final int NUMBERS = 3000;
    private static final int KILLED_AT = 1000;

    /* So many may be on their way without a receipt. */
    private static final int WINDOW = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static StompBroker broker;
    private static ServerProcess one;
    private static ServerProcess two;

    @BeforeAll
    static void start() throws Exception {
        broker = StompBroker.start();
        CompletableFuture<ServerProcess> other = CompletableFuture.supplyAsync(BrokerRelayTests::instance);
        one = instance();
        two = other.get(300, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {one, two, broker}) {
            if (part != null) {
                part.close();
            }
        }
    }

    private static ServerProcess instance() {
        try {
            ServerProcess instance = ServerProcess.start(
                    System.getProperty("java.class.path"),
                    List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                    SampleApplication.class.getName(),
                    List.of(
                            "--server.port=0",
                            "--sample.stomp.relay.host=127.0.0.1",
                            "--sample.stomp.relay.port=" + broker.port()));
            assertThat(instance.output()).contains("/stomp → ws-protocol engine (tomcat native");
            return instance;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsSaidAtOneInstanceIsHeardAtBothAndAWhisperByItsSenderOnly() throws Exception {
        try (StompClient here = StompClient.connect(one.port());
                StompClient there = StompClient.connect(two.port())) {
            here.subscribe("topic", "/topic/said", true, "auto");
            there.subscribe("topic", "/topic/said", true, "auto");
            here.subscribe("user", "/user/queue/whispers", true, "auto");
            there.subscribe("user", "/user/queue/whispers", true, "auto");

            here.send("/app/say", "to everybody", "");
            assertThat(body(here)).isEqualTo("to everybody");
            assertThat(body(there)).isEqualTo("to everybody");

            there.send("/app/whisper", "to myself", "");
            there.send("/topic/said", "without the application", "");
            assertThat(List.of(body(there), body(there)))
                    .containsExactlyInAnyOrder("to myself", "without the application");
            assertThat(body(here)).isEqualTo("without the application");
        }
    }

    @Test
    void noConfirmedMessageIsLostWhenAnInstanceIsKilledAndItsClientsComeBackToTheOther() throws Exception {
        ServerProcess victim = instance();
        Orders orders = new Orders(victim.port(), two.port());
        Thread reader = new Thread(orders::read, "reader");
        reader.start();
        try {
            for (int number = 0; number < NUMBERS; number++) {
                orders.send(number);
                if (number == KILLED_AT) {
                    victim.kill();
                }
            }
            orders.awaitReceipts(0);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(orders.received).containsAll(orders.confirmed));
            assertThat(orders.confirmed).hasSize(NUMBERS);
            assertThat(orders.reconnections).hasValue(2);
            Awaitility.await().atMost(PATIENCE).until(() -> broker.held("orders") == 0);
        } finally {
            orders.stop();
            reader.join(PATIENCE.toMillis());
            victim.close();
        }
    }

    private static String body(StompClient client) throws InterruptedException {
        Frame message = client.message(PATIENCE.toMillis());
        assertThat(message).as("message").isNotNull();
        return message.body();
    }

    /** One who sends numbers to a queue and one who takes them, both with a second address to go to. */
    private static final class Orders {

        private static final String QUEUE = "/queue/orders";

        final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
        final Set<Integer> received = ConcurrentHashMap.newKeySet();
        final AtomicInteger reconnections = new AtomicInteger();

        private final Set<Integer> unconfirmed = ConcurrentHashMap.newKeySet();
        private final int second;
        private StompClient sender;
        private volatile StompClient taker;
        private volatile boolean stopped;

        Orders(int first, int second) throws Exception {
            this.second = second;
            sender = StompClient.connect(first);
            taker = taker(first);
        }

        private static StompClient taker(int port) throws Exception {
            StompClient client = StompClient.connect(port);
            client.subscribe("orders", QUEUE, true, "client-individual");
            return client;
        }

        void send(int number) throws Exception {
            unconfirmed.add(number);
            try {
                sender.send(QUEUE, Integer.toString(number), Integer.toString(number));
            } catch (IOException e) {
                resend();
            }
            awaitReceipts(WINDOW);
        }

        /** Until no more than that many messages are without a receipt. */
        void awaitReceipts(int most) throws Exception {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (unconfirmed.size() > most) {
                assertThat(System.nanoTime()).as("receipts").isLessThan(deadline);
                if (!note(100) && sender.isOver()) {
                    resend();
                }
            }
        }

        /** {@return whether there was a receipt} */
        private boolean note(long millis) throws InterruptedException {
            String receipt = sender.receipt(millis);
            if (receipt == null) {
                return false;
            }
            Integer number = Integer.valueOf(receipt);
            confirmed.add(number);
            unconfirmed.remove(number);
            return true;
        }

        /** What has no receipt may be lost, or there already: it is sent again. */
        private void resend() throws Exception {
            boolean more = true;
            while (more) {
                more = note(0);
            }
            sender = StompClient.connect(second);
            reconnections.incrementAndGet();
            for (int number : unconfirmed) {
                sender.send(QUEUE, Integer.toString(number), Integer.toString(number));
            }
        }

        void read() {
            while (!stopped) {
                try {
                    Frame message = taker.message(100);
                    if (message != null) {
                        taker.acknowledge(message);
                        received.add(Integer.valueOf(message.body()));
                    } else if (taker.isOver() && !stopped) {
                        taker = taker(second);
                        reconnections.incrementAndGet();
                    }
                } catch (IOException gone) {
                    // Not acknowledged, so it comes again to whoever takes it next.
                    assertThat(taker.isOver() || stopped).isTrue();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void stop() {
            stopped = true;
            sender.close();
            taker.close();
        }
    }
}
