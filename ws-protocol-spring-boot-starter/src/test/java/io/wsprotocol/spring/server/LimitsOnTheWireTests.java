package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketSession;

/** The limits of a server as its peers meet them: what they get, and what the log then says. */
@ExtendWith(OutputCaptureExtension.class)
class LimitsOnTheWireTests {

    private static final byte[] BYTE = {1};

    private static String get(EndpointServer server, String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }

    private static String refusal(EndpointServer server, String path) throws IOException {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(RawClient.request(path).getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void oneSessionTooManyGets503AndFindsRoomWhenOneHasGone(CapturedOutput output) throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.limits.max-sessions=2")) {
            try (RawClient first = RawClient.open(server.port(), "/echo?a");
                    RawClient second = RawClient.open(server.port(), "/echo?b")) {
                await(() -> server.bean(ConnectionCaps.class).sessions() == 2);
                assertThat(refusal(server, "/echo?c"))
                        .startsWith("HTTP/1.1 503")
                        .contains("Retry-After: 30\r\n")
                        .contains("Connection: close\r\n");
                first.sendClose(1000);
                assertThat(first.read().closeStatus()).isEqualTo(1000);
                await(() -> server.bean(ConnectionCaps.class).sessions() == 1);
                RawClient.open(server.port(), "/echo?d").close();
                second.sendText("on");
                assertThat(second.readMessage().text()).isEqualTo("on");
            }
            await(() -> server.bean(ConnectionCaps.class).sessions() == 0);
        }
        assertThat(output).contains("refused with 503 by the limit SESSIONS: 1 (ws-protocol.limits.max-sessions)");
    }

