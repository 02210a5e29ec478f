package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link GracefulDrain} on a server with real sockets. */
class GracefulDrainTests {

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void theEndOfTheApplicationClosesConnectionsWith1001(String stack) throws Exception {
        EndpointServer server = EndpointServer.start(EndpointServer.on(stack));
        try (RawClient client = RawClient.open(server.port(), "/echo?a")) {
            EndpointServer.Recorder recorder = server.recorder();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);

            RawClient.Frame close = client.read();
            assertThat(close.header()).isEqualTo(RawClient.CLOSE);
            assertThat(close.closeStatus()).isEqualTo(1001);
            client.sendClose(1001);
            stopped.get(20, TimeUnit.SECONDS);
            assertThat(client.socket().getInputStream().read()).isEqualTo(-1);
            assertThat(recorder.next("a")).isEqualTo("established");
            assertThat(recorder.next("a")).isEqualTo("closed 1001");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void whileItDrainsNewHandshakesAreRefusedWith503AndThenAdmittedAgain(String stack) throws Exception {
        try (EndpointServer server =
                        EndpointServer.start(EndpointServer.on(stack, "ws-protocol.shutdown.timeout=20s"));
                RawClient client = RawClient.open(server.port(), "/echo")) {
            CompletableFuture<Void> drained = server.bean(GracefulDrain.class).begin();
            assertThat(client.read().closeStatus()).isEqualTo(1001);

            assertThat(handshake(server)).startsWith("HTTP/1.1 503").contains("Retry-After: 20", "Connection: close");
            assertThat(drained).isNotDone();

            server.bean(GracefulDrain.class).welcome();
            drained.get(20, TimeUnit.SECONDS);
            assertThat(handshake(server)).startsWith("HTTP/1.1 101");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void peersThatDoNotAnswerAreDroppedInTheEnd(String stack) throws Exception {
        EndpointServer server = EndpointServer.start(
                EndpointServer.on(stack, "ws-protocol.shutdown.timeout=200ms", "ws-protocol.close.timeout=30s"));
        try (RawClient client = RawClient.open(server.port(), "/echo?late")) {
            EndpointServer.Recorder recorder = server.recorder();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);

            assertThat(client.read().closeStatus()).isEqualTo(1001);
            stopped.get(20, TimeUnit.SECONDS);
            assertThat(recorder.next("late")).isEqualTo("established");
            assertThat(recorder.next("late")).isEqualTo("closed 1006");
        }
    }

    @Test
    void closesAreSpreadOverTheTimeThatIsAsked() throws Exception {
        try (EndpointServer server = EndpointServer.start(
                "ws-protocol.shutdown.spread=400ms",
                "ws-protocol.shutdown.code=1012",
                "ws-protocol.shutdown.timeout=5s")) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(RawClient.open(server.port(), "/echo"));
            }
            ConnectionRegistry registry = server.bean(ConnectionRegistry.class);
            await().untilAsserted(() -> assertThat(registry.size()).isEqualTo(4));
            long began = System.nanoTime();
            CompletableFuture<Void> drained = server.bean(GracefulDrain.class).begin();
            for (RawClient client : clients) {
                assertThat(client.read().closeStatus()).isEqualTo(1012);
                client.sendClose(1012);
            }
            drained.get(20, TimeUnit.SECONDS);

            // Four Closes, a hundred milliseconds between each two.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(290));
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void turnedOffItLeavesConnectionsToTheContainer(String stack) throws Exception {
        EndpointServer server = EndpointServer.start(EndpointServer.on(stack, "ws-protocol.shutdown.enabled=false"));
        try (RawClient client = RawClient.open(server.port(), "/echo")) {
            assertThat(server.bean(GracefulDrain.class).isRunning()).isFalse();
            server.close();
            assertThat(client.socket().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theRegistryHoldsAConnectionAsLongAsItIsOpen() throws Exception {
        try (EndpointServer server = EndpointServer.start()) {
            ConnectionRegistry registry = server.bean(ConnectionRegistry.class);
            try (RawClient client = RawClient.open(server.port(), "/echo?secret=1")) {
                client.sendText("who");
                client.read();
                LiveConnection live = registry.connections().get(0);
                assertThat(live.path()).isEqualTo("/echo");
                assertThat(registry.find(live.id())).contains(live);
                client.sendClose(1000);
                assertThat(client.read().closeStatus()).isEqualTo(1000);
            }
            await().untilAsserted(() -> assertThat(registry.size()).isZero());
        }
    }

    private static String handshake(EndpointServer server) throws IOException {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(RawClient.request("/echo").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }
}
