package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.spring.SelfSigned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket over HTTP/2 (RFC 8441) on Jetty, with prior knowledge and over TLS with ALPN. */
@ParameterizedClass(name = "TLS {0}")
@ValueSource(booleans = {false, true})
class Http2Tests {

    @TempDir
    static Path directory;

    private static EndpointServer server;

    @Parameter
    boolean tls;

    private Http2Client http;

    @BeforeParameterizedClassInvocation
    static void start(boolean tls) throws Exception {
        String[] all = EndpointServer.on(
                "jetty native",
                "server.http2.enabled=true",
                "server.jetty.connection-idle-timeout=1s",
                "ws-protocol.limits.max-message-size=20MB",
                "ws-protocol.send.timeout=2s",
                "ws-protocol.close.timeout=2s",
                "ws-protocol.keepalive.interval=3s");
        server = EndpointServer.start(tls ? withTls(all) : all);
    }

    private static String[] withTls(String[] properties) throws Exception {
        String[] all = Arrays.copyOf(properties, properties.length + 4);
        all[properties.length] = "server.ssl.bundle=test";
        all[properties.length + 1] = "spring.ssl.bundle.jks.test.keystore.location="
                + SelfSigned.keyStore(directory).toUri();
        all[properties.length + 2] = "spring.ssl.bundle.jks.test.keystore.password=" + SelfSigned.PASSWORD;
        all[properties.length + 3] = "spring.ssl.bundle.jks.test.keystore.type=PKCS12";
        return all;
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        http = new Http2Client(server.port(), tls);
    }

    @AfterEach
    void disconnect() throws IOException {
        http.close();
    }

    private String key() {
        return "h2-" + tls;
    }

    private String next(String test) throws InterruptedException {
        return server.recorder().next(test + key());
    }

    @Test
    @Tag("R8441-H-01+")
    void theServerSaysThatItTakesExtendedConnects() throws Exception {
        assertThat(http.settings().getSettings()).containsEntry(SettingsFrame.ENABLE_CONNECT_PROTOCOL, 1);
    }

