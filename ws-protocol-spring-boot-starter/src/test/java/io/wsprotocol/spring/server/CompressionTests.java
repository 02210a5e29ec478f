package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.deflate.CoderPool;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;

/** Compression as an application configures it, over sockets. */
@ExtendWith(OutputCaptureExtension.class)
class CompressionTests {

    private static final String ON = "ws-protocol.compression.enabled=true";
    private static final String OFFER = "permessage-deflate; client_max_window_bits";
    private static final String LONG_TEXT = "compressible ".repeat(1000);

    @Test
    void isOffUnlessItIsWanted() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.server.transport=native");
        try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo", OFFER)) {
            assertThat(client.agreed()).isEmpty();
            client.raw().sendText("plain");
            assertThat(client.receiveText()).isEqualTo("plain");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void isAgreedOnWithoutHistoryUnlessThatIsWanted(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack, ON));
        try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo?history", OFFER)) {
            assertThat(client.agreed())
                    .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
            client.sendText(LONG_TEXT);
            assertThat(client.receiveText()).isEqualTo(LONG_TEXT);
            assertThat(client.lastWasCompressed()).isTrue();
            client.sendText("short");
            assertThat(client.receiveText()).isEqualTo("short");
            assertThat(client.lastWasCompressed()).isFalse();
            assertThat(server.recorder().session("history").getExtensions())
                    .extracting(WebSocketExtension::getName)
                    .containsExactly("permessage-deflate");
        }
    }

    @Test
    void aClientThatDoesNotOfferItGetsNone() throws Exception {
        try (RawClient client = RawClient.open(EndpointServer.shared(ON).port(), "/echo")) {
            client.sendText(LONG_TEXT);
            assertThat(client.readMessage().header()).isEqualTo(RawClient.TEXT);
        }
    }

    @Test
    void oneEndpointMayDoWithout(CapturedOutput output) throws Exception {
        try (EndpointServer server = EndpointServer.start(
                ON,
                "ws-protocol.profiles.secret.compression.enabled=false",
                "ws-protocol.profiles.chatty.compression.server-max-window-bits=9",
                "ws-protocol.server.path-settings[0].path=/chat",
                "ws-protocol.server.path-settings[0].profile=chatty",
                "ws-protocol.server.path-settings[1].path=/same-origin",
                "ws-protocol.server.path-settings[1].profile=secret")) {
            try (DeflatingClient client = DeflatingClient.open(server.port(), "/same-origin", OFFER)) {
                assertThat(client.agreed()).isEmpty();
            }
            String wide = OFFER + "; server_max_window_bits=12";
            try (DeflatingClient client = DeflatingClient.open(server.port(), "/chat", wide)) {
                assertThat(client.agreed()).endsWith("; server_max_window_bits=9");
            }
        }
        assertThat(output)
                .contains("/echo → ws-protocol engine (tomcat native, compression on)")
                .contains("/same-origin → ws-protocol engine (tomcat native, compression off, the container's own does"
                        + " not apply: ws-protocol.compression.enabled)");
    }

    @Test
    @Tag("R7692-P-53+")
    void oneMessageMayDoWithout() throws Exception {
        EndpointServer server = EndpointServer.shared(ON);
        try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo?plain", OFFER)) {
            assertThat(server.recorder().next("plain")).isEqualTo("established");
            WebSocketSession decorated =
                    new ConcurrentWebSocketSessionDecorator(server.recorder().session("plain"), 1000, 1 << 20);
            WsProtocolWebSocketSession session = WsProtocolWebSocketSession.behind(decorated);
            assertThat(session).isNotNull();

            session.sendUncompressed(new TextMessage(LONG_TEXT));
            assertThat(client.receiveText()).isEqualTo(LONG_TEXT);
            assertThat(client.lastWasCompressed()).isFalse();
            session.sendUncompressed(new BinaryMessage(new byte[5000]));
            assertThat(client.receive()).isEqualTo(new byte[5000]);
            assertThat(client.lastWasCompressed()).isFalse();
            decorated.sendMessage(new TextMessage(LONG_TEXT));
            assertThat(client.receiveText()).isEqualTo(LONG_TEXT);
            assertThat(client.lastWasCompressed()).isTrue();
        }
    }

    @Test
    @Tag("R7692-P-54-")
    void aBombClosesWith1009() throws Exception {
        EndpointServer server = EndpointServer.shared(ON);
        try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo?bomb", OFFER)) {
            client.send(RawClient.BINARY, new byte[64 << 20], Integer.MAX_VALUE);
            assertThat(client.raw().read().closeStatus()).isEqualTo(1009);
            assertThat(server.recorder().next("bomb")).isEqualTo("established");
            assertThat(server.recorder().next("bomb")).isEqualTo("error");
            assertThat(server.recorder().next("bomb")).isEqualTo("closed 1009");
        }
        assertThat(server.bean(CoderPool.class).inflatersInUse()).isZero();
    }

    @Test
    @Tag("R7692-P-55-")
    void aMessageThatEndsInsideABlockClosesWith1007() throws Exception {
        EndpointServer server = EndpointServer.shared(ON);
        try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo", OFFER)) {
            byte[] whole = client.deflate(LONG_TEXT.getBytes());
            client.raw().send(RawClient.TEXT | 0x40, Arrays.copyOf(whole, whole.length / 2));
            assertThat(client.raw().read().closeStatus()).isEqualTo(1007);
        }
    }

    @Test
    @Tag("R7692-P-16-")
    void aCompressedMessageThatWasNotAgreedOnClosesWith1002() throws Exception {
        EndpointServer server = EndpointServer.shared(ON);
        try (RawClient client = RawClient.open(server.port(), "/echo")) {
            client.send(RawClient.TEXT | 0x40, new byte[] {0});
            assertThat(client.read().closeStatus()).isEqualTo(1002);
        }
    }

    @Test
    void whatCompressionGainsCanBeSeen() throws Exception {
        try (EndpointServer server = EndpointServer.start(ON, "ws-protocol.compression.max-coders=3");
                DeflatingClient client = DeflatingClient.open(server.port(), "/echo", OFFER)) {
            client.sendText(LONG_TEXT);
            assertThat(client.receiveText()).isEqualTo(LONG_TEXT);
            CoderPool coders = server.bean(CoderPool.class);
            assertThat(coders.maxCoders()).isEqualTo(3);
            assertThat(coders.deflatedMessages()).isEqualTo(1);
            assertThat(coders.bytesBeforeDeflate()).isEqualTo(LONG_TEXT.length());
            assertThat(coders.bytesAfterDeflate()).isLessThan(LONG_TEXT.length() / 20);
            assertThat(coders.bytesAfterInflate()).isEqualTo(LONG_TEXT.length());
        }
    }
}
