package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** An ordinary application's endpoints, over each transport of each container, with platform and with virtual threads. */
@ParameterizedClass(name = "{0}, virtual threads {1}")
@CsvSource({
    "tomcat native, false",
    "tomcat servlet, false",
    "tomcat native, true",
    "jetty native, false",
    "jetty native, true"
})
class EndpointTests {

    private static final AtomicInteger KEYS = new AtomicInteger();

    @Parameter(0)
    String stack;

    @Parameter(1)
    boolean virtualThreads;

    private final String key = "test" + KEYS.incrementAndGet();

    private EndpointServer server() {
        return EndpointServer.shared(EndpointServer.on(
                stack,
                "spring.threads.virtual.enabled=" + virtualThreads,
                "ws-protocol.limits.max-message-size=20MB",
                "ws-protocol.send.timeout=2s",
                "ws-protocol.close.timeout=2s"));
    }

    private RawClient open(String path) throws IOException {
        return RawClient.open(server().port(), path + "?" + key);
    }

    private String nextEvent() throws InterruptedException {
        return server().recorder().next(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, (1 << 20) - 1, 16 << 20})
    void messagesOfAnySizeComeBack(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        try (RawClient client = open("/echo")) {
            client.send(RawClient.TEXT, payload);
            RawClient.Frame text = client.readMessage();
            assertThat(text.header()).isEqualTo(RawClient.TEXT);
            assertThat(text.payload()).isEqualTo(payload);

            client.send(RawClient.BINARY, payload);
            RawClient.Frame binary = client.readMessage();
            assertThat(binary.header()).isEqualTo(RawClient.BINARY);
            assertThat(binary.payload()).isEqualTo(payload);
        }
    }

    @Test
    void aMessageCutIntoSingleBytesComesBack() throws Exception {
        try (RawClient client = open("/echo")) {
            for (byte b : RawClient.frame(RawClient.TEXT, "byte by byte €".getBytes(StandardCharsets.UTF_8))) {
                client.write(new byte[] {b});
            }
            assertThat(client.readMessage().text()).isEqualTo("byte by byte €");
        }
    }