    @Test
    @Tag("R8441-H-04+")
    @Tag("R8441-H-10+")
    @Tag("R8441-H-11+")
    void anExtendedConnectIsAnsweredWith200AndNothingOfAnUpgrade() throws Exception {
        HttpFields fields = Http2Client.fields().add("sec-websocket-protocol", "unknown, superchat");
        Http2Client.Exchange exchange = http.connect("/chat", fields, "websocket");
        MetaData.Response response = exchange.response();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHttpFields().get("sec-websocket-protocol")).isEqualTo("superchat");
        assertThat(response.getHttpFields())
                .extracting(field -> field.getName().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("upgrade", "connection", "sec-websocket-accept", "sec-websocket-extensions");
        exchange.client().close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 1 << 20, 16 << 20})
    @Tag("R8441-H-12+")
    @Tag("R8441-H-14+")
    void messagesOfAnySizeComeBack(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        try (RawClient client = http.open("/echo")) {
            client.send(RawClient.BINARY, new byte[0]);
            client.readMessage();
            CompletableFuture<Void> sending = send(client, payload);
            RawClient.Frame text = client.readMessage();
            assertThat(text.header()).isEqualTo(RawClient.TEXT);
            assertThat(text.payload()).isEqualTo(payload);
            sending.get(20, TimeUnit.SECONDS);
        }
    }

    /** Of another thread: what the server has answered already must be read, or its window stays closed. */
    private static CompletableFuture<Void> send(RawClient client, byte[] payload) {
        return CompletableFuture.runAsync(() -> {
            try {
                client.send(RawClient.TEXT, payload);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void aPartialHandlerGetsParts() throws Exception {
        try (RawClient client = http.open("/partial")) {
            client.send(0x02, new byte[] {1, 2});
            RawClient.Frame first = client.read();
            assertThat(first.header()).isEqualTo(0x02);
            assertThat(first.payload()).containsExactly(1, 2);
            client.send(0x80, new byte[] {3});
            assertThat(client.read().payload()).containsExactly(3);
        }
    }

    @Test
    void streamsOfOneConnectionDoNotKnowEachOther() throws Exception {
        try (RawClient one = http.open("/echo");
                RawClient two = http.open("/echo")) {
            one.sendText("one");
            two.sendText("two");
            assertThat(two.readMessage().text()).isEqualTo("two");
            assertThat(one.readMessage().text()).isEqualTo("one");
            one.write(new byte[] {(byte) 0x81, 0x01, 'x'});
            assertThat(one.read().closeStatus()).isEqualTo(1002);
            assertThat(one.atEnd()).isTrue();
            two.sendText("still here");
            assertThat(two.readMessage().text()).isEqualTo("still here");
        }
    }

    @Test
    @Tag("R8441-H-14-")
    void anUnmaskedFrameClosesWith1002() throws Exception {
        try (RawClient client = http.open("/echo")) {
            client.write(new byte[] {(byte) 0x81, 0x01, 'x'});
            assertThat(client.read().closeStatus()).isEqualTo(1002);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    @Tag("R8441-H-13+")
    void aCloseIsEchoedAndTheStreamEndsOnBothSides() throws Exception {
        try (RawClient client = http.open("/echo?close" + key())) {
            client.sendClose(4321);
            assertThat(client.read().closeStatus()).isEqualTo(4321);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(next("close")).isEqualTo("established");
        assertThat(next("close")).isEqualTo("closed 4321");
        // Forgotten by the client only when the server ended its side without a reset.
        await().untilAsserted(() -> assertThat(http.streams()).isZero());
    }

    @ParameterizedTest
    @CsvSource({"close, 4001", "throw, 1011", "close without status, 1005"})
    void aCloseOfTheHandlersArrives(String word, int status) throws Exception {
        try (RawClient client = http.open("/echo")) {
            client.sendText(word);
            assertThat(client.read().closeStatus()).isEqualTo(status);
        }
    }

    @Test
    void aCloseOfAnotherThreadArrives() throws Exception {
        try (RawClient client = http.open("/echo?other" + key())) {
            assertThat(next("other")).isEqualTo("established");
            server.recorder().session("other" + key()).close();
            assertThat(client.read().closeStatus()).isEqualTo(1000);
            client.sendClose(1000);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(next("other")).isEqualTo("closed 1000");
    }

    @Test
    @Tag("R8441-H-13-")
    void aResetAndAnEndWithoutCloseAreToldAs1006() throws Exception {
        Http2Client.Exchange exchange = http.connect("/echo?reset" + key(), Http2Client.fields(), "websocket");
        assertThat(next("reset")).isEqualTo("established");
        exchange.cancel();
        assertThat(untilClosed("reset")).isEqualTo("closed 1006");

        http.open("/echo?end" + key()).close();
        assertThat(next("end")).isEqualTo("established");
        assertThat(untilClosed("end")).isEqualTo("closed 1006");
    }

    @Test
    void anAbortEndsTheStreamAtOnceAndNotTheConnection() throws Exception {
        try (RawClient client = http.open("/echo?abort" + key());
                RawClient other = http.open("/echo")) {
            assertThat(next("abort")).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session("abort" + key());
            session.getNativeSession().abort();
            assertThat(client.atEnd()).isTrue();
            other.sendText("still here");
            assertThat(other.readMessage().text()).isEqualTo("still here");
        }
    }

    @Test
    void aPeerThatDoesNotReadIsResetWhileOtherStreamsGoOn() throws Exception {
        Http2Client.Exchange slow = http.connect("/flood?slow" + key(), Http2Client.fields(), "websocket");
        slow.client().sendText("5000 100000");
        try (Http2Client elsewhere = new Http2Client(server.port(), tls);
                RawClient other = elsewhere.open("/echo")) {
            other.sendText("meanwhile");
            assertThat(other.readMessage().text()).isEqualTo("meanwhile");
            assertThat(next("slow")).isEqualTo("established");
            assertThat(next("slow")).isEqualTo("SessionLimitExceededException");
            assertThat(untilClosed("slow")).isEqualTo("closed 4500");
            assertThat(slow.reset()).isEqualTo(ErrorCode.CANCEL_STREAM_ERROR.code);
        }
    }

    @Test
    void aPausedReaderStopsItsPeerByTheWindow() throws Exception {
        try (RawClient client = http.open("/echo?paused" + key())) {
            assertThat(next("paused")).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session("paused" + key());
            session.getNativeSession().pauseReading();
            byte[] payload = new byte[8 << 20];
            CompletableFuture<Void> sending = send(client, payload);
            assertThatThrownBy(() -> sending.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            session.getNativeSession().resumeReading();
            assertThat(client.readMessage().payload()).isEqualTo(payload);
            sending.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void noIdleTimeoutOfJettysCounts() throws Exception {
        try (RawClient client = http.open("/echo")) {
            // The first bytes since the handshake, three of those timeouts later.
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            client.sendText("still here");
            assertThat(client.readMessage().text()).isEqualTo("still here");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sec-websocket-version, 8, websocket, 400",
        "sec-websocket-protocol, 'a, , b b', websocket, 400",
        "sec-websocket-version, 13, h2c, 501",
    })
    @Tag("R8441-H-11-")
    @Tag("R8441-H-15-")
    void aWrongRequestGetsItsStatus(String name, String value, String protocol, int status) throws Exception {
        HttpFields fields = Http2Client.fields().put(name, value);
        MetaData.Response response = http.connect("/echo", fields, protocol).response();
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getHttpFields().get("connection")).isNull();
        // The connection is none of its business.
        assertThat(http.connect("/echo", Http2Client.fields(), "websocket")
                        .response()
                        .getStatus())
                .isEqualTo(200);
    }

    @Test
    @Tag("R8441-H-09+-")
    void theOriginIsComparedWithTheAuthority() throws Exception {
        String own = (tls ? "https" : "http") + "://localhost:" + server.port();
        for (String origin : List.of(own, "http://evil.example")) {
            HttpFields fields = Http2Client.fields().add("origin", origin);
            assertThat(http.connect("/same-origin", fields, "websocket")
                            .response()
                            .getStatus())
                    .isEqualTo(origin.equals(own) ? 200 : 403);
        }
    }

    @Test
    void whileItDrainsHandshakesAreRefusedWith503AndStreamsClosedWith1001() throws Exception {
        try (RawClient client = http.open("/echo")) {
            server.bean(GracefulDrain.class).begin();
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            client.sendClose(1001);
            MetaData.Response response =
                    http.connect("/echo", Http2Client.fields(), "websocket").response();
            assertThat(response.getStatus()).isEqualTo(503);
            assertThat(response.getHttpFields().get("retry-after")).isNotNull();
        } finally {
            server.bean(GracefulDrain.class).welcome();
        }
    }

    @Test
    void theTransportSaysWhatItIs() throws Exception {
        try (RawClient client = http.open("/echo?name" + key())) {
            assertThat(next("name")).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session("name" + key());
            assertThat(session.getNativeSession().transportName()).isEqualTo("jetty http/2");
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
    }

    private String untilClosed(String test) throws InterruptedException {
        String event;
        do {
            event = next(test);
        } while (!event.startsWith("closed") && !event.equals("(nothing)"));
        return event;
    }
}
