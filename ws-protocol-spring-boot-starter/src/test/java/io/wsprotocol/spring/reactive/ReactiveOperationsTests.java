package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.LiveConnection;
import io.wsprotocol.spring.server.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What refuses, counts, shows and ends reactive connections: the same as on a servlet container. */
class ReactiveOperationsTests {

    private static final String SAME = "Origin: http://localhost\r\n";
    private static final String FRIEND = "Origin: https://friend.example\r\n";

    private static String handshake(ReactiveServer server, String path, String... more) throws Exception {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(RawClient.request(path, more).getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://localhost:1", "https://localhost", "null", "%"})
    void aForeignOriginIsRefused(String origin) throws Exception {
        assertThat(handshake(ReactiveServer.shared(), "/echo", "Origin: " + origin + "\r\n"))
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("Connection: close");
    }

    @Test
    void theOwnOriginAndThoseThatTheMappingNamesAreWelcome() throws Exception {
        ReactiveServer server = ReactiveServer.shared();
        assertThat(handshake(server, "/echo", SAME)).startsWith("HTTP/1.1 101");
        assertThat(handshake(server, "/echo")).startsWith("HTTP/1.1 101");
        assertThat(handshake(server, "/friends", FRIEND)).startsWith("HTTP/1.1 101");
        assertThat(handshake(server, "/echo", FRIEND)).startsWith("HTTP/1.1 403");
        assertThat(handshake(server, "/friends", "Origin: https://evil.example\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void aHandshakeThatAFilterHoldsUpOnAnotherThreadWorks() throws Exception {
        ReactiveServer server = ReactiveServer.shared();
        try (RawClient client = RawClient.open(server.port(), "/later")) {
            client.sendText("late");
            assertThat(client.readMessage().text()).isEqualTo("late");
        }
    }

    @Test
    void theEngineJudgesTheRequestAndRefusesWithTheRightStatus() throws Exception {
        ReactiveServer server = ReactiveServer.shared();
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(RawClient.request("/echo")
                    .replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12")
                    .getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.readHead()).startsWith("HTTP/1.1 426").containsIgnoringCase("Sec-WebSocket-Version: 13");
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(handshake(server, "/echo", "Content-Length: 5\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void oneSessionTooManyGets503AndFindsRoomWhenOneHasGone() throws Exception {
        try (ReactiveServer server = ReactiveServer.start("ws-protocol.limits.max-sessions=1")) {
            try (RawClient client = RawClient.open(server.port(), "/echo")) {
                client.sendText("here");
                client.readMessage();
                assertThat(handshake(server, "/echo"))
                        .startsWith("HTTP/1.1 503")
                        .contains("Retry-After");
            }
            await().untilAsserted(() -> assertThat(handshake(server, "/echo")).startsWith("HTTP/1.1 101"));
        }
    }

    @Test
    void theEndOfTheApplicationClosesConnectionsWith1001() throws Exception {
        ReactiveServer server = ReactiveServer.start();
        ReactiveServer.Recorder recorder = server.recorder();
        try (RawClient reading = RawClient.open(server.port(), "/echo?reads");
                RawClient deaf = RawClient.open(server.port(), "/asked?deaf")) {
            // Two messages that nobody asks for: the second stops the reading.
            deaf.sendText("one");
            deaf.sendText("two");
            assertThat(recorder.next("reads")).isEqualTo("established");
            assertThat(recorder.next("deaf")).isEqualTo("established");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);

            for (RawClient client : new RawClient[] {reading, deaf}) {
                assertThat(client.read().closeStatus()).isEqualTo(1001);
                client.sendClose(1001);
                assertThat(client.atEnd()).isTrue();
            }
            stopped.get(20, TimeUnit.SECONDS);
            assertThat(recorder.next("reads")).isEqualTo("closed 1001");
            assertThat(recorder.next("deaf")).isEqualTo("waiting");
            assertThat(recorder.next("deaf")).isEqualTo("closed 1001");
        }
    }

    @Test
    void whileItDrainsNewHandshakesAreRefusedWith503AndThenAdmittedAgain() throws Exception {
        try (ReactiveServer server = ReactiveServer.start("ws-protocol.shutdown.timeout=20s");
                RawClient client = RawClient.open(server.port(), "/echo")) {
            CompletableFuture<Void> drained = server.bean(GracefulDrain.class).begin();
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            assertThat(handshake(server, "/echo"))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: 20")
                    .containsIgnoringCase("Connection: close");
            assertThat(drained).isNotDone();
            server.bean(GracefulDrain.class).welcome();
            drained.get(20, TimeUnit.SECONDS);
            assertThat(handshake(server, "/echo")).startsWith("HTTP/1.1 101");
        }
    }

    @Test
    void metersRegistryAndActuatorSeeReactiveConnections() throws Exception {
        try (ReactiveServer server = ReactiveServer.start(
                        "management.endpoints.web.exposure.include=wsprotocol",
                        "ws-protocol.spring.exclude-paths=/excluded");
                RawClient client = RawClient.open(server.port(), "/echo?secret=1")) {
            client.sendText("seen");
            client.readMessage();

            LiveConnection live =
                    server.bean(ConnectionRegistry.class).connections().get(0);
            assertThat(live.path()).isEqualTo("/echo");
            assertThat(live.remoteAddress()).isNotNull();
            assertThat(live.shell().transportName()).isEqualTo("reactor netty");
            MeterRegistry meters = server.bean(MeterRegistry.class);
            assertThat(meters.get("ws.protocol.sessions.active")
                            .tag("role", "server")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            WsProtocolEndpoint.Report report =
                    server.bean(WsProtocolEndpoint.class).report(null, null);
            assertThat(report.engine().transports()).containsExactly("reactor netty");
            assertThat(report.connections()).hasSize(1);
            assertThat(report.endpoints().toString())
                    .contains("path=/echo, moved=true, reason=reactor netty")
                    .contains("path=/excluded, moved=false, reason=ws-protocol.spring.exclude-paths");
        }
    }

    @Test
    void aProfileHoldsForItsEndpoint() throws Exception {
        try (ReactiveServer server = ReactiveServer.start(
                "ws-protocol.profiles.small.limits.max-message-size=125B",
                "ws-protocol.server.path-settings[0].path=/chat",
                "ws-protocol.server.path-settings[0].profile=small")) {
            try (RawClient client = RawClient.open(server.port(), "/chat")) {
                client.send(RawClient.BINARY, new byte[126]);
                assertThat(client.read().closeStatus()).isEqualTo(1009);
            }
            try (RawClient client = RawClient.open(server.port(), "/echo")) {
                client.send(RawClient.BINARY, new byte[126]);
                assertThat(client.readMessage().payload()).hasSize(126);
            }
        }
    }

    @Test
    void compressionIsAgreedOnAndUndoneWhereItIsWanted() throws Exception {
        try (ReactiveServer server = ReactiveServer.start(
                        "ws-protocol.compression.enabled=true", "ws-protocol.compression.threshold=16B");
                RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            assertThat(client.shakeHands("/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
                    .contains("Sec-WebSocket-Extensions: permessage-deflate");
            client.sendText("x".repeat(1000));
            RawClient.Frame frame = client.read();
            assertThat(frame.header()).isEqualTo(0xC1);
            assertThat(frame.payload()).hasSizeLessThan(100);
        }
    }
}