    @Test
    void fragmentsBecomeOneMessageAndPingsInBetweenAreAnswered() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(0x01, "Hel".getBytes(StandardCharsets.UTF_8));
            client.send(RawClient.PING, new byte[] {7});
            client.send(0x80, "lo".getBytes(StandardCharsets.UTF_8));
            RawClient.Frame pong = client.read();
            assertThat(pong.header()).isEqualTo(RawClient.PONG);
            assertThat(pong.payload()).containsExactly(7);
            assertThat(client.readMessage().text()).isEqualTo("Hello");
        }
    }

    @Test
    void aPartialHandlerGetsPartsAndSendsParts() throws Exception {
        try (RawClient client = open("/partial")) {
            client.send(0x02, new byte[] {1, 2});
            RawClient.Frame first = client.read();
            assertThat(first.header()).isEqualTo(0x02);
            assertThat(first.payload()).containsExactly(1, 2);
            client.send(0x80, new byte[] {3});
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            RawClient.Frame next;
            do {
                next = client.read();
                rest.write(next.payload());
            } while ((next.header() & 0x80) == 0);
            assertThat(rest.toByteArray()).containsExactly(3);
        }
    }

    @Test
    void manySmallMessagesInOneWriteComeBackInOrder() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000; i++) {
            all.write(RawClient.frame(RawClient.TEXT, ("message " + i).getBytes(StandardCharsets.UTF_8)));
        }
        try (RawClient client = open("/echo")) {
            client.write(all.toByteArray());
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.readMessage().text()).isEqualTo("message " + i);
            }
        }
    }

    @Test
    @Tag("R6455-S-37+")
    void framesThatComeTogetherWithTheRequestAreRead() throws Exception {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server().port(), 0)) {
            ByteArrayOutputStream glued = new ByteArrayOutputStream();
            glued.write(RawClient.request("/echo?" + key).getBytes(StandardCharsets.ISO_8859_1));
            glued.write(RawClient.frame(RawClient.TEXT, "early".getBytes(StandardCharsets.UTF_8)));
            client.write(glued.toByteArray());
            assertThat(client.readHead()).startsWith("HTTP/1.1 101").contains(RawClient.ACCEPT);
            assertThat(client.readMessage().text()).isEqualTo("early");
        }
    }

    @Test
    @Tag("R6455-Q-07+")
    void theSessionKnowsItsRequest() throws Exception {
        try (RawClient client = open("/custom")) {
            client.sendText("who");
            assertThat(client.readMessage().text())
                    .isEqualTo("WsProtocolWebSocketSession 32 yes null true localhost somebody");
        }
    }

    @Test
    void theFirstCommonSubprotocolIsChosen() throws Exception {
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server().port(), 0)) {
            String head = client.shakeHands("/chat?" + key, "Sec-WebSocket-Protocol: unknown, superchat, chat\r\n");
            assertThat(head).contains("Sec-WebSocket-Protocol: superchat\r\n");
        }
    }

    @Test
    void aCloseOfThePeerIsEchoedAndTold() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendClose(4321);
            assertThat(client.read().closeStatus()).isEqualTo(4321);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(nextEvent()).isEqualTo("established");
        assertThat(nextEvent()).isEqualTo("closed 4321");
    }

    @Test
    void aCloseWithoutStatusIsToldAs1005() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(RawClient.CLOSE, new byte[0]);
            assertThat(client.read().payload()).isEmpty();
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(nextEvent()).isEqualTo("established");
        assertThat(nextEvent()).isEqualTo("closed 1005");
    }

    @Test
    void aCloseOfOursIsAnsweredAndTold() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("close");
            assertThat(client.read().closeStatus()).isEqualTo(4001);
            client.sendClose(4001);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(nextEvent()).isEqualTo("established");
        assertThat(nextEvent()).isEqualTo("closed 4001");
    }

    @Test
    void anEndWithoutCloseIsToldAs1006() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("x");
            client.read();
        }
        assertThat(nextEvent()).isEqualTo("established");
        assertThat(eventsUntilClosed()).endsWith("closed 1006");
    }

    @Test
    void aResetIsToldAs1006() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("x");
            client.read();
            client.socket().setSoLinger(true, 0);
        }
        assertThat(nextEvent()).isEqualTo("established");
        assertThat(eventsUntilClosed()).endsWith("closed 1006");
    }

    @Test
    void aHandlersExceptionClosesWith1011() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("throw");
            assertThat(client.read().closeStatus()).isEqualTo(1011);
        }
    }

    @Test
    void aPingOfOursBringsThePongToTheHandler() throws Exception {
        try (RawClient client = open("/echo")) {
            assertThat(nextEvent()).isEqualTo("established");
            client.sendText("ping");
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            assertThat(nextEvent()).isEqualTo("pong 0");
        }
    }

    @Test
    void aSessionsOwnLimitClosesWith1009() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("limit");
            client.sendText("0123456789");
            assertThat(client.readMessage().text()).isEqualTo("0123456789");
            client.sendText("01234567890");
            assertThat(client.read().closeStatus()).isEqualTo(1009);
        }
    }

    @Test
    void aSessionsOwnLimitStopsAPeerThatNeverFinishes() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("limit");
            client.send(0x01, "012345".getBytes(StandardCharsets.UTF_8));
            client.send(0x00, "678901".getBytes(StandardCharsets.UTF_8));
            assertThat(client.read().closeStatus()).isEqualTo(1009);
        }
    }

    @Test
    void aCloseOfOursWithoutStatusIsEmpty() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("close without status");
            RawClient.Frame close = client.read();
            assertThat(close.header()).isEqualTo(RawClient.CLOSE);
            assertThat(close.payload()).isEmpty();
        }
    }

    @Test
    void aViolationGetsOneCloseAndTheEndWhileOthersLiveOn() throws Exception {
        try (RawClient good = open("/echo");
                RawClient bad = open("/echo")) {
            bad.write(new byte[] {(byte) 0x81, 0x01, 'x'});
            assertThat(bad.read().closeStatus()).isEqualTo(1002);
            assertThat(bad.atEnd()).isTrue();
            good.sendText("still here");
            assertThat(good.readMessage().text()).isEqualTo("still here");
        }
    }

    @Test
    void invalidTextClosesWith1007() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(RawClient.TEXT, new byte[] {(byte) 0xC3, 0x28});
            assertThat(client.read().closeStatus()).isEqualTo(1007);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aTooLongMessageClosesWith1009AlthoughThePeerGoesOnSending() throws Exception {
        try (RawClient client = open("/echo")) {
            byte[] frame = RawClient.frame(RawClient.BINARY, new byte[21 << 20]);
            client.write(Arrays.copyOf(frame, 32 * 1024));
            assertThat(client.read().closeStatus()).isEqualTo(1009);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aHandlerThatSendsMuchWaitsForItsPeerAndLosesNothing() throws Exception {
        try (RawClient client = open("/flood")) {
            client.sendText("2000 10000");
            for (int i = 0; i < 2_000; i++) {
                RawClient.Frame message = client.readMessage();
                assertThat(message.payload()).hasSize(10_000);
                assertThat(message.payload()[0]).isEqualTo((byte) i);
            }
            assertThat(nextEvent()).isEqualTo("established");
            assertThat(nextEvent()).isEqualTo("flooded");
        }
    }

    @Test
    void aPeerThatDoesNotReadIsGivenUpWithoutTouchingOthers() throws Exception {
        try (RawClient slow = new RawClient(SocketFactory.getDefault(), server().port(), 4 * 1024);
                RawClient other = RawClient.open(server().port(), "/echo")) {
            slow.shakeHands("/flood?" + key);
            slow.sendText("5000 100000");
            assertThat(nextEvent()).isEqualTo("established");
            other.sendText("meanwhile");
            assertThat(other.readMessage().text()).isEqualTo("meanwhile");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server().recorder().session(key);
            List<String> events = eventsUntilClosed();
            assertThat(events).containsExactly("SessionLimitExceededException", "error", "closed 4500");
            assertThat(session.getNativeSession().queuedBytes()).isLessThan(1 << 20);
        }
    }

    @Test
    void anyThreadMaySendAndMessagesStayWhole() throws Exception {
        try (RawClient client = open("/echo")) {
            assertThat(nextEvent()).isEqualTo("established");
            WebSocketSession session = server().recorder().session(key);
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String text = String.valueOf((char) ('a' + t)).repeat(1_000);
                Thread sender = new Thread(() -> {
                    for (int i = 0; i < 250; i++) {
                        try {
                            session.sendMessage(new TextMessage(text));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                });
                senders.add(sender);
                sender.start();
            }
            int[] counts = new int[4];
            for (int i = 0; i < 1_000; i++) {
                String text = client.readMessage().text();
                assertThat(text).hasSize(1_000).matches("(.)\\1{999}");
                counts[text.charAt(0) - 'a']++;
            }
            assertThat(counts).containsOnly(250);
            for (Thread sender : senders) {
                sender.join(10_000);
            }
        }
    }

    @Test
    void readingCanBePausedWithoutLosingBytes() throws Exception {
        try (RawClient client = open("/echo")) {
            assertThat(nextEvent()).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server().recorder().session(key);
            client.sendText("before");
            assertThat(client.readMessage().text()).isEqualTo("before");
            session.getNativeSession().pauseReading();
            client.sendText("one");
            client.sendText("two");
            client.socket().setSoTimeout(300);
            assertThatThrownBy(client::read).isInstanceOf(java.net.SocketTimeoutException.class);
            client.socket().setSoTimeout(20_000);
            session.getNativeSession().resumeReading();
            assertThat(client.readMessage().text()).isEqualTo("one");
            assertThat(client.readMessage().text()).isEqualTo("two");
        }
    }

    @Test
    void theJdksClientIsServed() throws Exception {
        LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                    texts.add(text.toString());
                    text.setLength(0);
                }
                webSocket.request(1);
                return null;
            }

            @Override
            public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
                closed.complete(statusCode);
                return null;
            }
        };
        WebSocket webSocket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + server().port() + "/echo?" + key), listener)
                .get(20, TimeUnit.SECONDS);
        webSocket.sendText("hel", false).get(20, TimeUnit.SECONDS);
        webSocket.sendText("lo", true).get(20, TimeUnit.SECONDS);
        assertThat(texts.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
        webSocket.sendText("close", true).get(20, TimeUnit.SECONDS);
        assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(4001);
    }

    @Test
    void springsStandardClientIsServed() throws Exception {
        LinkedBlockingQueue<Object> received = new LinkedBlockingQueue<>();
        AbstractWebSocketHandler handler = new AbstractWebSocketHandler() {
            @Override
            protected void handleTextMessage(WebSocketSession session, TextMessage message) {
                received.add(message.getPayload());
            }

            @Override
            protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
                received.add(message.getPayload().remaining());
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
                received.add(status.getCode());
            }
        };
        WebSocketSession session = new StandardWebSocketClient()
                .execute(handler, "ws://127.0.0.1:" + server().port() + "/echo?" + key)
                .get(20, TimeUnit.SECONDS);
        session.sendMessage(new TextMessage("hello"));
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
        session.sendMessage(new BinaryMessage(ByteBuffer.allocate(5_000)));
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(5_000);
        session.close();
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    private List<String> eventsUntilClosed() throws InterruptedException {
        List<String> events = new ArrayList<>();
        String event;
        do {
            event = nextEvent();
            events.add(event);
        } while (!event.startsWith("closed") && !event.equals("(nothing)"));
        return events;
    }
}
