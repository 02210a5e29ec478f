package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.Http2Client;
import io.wsprotocol.spring.server.LiveConnection;
import io.wsprotocol.spring.server.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What refuses, counts, shows and ends reactive connections: the same on each server, and as under Spring MVC. */
@ParameterizedClass
@EnumSource
class ReactiveOperationsTests {

    private static ReactiveServer server;

    @Parameter
    ReactiveStack stack;

    @BeforeParameterizedClassInvocation
    static void start(ReactiveStack stack) {
        server = stack.start(
                "management.endpoints.web.exposure.include=wsprotocol",
                "ws-protocol.spring.exclude-paths=/excluded",
                "ws-protocol.shutdown.timeout=20s",
                "ws-protocol.compression.enabled=true",
                "ws-protocol.compression.threshold=16B",
                "ws-protocol.profiles.small.limits.max-message-size=125B",
                "ws-protocol.server.path-settings[0].path=/chat",
                "ws-protocol.server.path-settings[0].profile=small");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static final String FRIEND = "https://friend.example";

    /** The status of a handshake, and the rest of its head. */
    private String handshake(ReactiveServer server, String path, String... fields) throws Exception {
        if (!stack.http2()) {
            String[] lines = new String[fields.length / 2];
            Arrays.setAll(lines, i -> fields[2 * i] + ": " + fields[2 * i + 1] + "\r\n");
            try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
                client.write(RawClient.request(path, lines).getBytes(StandardCharsets.ISO_8859_1));
                return client.readHead().substring("HTTP/1.1 ".length());
            }
        }
        HttpFields.Mutable all = Http2Client.fields();
        for (int i = 0; i < fields.length; i += 2) {
            all.add(fields[i], fields[i + 1]);
        }
        try (Http2Client http = new Http2Client(server.port(), false)) {
            MetaData.Response response = http.connect(path, all, "websocket").response();
            return response.getStatus() + "\r\n" + response.getHttpFields();
        }
    }

    private boolean isWelcome(ReactiveServer server, String path, String... fields) throws Exception {
        return handshake(server, path, fields).startsWith(stack.http2() ? "200" : "101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://localhost:1", "https://localhost", "null", "%"})
    void aForeignOriginIsRefused(String origin) throws Exception {
        String refused = handshake(server, "/echo", "origin", origin);
        assertThat(refused).startsWith("403");
        // RFC 9113 §8.2.2: there is no such field in HTTP/2.
        assertThat(refused.toLowerCase(Locale.ROOT).contains("connection: close"))
                .isEqualTo(!stack.http2());
    }

    @Test
    void theOwnOriginAndThoseThatTheMappingNamesAreWelcome() throws Exception {
        String own = "http://localhost" + (stack.http2() ? ":" + server.port() : "");
        assertThat(isWelcome(server, "/echo", "origin", own)).isTrue();
        assertThat(isWelcome(server, "/echo")).isTrue();
        assertThat(isWelcome(server, "/friends", "origin", FRIEND)).isTrue();
        assertThat(handshake(server, "/echo", "origin", FRIEND)).startsWith("403");
        assertThat(handshake(server, "/friends", "origin", "https://evil.example"))
                .startsWith("403");
    }

    @Test
    void aHandshakeThatAFilterHoldsUpOnAnotherThreadWorks() throws Exception {
        try (RawClient client = stack.open(server, "/later")) {
            client.sendText("late");
            assertThat(client.readMessage().text()).isEqualTo("late");
        }
    }

    /** Whatever goes wrong behind the answer: nobody else would end a connection that has no owner. */
    @Test
    void aConnectionThatCannotBeginEndsBehindItsHandshake() throws Exception {
        try (ReactiveServer stopping = stack.start()) {
            stopping.bean(DeadlineScheduler.class).close();
            for (String path : List.of("/echo", "/later")) {
                try (RawClient client = stack.open(stopping, path)) {
                    assertThat(client.atEnd()).isTrue();
                }
            }
            assertThat(stopping.bean(ConnectionRegistry.class).size()).isZero();
        }
    }

