package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.spring.server.Http2Client;
import io.wsprotocol.spring.server.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is special about streams of HTTP/2 under WebFlux (RFC 8441): their beginnings, their ends and their windows. */
@ParameterizedClass
@EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*HTTP2")
class ReactiveHttp2Tests {

    private static final int PART = 2 << 20;
    private static final int STUCK = 6;

    private static ReactiveServer server;

    @Parameter
    ReactiveStack stack;

    private Http2Client http;

    @BeforeParameterizedClassInvocation
    static void start(ReactiveStack stack) {
        server = stack.start(
                "ws-protocol.send.timeout=2s",
                "ws-protocol.limits.max-message-size=5MB",
                "server.netty.idle-timeout=3s",
                "server.jetty.connection-idle-timeout=3s");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        http = new Http2Client(server.port(), false);
    }

    @AfterEach
    void disconnect() throws IOException {
        http.close();
    }

    private String next(String key) throws InterruptedException {
        return server.recorder().next(key + stack);
    }

    private String untilClosed(String key) throws InterruptedException {
        String event;
        do {
            event = next(key);
        } while (!event.startsWith("closed") && !event.equals("(nothing)"));
        return event;
    }

    /** Of another thread: what the server answers meanwhile must be read. */
    private static CompletableFuture<Void> send(RawClient client, int messages, int bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < messages; i++) {
                    client.send(RawClient.BINARY, new byte[bytes]);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    @Tag("R8441-H-01+")
    void theServerSaysThatItTakesExtendedConnects() throws Exception {
        assertThat(http.settings().getSettings()).containsEntry(SettingsFrame.ENABLE_CONNECT_PROTOCOL, 1);
    }

    @Test
    @Tag("R8441-H-10+")
    @Tag("R8441-H-11+")
    void anExtendedConnectIsAnsweredWith200AndNothingOfAnUpgrade() throws Exception {
        HttpFields fields = Http2Client.fields().add("sec-websocket-protocol", "unknown, superchat");
        Http2Client.Exchange exchange = http.connect("/chat", fields, "websocket");
        MetaData.Response response = exchange.response();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHttpFields().get("sec-websocket-protocol")).isEqualTo("superchat");
        for (String none : List.of("upgrade", "connection", "sec-websocket-accept", "content-length")) {
            assertThat(response.getHttpFields().get(none)).as(none).isNull();
        }
        exchange.client().close();
    }

    @ParameterizedTest
    @CsvSource({
        "sec-websocket-version, 8, websocket, 400",
        "sec-websocket-protocol, 'a, , b b', websocket, 400",
        "sec-websocket-version, 13, connect-udp, 501",
    })
    @Tag("R8441-H-11-")
    @Tag("R8441-H-15-")
    void aWrongRequestGetsItsStatusAndTheConnectionGoesOn(String name, String value, String protocol, int status)
            throws Exception {
        HttpFields fields = Http2Client.fields().put(name, value);
        MetaData.Response response = http.connect("/echo", fields, protocol).response();
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getHttpFields().get("connection")).isNull();
        try (RawClient client = http.open("/echo")) {
            client.sendText("still here");
            assertThat(client.readMessage().text()).isEqualTo("still here");
        }
    }

    @Test
    @Tag("R8441-H-13+")
    void aCloseIsEchoedAndTheStreamEndsOnBothSides() throws Exception {
        try (RawClient client = http.open("/echo?close" + stack)) {
            client.sendClose(4321);
            assertThat(client.read().closeStatus()).isEqualTo(4321);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(next("close")).isEqualTo("established");
        assertThat(next("close")).isEqualTo("closed 4321");
        // Forgotten by the client only when the server ended its side without a reset.
        await().untilAsserted(() -> assertThat(http.streams()).isZero());
    }

    @Test
    @Tag("R8441-H-13-")
    void aResetAndAnEndWithoutCloseAreToldAs1006() throws Exception {
        Http2Client.Exchange exchange = http.connect("/echo?reset" + stack, Http2Client.fields(), "websocket");
        assertThat(next("reset")).isEqualTo("established");
        exchange.cancel();
        assertThat(untilClosed("reset")).isEqualTo("closed 1006");

        http.open("/echo?end" + stack).close();
        assertThat(next("end")).isEqualTo("established");
        assertThat(untilClosed("end")).isEqualTo("closed 1006");
    }

    @Test
    void theEndOfTheConnectionIsToldToEachStream() throws Exception {
        try (Http2Client leaving = new Http2Client(server.port(), false)) {
            assertThat(leaving.open("/echo?one" + stack)).isNotNull();
            assertThat(leaving.open("/asked?two" + stack)).isNotNull();
            assertThat(next("one")).isEqualTo("established");
            assertThat(next("two")).isEqualTo("established");
        }
        assertThat(untilClosed("one")).isEqualTo("closed 1006");
        assertThat(untilClosed("two")).isEqualTo("closed 1006");
    }

    @Test
    void aPeerThatDoesNotReadIsResetWhileOtherConnectionsGoOn() throws Exception {
        Http2Client.Exchange slow = http.connect("/flood?slow" + stack, Http2Client.fields(), "websocket");
        slow.client().sendText("5000 100000");
        try (RawClient other = stack.open(server, "/echo")) {
            other.sendText("meanwhile");
            assertThat(other.readMessage().text()).isEqualTo("meanwhile");
            assertThat(untilClosed("slow")).isEqualTo("closed 1006");
            assertThat(slow.reset()).isEqualTo(ErrorCode.CANCEL_STREAM_ERROR.code);
        }
    }

    @Test
    void noIdleTimeoutOfTheServersCounts() throws Exception {
        try (RawClient client = http.open("/echo")) {
            await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
            client.sendText("still here");
            assertThat(client.readMessage().text()).isEqualTo("still here");
        }
    }

    @Test
    void streamsThatAreNotReadStopTheirPeerButNotTheOthersOfTheConnection() throws Exception {
        List<CompletableFuture<Void>> stuck = new ArrayList<>();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            RawClient client = http.open("/asked?stuck" + i + stack);
            clients.add(client);
            assertThat(next("stuck" + i)).isEqualTo("established");
            assertThat(next("stuck" + i)).isEqualTo("waiting");
            stuck.add(send(client, 4, PART));
        }
        for (CompletableFuture<Void> sending : stuck) {
            assertThatThrownBy(() -> sending.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        }
        try (RawClient other = http.open("/echo")) {
            CompletableFuture<Void> sending = send(other, 1, PART);
            assertThat(other.readMessage().payload()).hasSize(PART);
            sending.get(20, TimeUnit.SECONDS);
        }
        for (int i = 0; i < STUCK; i++) {
            server.recorder().reader("stuck" + i + stack).requestUnbounded();
            for (int message = 0; message < 4; message++) {
                assertThat(next("stuck" + i)).isEqualTo("BINARY " + PART);
            }
            stuck.get(i).get(20, TimeUnit.SECONDS);
            clients.get(i).sendClose(1000);
            assertThat(clients.get(i).read().closeStatus()).isEqualTo(1000);
            clients.get(i).close();
        }
    }
}
