package io.wsprotocol.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.spring.server.EndpointServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests of {@link FrameClient} over real sockets: against a server of the engine's, and one that is wrong. */
class FrameClientTests {

    private final URI echo =
            URI.create("ws://127.0.0.1:" + EndpointServer.shared().port() + "/echo");

    @Test
    void aConversationOverASocketIsTheSameAsInMemory() {
        try (FrameClient client = FrameClient.open(echo)) {
            client.sendText("hello").expectText("hello");
            client.sendInPieces(3, Frame.text("in pieces")).expectText("in pieces");
            client.send(Frame.text("in ").notFinal()).send(Frame.ping("?")).expectFrame(Frame.pong("?"));
            client.send(Frame.continuation("parts")).expectText("in parts");
            client.sendUnmasked(Frame.text("hello")).expectClose(1002).expectEnd();
        }
        try (FrameClient client = FrameClient.open(echo)) {
            client.sendClose(1000).expectClose(1000).expectEnd();
        }
    }

    @Test
    void handshakesAreRefusedOverASocketToo() {
        assertThat(FrameClient.handshake(echo)
                        .without("Sec-WebSocket-Key")
                        .refused()
                        .status())
                .isEqualTo(400);
        assertThat(FrameClient.handshake(echo).method("POST").refused().status())
                .isEqualTo(405);
    }

    @Test
    void whatIsNotAsExpectedIsSaid() {
        try (FrameClient client = FrameClient.open(echo)) {
            client.sendText("one");
            assertThatThrownBy(() -> client.expectText("two"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("expected: text, 3 bytes: two, but got: text, 3 bytes: one");
            client.sendText("one");
            assertThatThrownBy(() -> client.expectClose(1000))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("expected a close with 1000, but got: text, 3 bytes: one");
            client.sendText("one");
            assertThatThrownBy(client::expectEnd)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("expected the end, but got a byte: 0x81");
        }
        try (FrameClient client = FrameClient.open(echo).patience(Duration.ofMillis(50))) {
            assertThatThrownBy(client::nextFrame).isInstanceOf(AssertionError.class);
            assertThatThrownBy(client::expectEnd).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void aServerThatBreaksRulesIsFoundOut() throws Exception {
        String accepted = "HTTP/1.1 101 \r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        assertThatThrownBy(() -> answered("HTTP/1.1 101 \r\nSec-WebSocket-Accept: no\r\n\r\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("accepted without");
        try (FrameClient masked = answered(accepted + "\u0081\u0080\0\0\0\0")) {
            assertThatThrownBy(masked::nextFrame).hasMessageContaining("must not mask");
        }
        try (FrameClient broken = answered(accepted + "\u0001\0\u0081\0")) {
            assertThatThrownBy(broken::nextMessage).hasMessageContaining("expected a continuation");
        }
        try (FrameClient cut = answered(accepted + "\u0081\u0005ab")) {
            assertThatThrownBy(cut::nextFrame).hasMessageContaining("ended the connection");
        }
        try (FrameClient huge = answered(accepted + "\u0082\u007F\u00FF\0\0\0\0\0\0\0")) {
            assertThatThrownBy(huge::nextFrame).hasMessageContaining("a frame of 18374686479671623680 bytes");
        }
    }

    private static FrameClient answered(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            Thread thread = new Thread(() -> {
                try (Socket client = server.accept()) {
                    client.getInputStream().read(new byte[8192]);
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            thread.start();
            FrameClient opened = FrameClient.open(URI.create("ws://127.0.0.1:" + server.getLocalPort()));
            thread.join();
            return opened;
        }
    }
}
