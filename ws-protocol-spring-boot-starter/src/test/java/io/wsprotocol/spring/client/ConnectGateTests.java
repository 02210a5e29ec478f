package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many connections are in state CONNECTING at one time, seen by servers and proxies on real sockets. */
@Timeout(60)
class ConnectGateTests {

    private static final String REFUSAL = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    @Tag("R6455-C-02-")
    void connectionsToOneAddressAreOpenedOneAfterAnotherWhateverItIsCalled() throws Exception {
        try (Relay server = counting(1)) {
            List<URI> uris = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                uris.add(URI.create("ws://127.0.0.1:" + server.port() + "/"));
                uris.add(URI.create("ws://localhost:" + server.port() + "/"));
            }
            openAll(uris, null);

            assertThat(server.heads()).hasSize(8);
            assertThat(most).hasValue(1);
        }
    }

    @Test
    @Tag("R6455-C-02+")
    void anotherPortIsNotHeldBackByAServerThatDoesNotAnswer() throws Exception {
        try (Relay silent = Relay.silent();
                Relay server = counting(1)) {
            Future<?> first = threads.submit(open(URI.create("ws://127.0.0.1:" + silent.port() + "/"), null));
            await().until(() -> silent.heads().size() == 1);

            openAll(List.of(URI.create("ws://127.0.0.1:" + server.port() + "/")), null);

            assertThat(server.heads()).hasSize(1);
            assertThat(first).isNotDone();
        }
    }

    @Test
    @Tag("R6455-C-03-")
    void behindAProxyConnectionsToOneNameAreOpenedOneAfterAnother() throws Exception {
        try (Relay proxy = counting(1)) {
            openAll(
                    List.of(URI.create("ws://a.test/1"), URI.create("ws://A.test/2"), URI.create("ws://a.test/3")),
                    proxy);

            assertThat(proxy.heads()).hasSize(3);
            assertThat(most).hasValue(1);
        }
    }

    @Test
    @Tag("R6455-C-03+")
    @Tag("R6455-C-04+-")
    void behindAProxyEachNameIsAHostOfItsOwnUpToABoundOfAllTogether() throws Exception {
        try (Relay proxy = counting(ConnectGate.MOST_UNRESOLVED)) {
            List<URI> uris = new ArrayList<>();
            for (int i = 0; i < 2 * ConnectGate.MOST_UNRESOLVED; i++) {
                uris.add(URI.create("ws://host" + i + ".test/"));
            }
            openAll(uris, proxy);

            assertThat(proxy.heads()).hasSize(2 * ConnectGate.MOST_UNRESOLVED);
            assertThat(most.get()).isBetween(2, ConnectGate.MOST_UNRESOLVED);
        }
    }

    @Test
    void whoIsInterruptedWhileItWaitsLeavesNothingBehind() throws Exception {
        ConnectGate gate = new ConnectGate();
        InetSocketAddress remote = InetSocketAddress.createUnresolved("a.test", 80);
        gate.enter(remote);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> gate.enter(remote)).isInstanceOf(InterruptedIOException.class);

        assertThat(Thread.interrupted()).isTrue();
        gate.leave(remote);
        assertThat(gate.size()).isZero();
        gate.enter(remote);
        gate.leave(remote);
        assertThat(gate.size()).isZero();
    }

    /** Refuses each connection, after it has waited a while for one more than there may be. */
    private Relay counting(int bound) throws IOException {
        CountDownLatch tooMany = new CountDownLatch(1);
        return Relay.running((relay, client) -> {
            int now = inside.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            if (now > bound) {
                tooMany.countDown();
            }
            awaitFor(tooMany);
            inside.decrementAndGet();
            relay.answerAndClose(client, REFUSAL);
        });
    }

    private static void awaitFor(CountDownLatch latch) throws IOException {
        try {
            boolean unused = latch.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private void openAll(List<URI> uris, Relay proxy) throws Exception {
        List<Callable<Void>> attempts = new ArrayList<>();
        uris.forEach(uri -> attempts.add(open(uri, proxy)));
        for (Future<Void> attempt : threads.invokeAll(attempts)) {
            assertThatThrownBy(attempt::get).hasMessageContaining("503");
        }
    }

    private static Callable<Void> open(URI uri, Relay proxy) {
        ProxySettings through = proxy == null
                ? null
                : new ProxySettings(ProxySettings.Type.HTTP, "127.0.0.1", proxy.port(), null, null, List.of());
        Duration patience = Duration.ofSeconds(30);
        ClientSettings settings = new ClientSettings(patience, patience, 0, through, () -> {
            throw new AssertionError("no TLS is needed");
        });
        SocketHandshake handshake = new SocketHandshake(
                new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(), false), settings);
        return () -> {
            handshake
                    .open(uri, List.of(), List.of(), ConnectionOptions.defaults(), new ConnectAttempt())
                    .close();
            throw new AssertionError("opened, although all are refused");
        };
    }
}
