package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wsprotocol.spring.server.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.SocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** WebFlux's handlers on real sockets of each server, plain. */
@ParameterizedClass
@EnumSource
@ExtendWith(OutputCaptureExtension.class)
class ReactiveEndpointTests {

    @Parameter
    ReactiveStack stack;

    private ReactiveServer server;

    @BeforeEach
    void start() {
        server = stack.shared("ws-protocol.limits.max-message-size=20MB");
    }

    private RawClient open(String path) throws Exception {
        return stack.open(server, path);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 4 << 20})
    void messagesOfAnySizeComeBack(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        for (String path : new String[] {"/echo", "/stream"}) {
            try (RawClient client = open(path)) {
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
    }

    @Test
    void theSessionKnowsItsHandshakeAndTheHandlerItsContext() throws Exception {
        try (RawClient client = stack.open(server, "/chat", false, "sec-websocket-protocol", "none, superchat")) {
            client.sendText("who");
            assertThat(client.readMessage().text())
                    .startsWith("WsProtocolReactiveSession superchat "
                            + (stack == ReactiveStack.JETTY_HTTP2 ? "null" : "localhost"))
                    .endsWith(" true somebody " + stack.runsHandlersOnEventLoop());
        }
    }

    @Test
    void anUpgradeIsAnsweredWith101AndNoBody() throws Exception {
        assumeFalse(stack.http2());
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            String head = client.shakeHands("/chat", "Sec-WebSocket-Protocol: none, superchat\r\n");
            assertThat(head)
                    .contains("Sec-WebSocket-Protocol: superchat", "Sec-WebSocket-Accept: " + RawClient.ACCEPT)
                    .doesNotContainIgnoringCase("Content-Length")
                    .doesNotContainIgnoringCase("Transfer-Encoding");
        }
    }

    @Test
    void aFrameGluedToTheRequestIsAnswered() throws Exception {
        assumeFalse(stack.http2());
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            byte[] request = RawClient.request("/echo").getBytes(StandardCharsets.ISO_8859_1);
            byte[] first = RawClient.frame(0x01, "in two\n".getBytes(StandardCharsets.UTF_8));
            byte[] second = RawClient.frame(0x80, "parts".getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(request, request.length + first.length + second.length);
            System.arraycopy(first, 0, all, request.length, first.length);
            System.arraycopy(second, 0, all, request.length + first.length, second.length);
            client.write(all);
            assertThat(client.readHead()).startsWith("HTTP/1.1 101");
            assertThat(client.readMessage().text()).isEqualTo("in two\nparts");
        }
    }

    @Test
    void aMessageCutIntoFramesArrivesWhole() throws Exception {
        try (RawClient client = open("/echo")) {
            byte[] text = "ä€𝄞".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < text.length; i++) {
                client.send(i == 0 ? 0x01 : 0x00, new byte[] {text[i]});
                client.send(RawClient.PING, new byte[0]);
                assertThat(client.read().header()).isEqualTo(RawClient.PONG);
            }
            client.send(0x80, new byte[0]);
            assertThat(client.readMessage().text()).isEqualTo("ä€𝄞");
        }
    }

    @Test
    void aHandlerThatEndsClosesWith1000() throws Exception {
        try (RawClient client = open("/flood?ends" + stack)) {
            client.sendText("1 10");
            assertThat(client.readMessage().payload()).hasSize(10);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
            client.sendClose(1000);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("ends" + stack)).isEqualTo("established");
        assertThat(server.recorder().next("ends" + stack)).isEqualTo("flooded");
        assertThat(server.recorder().next("ends" + stack)).isEqualTo("closed 1000");
    }

    @Test
    void aHandlerThatFailsClosesWith1011AndTheLogKeepsToTheId(CapturedOutput output) throws Exception {
        try (RawClient client = open("/echo?private-words")) {
            client.sendText("throw");
            assertThat(client.read().closeStatus()).isEqualTo(1011);
        }
        try (RawClient client = open("/thrown")) {
            assertThat(client.read().closeStatus()).isEqualTo(1011);
        }
        assertThat(output).contains("Closing session").doesNotContain("private-words");
    }

    @Test
    void aCloseOfTheHandlerHasItsStatusAndItsReason() throws Exception {
        try (RawClient client = open("/echo?own" + stack)) {
            client.sendText("close");
            RawClient.Frame close = client.read();
            assertThat(close.closeStatus()).isEqualTo(4001);
            assertThat(close.text()).endsWith("asked for");
            client.sendClose(4001);
            assertThat(client.atEnd()).isTrue();
        }
        try (RawClient client = open("/echo")) {
            client.sendText("close without status");
            assertThat(client.read().closeStatus()).isEqualTo(1005);
        }
    }

    @Test
    void aCloseOfThePeerIsAnsweredAndCompletesReceive() throws Exception {
        try (RawClient client = open("/echo?peer" + stack)) {
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("peer" + stack)).isEqualTo("established");
        assertThat(server.recorder().next("peer" + stack)).isEqualTo("closed 1000");
    }

    @Test
    void aCloseWithoutAStatusIs1005AndAnEndWithoutACloseIs1006() throws Exception {
        try (RawClient client = open("/echo?none" + stack)) {
            client.send(RawClient.CLOSE, new byte[0]);
            assertThat(client.read().closeStatus()).isEqualTo(1005);
        }
        assertThat(server.recorder().next("none" + stack)).isEqualTo("established");
        assertThat(server.recorder().next("none" + stack)).isEqualTo("closed 1005");
        RawClient gone = open("/echo?gone" + stack);
        assertThat(server.recorder().next("gone" + stack)).isEqualTo("established");
        gone.close();
        assertThat(server.recorder().next("gone" + stack)).isEqualTo("closed 1006");
    }

    @Test
    void aViolationGetsItsCloseBeforeTheEnd() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(RawClient.TEXT, new byte[] {(byte) 0xC3, 0x28});
            assertThat(client.read().closeStatus()).isEqualTo(1007);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void pingsGoOutAndPongsComeIn() throws Exception {
        try (RawClient client = open("/echo")) {
            client.sendText("ping");
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            assertThat(client.readMessage().text()).isEqualTo("pong hello");
        }
    }

    @Test
    void buffersOfTheApplicationsPoolLeaveAndAreReleased() throws Exception {
        ReactiveServer.POOLED.clear();
        try (RawClient client = open("/echo")) {
            client.sendText("pooled");
            for (int i = 0; i < 3; i++) {
                assertThat(client.readMessage().text()).isEqualTo("part " + i);
            }
        }
        await().untilAsserted(() -> assertThat(ReactiveServer.POOLED)
                .hasSize(3)
                .allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero()));
    }
}