    @Test
    void theEngineJudgesTheRequestAndRefusesWithTheRightStatus() throws Exception {
        assumeFalse(stack.http2());
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(RawClient.request("/echo")
                    .replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12")
                    .getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.readHead()).startsWith("HTTP/1.1 426").containsIgnoringCase("Sec-WebSocket-Version: 13");
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(handshake(server, "/echo", "Content-Length", "5")).startsWith("400");
    }

    @Test
    void oneSessionTooManyGets503AndFindsRoomWhenOneHasGone() throws Exception {
        // Counted above all transports; that each gives the place back is seen by the ledger.
        assumeTrue(stack == ReactiveStack.REACTOR_NETTY);
        try (ReactiveServer small = stack.start("ws-protocol.limits.max-sessions=1")) {
            try (RawClient client = stack.open(small, "/echo")) {
                client.sendText("here");
                client.readMessage();
                assertThat(handshake(small, "/echo")).startsWith("503").containsIgnoringCase("Retry-After");
            }
            await().untilAsserted(() -> assertThat(isWelcome(small, "/echo")).isTrue());
        }
    }

    @Test
    void theEndOfTheApplicationClosesConnectionsWith1001() throws Exception {
        ReactiveServer ending = stack.start();
        ReactiveServer.Recorder recorder = ending.recorder();
        try (RawClient reading = stack.open(ending, "/echo?reads");
                RawClient deaf = stack.open(ending, "/asked?deaf")) {
            // Two messages that nobody asks for: the second stops the reading.
            deaf.sendText("one");
            deaf.sendText("two");
            assertThat(recorder.next("reads")).isEqualTo("established");
            assertThat(recorder.next("deaf")).isEqualTo("established");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(ending::close);

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
        try (RawClient client = stack.open(server, "/echo")) {
            CompletableFuture<Void> drained = server.bean(GracefulDrain.class).begin();
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            assertThat(handshake(server, "/echo")).startsWith("503").containsIgnoringCase("Retry-After: 20");
            assertThat(drained).isNotDone();
            server.bean(GracefulDrain.class).welcome();
            drained.get(20, TimeUnit.SECONDS);
            assertThat(isWelcome(server, "/echo")).isTrue();
        }
    }

    @Test
    void metersRegistryAndActuatorSeeReactiveConnections() throws Exception {
        try (RawClient client = stack.open(server, "/echo?secret=1")) {
            client.sendText("seen");
            client.readMessage();

            LiveConnection live =
                    server.bean(ConnectionRegistry.class).connections().get(0);
            assertThat(live.path()).isEqualTo("/echo");
            assertThat(live.remoteAddress()).isNotNull();
            assertThat(live.shell().transportName()).isEqualTo(stack.transport());
            MeterRegistry meters = server.bean(MeterRegistry.class);
            assertThat(meters.get("ws.protocol.sessions.active")
                            .tag("role", "server")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            WsProtocolEndpoint.Report report =
                    server.bean(WsProtocolEndpoint.class).report(null, null);
            assertThat(report.engine().transports()).containsExactly(stack.preferredTransport());
            assertThat(report.connections()).hasSize(1);
            assertThat(report.endpoints().toString())
                    .contains("path=/echo, moved=true, reason=" + stack.preferredTransport())
                    .contains("path=/excluded, moved=false, reason=ws-protocol.spring.exclude-paths");
        }
    }

    @Test
    void aProfileHoldsForItsEndpoint() throws Exception {
        try (RawClient client = stack.open(server, "/chat")) {
            client.send(RawClient.BINARY, new byte[126]);
            assertThat(client.read().closeStatus()).isEqualTo(1009);
        }
        try (RawClient client = stack.open(server, "/echo")) {
            client.send(RawClient.BINARY, new byte[126]);
            assertThat(client.readMessage().payload()).hasSize(126);
        }
    }

    @Test
    void compressionIsAgreedOnAndUndoneWhereItIsWanted() throws Exception {
        try (RawClient client = stack.open(server, "/echo", false, "sec-websocket-extensions", "permessage-deflate")) {
            client.sendText("x".repeat(1000));
            RawClient.Frame frame = client.read();
            assertThat(frame.header()).isEqualTo(0xC1);
            assertThat(frame.payload()).hasSizeLessThan(100);
        }
    }
}