    @Test
    void oneSessionTooManyOfAnAddressGets429() throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.limits.max-sessions-per-address=1");
                RawClient first = RawClient.open(server.port(), "/echo?a")) {
            first.sendText("on");
            assertThat(first.readMessage().text()).isEqualTo("on");
            assertThat(refusal(server, "/echo?b"))
                    .startsWith("HTTP/1.1 429")
                    .contains("Retry-After: 30\r\n")
                    .contains("Connection: close\r\n");
        }
    }

    @Test
    void handshakesThatComeTooFastGet429() throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.limits.handshake-rate=1")) {
            RawClient.open(server.port(), "/echo?a").close();
            RawClient.open(server.port(), "/echo?b").close();
            assertThat(refusal(server, "/echo?c")).startsWith("HTTP/1.1 429").contains("Retry-After: 2\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"/echo, 1009, max-message-size", "/chat, 0, none", "/partial, 0, none"})
    void aProfileHoldsForItsEndpointsOnly(String path, int status, String property, CapturedOutput output)
            throws Exception {
        EndpointServer server = EndpointServer.shared(
                "ws-protocol.server.path-settings[0].path=/ech*",
                "ws-protocol.server.path-settings[0].profile=small",
                "ws-protocol.profiles.small.limits.max-message-size=1000B");
        for (String spelling : new String[] {path + "?p", path + ";x=y?p"}) {
            try (RawClient client = RawClient.open(server.port(), spelling)) {
                client.send(RawClient.BINARY, new byte[1001]);
                RawClient.Frame answer = client.readMessage();
                if (status == 0) {
                    assertThat(answer.payload()).hasSize(1001);
                } else {
                    assertThat(answer.closeStatus()).isEqualTo(status);
                    assertThat(client.atEnd()).isTrue();
                }
            }
        }
        if (status != 0) {
            await(() -> output.getAll().contains("(ws-protocol.limits." + property + ")"));
        }
    }

    @Test
    void everyOtherLimitOfAMessageClosesWithItsCodeAndNamesItsProperty(CapturedOutput output) throws Exception {
        EndpointServer server = EndpointServer.shared(
                "ws-protocol.limits.max-fragments=3",
                "ws-protocol.limits.max-empty-fragments=2",
                "ws-protocol.limits.message-timeout=300ms",
                "ws-protocol.limits.control-frame-rate=1",
                "ws-protocol.limits.control-frame-burst=2");
        try (RawClient client = RawClient.open(server.port(), "/echo?fragments")) {
            client.send(0x02, BYTE);
            for (int i = 0; i < 3; i++) {
                client.send(0x00, BYTE);
            }
            assertThat(client.read().closeStatus()).isEqualTo(1008);
        }
        try (RawClient client = RawClient.open(server.port(), "/echo?empty")) {
            client.send(0x02, new byte[0]);
            client.send(0x00, new byte[0]);
            client.send(0x00, new byte[0]);
            assertThat(client.read().closeStatus()).isEqualTo(1008);
        }
        try (RawClient client = RawClient.open(server.port(), "/echo?slow")) {
            client.send(0x02, BYTE);
            assertThat(client.read().closeStatus()).isEqualTo(1008);
        }
        try (RawClient client = RawClient.open(server.port(), "/echo?pings")) {
            for (int i = 0; i < 5; i++) {
                client.send(RawClient.PING, BYTE);
            }
            RawClient.Frame frame = client.read();
            while (frame.header() == RawClient.PONG) {
                frame = client.read();
            }
            assertThat(frame.closeStatus()).isEqualTo(1008);
        }
        for (String property :
                new String[] {"max-fragments", "max-empty-fragments", "message-timeout", "control-frame-rate"}) {
            await(() -> output.getAll().contains("(ws-protocol.limits." + property + ")"));
        }
    }

    @Test
    void aSessionEndsAtItsAge(CapturedOutput output) throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.limits.max-session-age=300ms");
        try (RawClient client = RawClient.open(server.port(), "/echo?old")) {
            assertThat(client.read().closeStatus()).isEqualTo(1008);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("old")).isEqualTo("established");
        assertThat(server.recorder().next("old")).isEqualTo("error");
        assertThat(server.recorder().next("old")).isEqualTo("closed 1008");
        assertThat(output).contains("(ws-protocol.limits.max-session-age)");
    }

    @Test
    void aWebSocketDoesNotOutliveTheLoginOfItsUser() throws Exception {
        EndpointServer server = EndpointServer.shared();
        String cookie = cookieOf(get(server, "/login"));
        try (RawClient user = new RawClient(SocketFactory.getDefault(), server.port(), 0);
                RawClient guest = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            user.shakeHands("/custom?user", cookie);
            guest.shakeHands("/echo?guest", cookie);
            assertThat(server.recorder().next("user")).isEqualTo("established");
            cookie = cookieOf(get(server, "/renew", cookie));
            user.sendText("still there");
            assertThat(user.readMessage().text()).isEqualTo("still there");
            get(server, "/logout", cookie);
            assertThat(user.read().closeStatus()).isEqualTo(1008);
            guest.sendText("never logged in");
            assertThat(guest.readMessage().text()).isEqualTo("never logged in");
        }
        assertThat(server.recorder().next("user")).isIn("error", "closed 1008", "closed 1006");
        await(() -> server.bean(HttpSessionEnd.class).size() == 0);
    }

    private static String cookieOf(String head) {
        return head.lines()
                .filter(line -> line.startsWith("Set-Cookie: "))
                .map(line -> "Cookie: " + line.substring(12).split(";")[0] + "\r\n")
                .findFirst()
                .orElseThrow();
    }

    // ---- a peer that does not read ----

    /** Sends until something happens or the queue must have been full many times. */
    private static String flood(WebSocketSession session) {
        try {
            for (int i = 0; i < 3_000; i++) {
                session.sendMessage(new BinaryMessage(new byte[10_000]));
            }
            return "all taken";
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "block, SessionLimitExceededException, 4500",
        "reject, SendQueueFullException, 0",
        "drop-oldest, SendQueueFullException|all taken, 0",
        "drop-newest, all taken, 0",
        "close, IOException, 1008",
    })
    void aPeerThatDoesNotReadMeetsThePolicyOfItsEndpoint(String overflow, String outcomes, int closed)
            throws Exception {
        EndpointServer server = EndpointServer.shared(
                "ws-protocol.send.timeout=5s",
                "ws-protocol.server.path-settings[0].path=/echo",
                "ws-protocol.server.path-settings[0].profile=test",
                "ws-protocol.profiles.test.send.queue-bytes=100KB",
                "ws-protocol.profiles.test.send.timeout=" + (overflow.equals("block") ? "1s" : "20s"),
                "ws-protocol.profiles.test.send.overflow=" + overflow);
        String key = "policy-" + overflow;
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 4096)) {
            client.shakeHands("/echo?" + key);
            assertThat(server.recorder().next(key)).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session(key);
            assertThat(flood(session)).isIn((Object[]) outcomes.split("\\|"));
            if (closed == 0) {
                assertThat(session.isOpen()).isTrue();
                assertThat(session.getNativeSession().queuedBytes()).isLessThanOrEqualTo(2 * 100 << 10);
                // What the queue held arrives once the peer reads, and the session goes on.
                client.sendText("still there");
                RawClient.Frame frame = client.readMessage();
                while (frame.header() == RawClient.BINARY) {
                    assertThat(frame.payload()).hasSize(10_000);
                    frame = client.readMessage();
                }
                assertThat(frame.text()).isEqualTo("still there");
            } else {
                assertThat(server.recorder().next(key)).isEqualTo("error");
                assertThat(server.recorder().next(key)).isEqualTo("closed " + closed);
            }
        }
    }
}
