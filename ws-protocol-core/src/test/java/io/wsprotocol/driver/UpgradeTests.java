package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §4: both sides of the upgrade, whole and byte by byte. */
class UpgradeTests {

    private static final String GOOD = "GET /chat HTTP/1.1|Host: h|Upgrade: websocket|Connection: keep-alive, Upgrade|"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Version: 13|";

    private static String crlf(String head) {
        return head.replace("|", "\r\n") + "\r\n";
    }

    private static ByteBuffer bytes(String head) {
        return ByteBuffer.wrap(crlf(head).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    private static ServerUpgrade serve(String head, UpgradePolicy policy, int step) {
        ServerUpgrade upgrade = new ServerUpgrade(WebSocketHandle.createServer(), policy);
        ByteBuffer all = bytes(head);
        boolean decided = false;
        while (!decided && all.hasRemaining()) {
            ByteBuffer part = all.slice(all.position(), Math.min(step, all.remaining()));
            decided = upgrade.accept(part);
            all.position(all.position() + part.position());
        }
        assertThat(decided).isTrue();
        return upgrade;
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "100000"})
    @Tag("R6455-S-27+")
    @Tag("R6455-S-28+")
    @Tag("R6455-S-29+")
    @Tag("R6455-S-30+")
    @Tag("R6455-S-02+")
    @Tag("R6455-S-22+")
    @Tag("R6455-S-03+")
    @Tag("R6455-S-38+")
    void answersTheVectorOfTheRfc(int step) {
        ServerUpgrade upgrade = serve(GOOD, UpgradePolicy.sameOrigin(false), step);
        assertThat(upgrade.upgraded()).isTrue();
        assertThat(upgrade.target()).isEqualTo("/chat");
        assertThat(text(upgrade.response()))
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .contains("Upgrade: websocket\r\n")
                .contains("Connection: Upgrade\r\n")
                .doesNotContain("Sec-WebSocket-Protocol")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @Tag("R6455-S-01-")
    @Tag("R6455-S-38-")
    @Tag("R6455-C-16-")
    @Tag("R6455-S-02-")
    @Tag("R6455-S-03-")
    @Tag("R6455-S-04-")
    @CsvSource(
            delimiter = ';',
            value = {
                "GET /;POST /;405;S-02",
                "HTTP/1.1;HTTP/1.0;400;S-03",
                "Host: h|;;400;S-05",
                "Upgrade: websocket|;;426;S-06",
                "Upgrade: websocket;Upgrade: h2c;426;S-06",
                "keep-alive, Upgrade;keep-alive;400;S-07",
                "dGhlIHNhbXBsZSBub25jZQ==;short;400;S-08",
                "Version: 13;Version: 8;426;S-10",
                "Version: 13;Version: 013;400;S-39",
                "Host: h|;Host: h|Host: h|;400;S-05",
                "Host: h|;Host: h|Content-Length: 1|;400;S-36",
                "Host: h|;Host: h|Transfer-Encoding: chunked|;400;S-36",
                "Host: h|;Host: h|Origin: http://evil|;403;S-18",
                "Host: h|;Host: h|Origin: null|;403;S-19",
                "Host: h|;Host: h|Origin: https://h|;403;S-19",
                "GET /chat;GET chat;400;S-04",
                "Host: h;Host : h;400;S-01",
                "HTTP/1.1;HTTP/2.0;505;S-01",
            })
    void refusesOtherRequests(String good, String bad, int status, String row) {
        for (int step : new int[] {1, 100_000}) {
            ServerUpgrade upgrade =
                    serve(GOOD.replace(good, bad == null ? "" : bad), UpgradePolicy.sameOrigin(false), step);
            assertThat(upgrade.status()).as(row).isEqualTo(status);
            assertThat(upgrade.upgraded()).isFalse();
            String answer = text(upgrade.response());
            assertThat(answer).contains("close\r\n").contains("Content-Length: 0\r\n");
            if (status == 405) {
                assertThat(answer).contains("Allow: GET\r\n");
            }
            if (status == 426) {
                assertThat(answer).contains("Upgrade: websocket\r\n").contains("Sec-WebSocket-Version: 13\r\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"h,http://h,false", "h:8080,http://H:8080,false", "h,http://h:80,false", "h:443,https://h,true"})
    @Tag("R6455-S-19+")
    @Tag("R6455-S-18+")
    @Tag("R6455-Q-02+")
    @Tag("R6455-Q-01+")
    void theSameOriginIsAccepted(String host, String origin, boolean secure) {
        String head = GOOD.replace("Host: h|", "Host: " + host + "|Origin: " + origin + "|");
        assertThat(serve(head, UpgradePolicy.sameOrigin(secure), 1000).upgraded())
                .isTrue();
    }

    @Test
    @Tag("R6455-S-12+-")
    @Tag("R6455-Q-01+-")
    void whoNamesNoOriginIsNoBrowserAndAPolicyMayTellThemApart() {
        UpgradePolicy browsersOnly = request -> request.header("Origin") == null
                ? UpgradeDecision.refuse(403)
                : UpgradePolicy.sameOrigin(false).decide(request);
        String fromTheSameSite = GOOD.replace("Host: h|", "Host: h|Origin: http://h|");
        assertThat(serve(GOOD, UpgradePolicy.sameOrigin(false), 1000).upgraded())
                .isTrue();
        assertThat(serve(GOOD, browsersOnly, 1000).status()).isEqualTo(403);
        assertThat(serve(fromTheSameSite, browsersOnly, 1000).upgraded()).isTrue();
    }

    @Test
    @Tag("R6455-S-35+")
    void theServerMaySendRightBehindItsAnswer() {
        ServerHandle handle = WebSocketHandle.createServer();
        ServerUpgrade upgrade = new ServerUpgrade(handle, UpgradePolicy.sameOrigin(false));
        assertThat(handle.state()).isNotEqualTo(HandleState.OPEN);
        assertThat(upgrade.accept(bytes(GOOD))).isTrue();

        WebSocketConnection connection =
                WebSocketConnection.open(handle, ConnectionOptions.defaults(), (context, outcome) -> {}, () -> {}, 0);

        assertThat(connection.trySendText("welcome", null)).isEqualTo(SendResult.ACCEPTED);
        assertThat(connection.wantsWrite()).isTrue();
        assertThat(handle.state()).isEqualTo(HandleState.OPEN);
        ByteBuffer written = ByteBuffer.allocate(9);
        for (int i = 0; i < connection.writeBufferCount(); i++) {
            written.put(connection.writeBuffers()[i].duplicate());
        }
        assertThat(Frames.read(written.array(), false)).containsExactly("TEXT welcome");
    }

    @Test
    @Tag("R6455-C-24+-")
    void aClientNamesAnOriginWhenItIsGivenOne() {
        List<HttpHeader> origin = List.of(new HttpHeader("Origin", "https://example.com"));
        assertThat(text(new ClientUpgrade(WebSocketHandle.createClient(), "ws://h/", List.of(), origin).request()))
                .containsOnlyOnce("\r\nOrigin: https://example.com\r\n");
        assertThat(text(new ClientUpgrade(WebSocketHandle.createClient(), "ws://h/", List.of(), List.of()).request()))
                .doesNotContainIgnoringCase("origin:");
    }

    @Test
    @Tag("R6455-S-22-")
    @Tag("R6455-S-17+")
    @Tag("R6455-S-38-")
    void thePolicyMayRefuseWithHeaders() {
        UpgradePolicy policy = request -> request.target().equals("/chat")
                ? UpgradeDecision.refuse(401, new HttpHeader("WWW-Authenticate", "Basic"))
                : UpgradeDecision.refuse(404);
        assertThat(text(serve(GOOD, policy, 1000).response())).contains("401").contains("WWW-Authenticate: Basic\r\n");
        assertThat(serve(GOOD.replace("/chat", "/x"), policy, 1000).status()).isEqualTo(404);
    }

    @Test
    @Tag("R6455-S-23-")
    void aSubprotocolThatWasNotOfferedIsTheApplicationsFault() {
        assertThatThrownBy(() -> serve(GOOD, request -> UpgradeDecision.accept("soap"), 1000))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("R6455-C-42+")
    @Tag("R6455-C-14+")
    @Tag("R6455-C-30+")
    @Tag("R6455-C-16+")
    @Tag("R6455-C-17+")
    @Tag("R6455-S-35+")
    void clientAndServerAgreeAndLeaveTheFirstFrames() {
        var clientHandle = WebSocketHandle.createClient();
        ServerHandle serverHandle = WebSocketHandle.createServer();
        ClientUpgrade client = new ClientUpgrade(clientHandle, "ws://h:81/a?b", List.of("x", "y"), List.of());
        assertThat(text(client.request())).startsWith("GET /a?b HTTP/1.1\r\nHost: h:81\r\n");
        ServerUpgrade server = new ServerUpgrade(serverHandle, request -> UpgradeDecision.accept("y"));
        assertThat(server.accept(client.request())).isTrue();
        ByteBuffer response = ByteBuffer.allocate(1000)
                .put(server.response())
                .put(Frames.frame(false, Frames.FIN | Frames.TEXT, "first"))
                .flip();

        assertThat(client.accept(response)).isTrue();

        assertThat(client.result().subprotocol()).isEqualTo("y");
        WebSocketConnection connection = WebSocketConnection.open(
                clientHandle, ConnectionOptions.defaults(), (context, outcome) -> {}, () -> {}, 0);
        connection.feed(response);
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
        assertThat(connection.text()).isEqualTo("first");
    }

    @Test
    @Tag("R6455-C-42-")
    void whatFollowsTheAnswerAndIsNoFrameFailsTheConnection() {
        var handle = WebSocketHandle.createClient();
        ClientUpgrade client = new ClientUpgrade(handle, "ws://h/", List.of(), List.of());
        ServerUpgrade server = new ServerUpgrade(WebSocketHandle.createServer(), UpgradePolicy.sameOrigin(false));
        server.accept(client.request());
        ByteBuffer response = ByteBuffer.allocate(1000)
                .put(server.response())
                .put(Frames.frame(true, Frames.FIN | Frames.TEXT, "masked"))
                .flip();
        assertThat(client.accept(response)).isTrue();
        WebSocketConnection connection =
                WebSocketConnection.open(handle, ConnectionOptions.defaults(), (context, outcome) -> {}, () -> {}, 0);
        connection.feed(response);
        assertThat(connection.nextEvent()).isNotEqualTo(ConnectionEvent.TEXT);
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @Tag("R6455-C-32-")
    @Tag("R6455-C-39-")
    @Tag("R6455-S-27-")
    @CsvSource(
            delimiter = ';',
            value = {
                "HTTP/1.1 200 OK|Content-Length: 0|",
                "HTTP/1.1 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Accept: bad|",
                "HTTP/1.0 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade|",
                "HTTP/1.1 101 x|Upgrade : websocket|",
                "HTTP/1.1 302 Found|Location: ws://elsewhere/|",
            })
    void clientRefusesOtherAnswers(String head) {
        for (int step : new int[] {1, 100_000}) {
            ClientUpgrade client = new ClientUpgrade(WebSocketHandle.createClient(), "ws://h/", List.of(), List.of());
            ByteBuffer all = bytes(head);
            assertThatThrownBy(() -> {
                        while (all.hasRemaining()) {
                            ByteBuffer part = all.slice(all.position(), Math.min(step, all.remaining()));
                            client.accept(part);
                            all.position(all.position() + part.position());
                        }
                    })
                    .isInstanceOf(WebSocketHandshakeException.class);
            assertThatThrownBy(() -> client.accept(ByteBuffer.allocate(0)))
                    .isInstanceOf(WebSocketHandshakeException.class);
        }
    }

    @Test
    @Tag("R6455-C-44+-")
    void interimAnswersAreSkippedUpToEight() {
        ClientUpgrade client = new ClientUpgrade(WebSocketHandle.createClient(), "ws://h/", List.of(), List.of());
        for (int i = 0; i < 8; i++) {
            assertThat(client.accept(bytes("HTTP/1.1 103 Early Hints|"))).isFalse();
        }
        assertThatThrownBy(() -> client.accept(bytes("HTTP/1.1 103 Early Hints|")))
                .isInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    @Tag("R6455-C-18-")
    @Tag("R6455-C-29-")
    void clientRefusesHeadersThatAreTheHandshakes() {
        for (String name : List.of("Host", "Connection", "Upgrade", "Content-Length", "Sec-WebSocket-Key")) {
            assertThatThrownBy(() -> new ClientUpgrade(
                            WebSocketHandle.createClient(), "ws://h/", List.of(), List.of(new HttpHeader(name, "x"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat", "http://h/chat", "HTTPS://h/chat"})
    @Tag("R6455-S-04+")
    void theTargetMayBeAPathOrAnAddress(String target) {
        ServerUpgrade upgrade = serve(GOOD.replace("/chat", target), UpgradePolicy.sameOrigin(false), 1000);
        assertThat(upgrade.upgraded()).isTrue();
        assertThat(upgrade.target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "401, Unauthorized",
        "403, Forbidden",
        "404, Not Found",
        "414, URI Too Long",
        "429, Too Many Requests",
        "431, Request Header Fields Too Large",
        "503, Service Unavailable",
        "599, ''",
        "300, ''",
    })
    @Tag("R6455-S-22-")
    void aRefusalSaysItsReasonWhereHttpHasOne(int status, String reason) {
        ServerUpgrade upgrade = serve(GOOD, request -> UpgradeDecision.refuse(status), 1000);
        assertThat(text(upgrade.response())).startsWith("HTTP/1.1 " + status + " " + reason + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 101, 102, 200, 299, 600})
    void noOtherStatusRefuses(int status) {
        assertThatIllegalArgumentException().isThrownBy(() -> UpgradeDecision.refuse(status));
        if (status != UpgradeDecision.SWITCHING_PROTOCOLS) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new UpgradeDecision(status, null, List.of(), List.of()));
        }
    }

    @Test
    @Tag("R6455-S-19-")
    void moreOriginsThanOneAreNoneAndWithoutAHostNoneIsTheSame() {
        UpgradePolicy policy = UpgradePolicy.sameOrigin(false);
        HttpHeader origin = new HttpHeader("Origin", "http://h");
        assertThat(policy.decide(new UpgradeRequest("/", List.of(origin, origin)))
                        .status())
                .isEqualTo(400);
        assertThat(policy.decide(new UpgradeRequest("/", List.of(origin))).status())
                .isEqualTo(403);
    }

    @Test
    void nothingIsKnownOfARequestThatIsNotThere() {
        ServerUpgrade upgrade = new ServerUpgrade(WebSocketHandle.createServer(), UpgradePolicy.sameOrigin(false));
        assertThat(upgrade.accept(ByteBuffer.wrap("GET /".getBytes(StandardCharsets.ISO_8859_1))))
                .isFalse();
        assertThatIllegalStateException().isThrownBy(upgrade::response);
        assertThatIllegalStateException().isThrownBy(upgrade::target);
        assertThatIllegalStateException().isThrownBy(upgrade::requestHeaders);
        assertThat(upgrade.status()).isZero();
    }
}
