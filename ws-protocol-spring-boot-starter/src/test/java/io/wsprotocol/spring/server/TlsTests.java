package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.wsprotocol.spring.SelfSigned;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints over TLS, on the container's own I/O. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class TlsTests {

    @Parameter
    String stack;

    @TempDir
    static Path directory;

    private static EndpointServer server;
    private static SocketFactory tls;

    @BeforeParameterizedClassInvocation
    static void start(String stack) throws Exception {
        Path keyStore = SelfSigned.keyStore(directory);
        server = EndpointServer.start(EndpointServer.on(
                stack,
                "server.ssl.bundle=test",
                "spring.ssl.bundle.jks.test.keystore.location=" + keyStore.toUri(),
                "spring.ssl.bundle.jks.test.keystore.password=" + SelfSigned.PASSWORD,
                "spring.ssl.bundle.jks.test.keystore.type=PKCS12",
                "ws-protocol.close.failure-timeout=3s",
                "ws-protocol.limits.max-message-size=20MB"));
        tls = TrustAnyone.sockets();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static RawClient open(String path) throws Exception {
        RawClient client = new RawClient(tls, server.port(), 0);
        client.shakeHands(path);
        return client;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 125, 126, 65_535, 65_536, 16 << 20})
    void messagesOfAnySizeComeBack(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        try (RawClient client = open("/echo")) {
            client.send(RawClient.TEXT, payload);
            assertThat(client.readMessage().payload()).isEqualTo(payload);
            client.send(RawClient.BINARY, payload);
            assertThat(client.readMessage().payload()).isEqualTo(payload);
        }
    }

    @Test
    void aHandlerThatSendsMuchWaitsForItsPeerAndLosesNothing() throws Exception {
        try (RawClient client = open("/flood?tls-flood")) {
            client.sendText("1000 10000");
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.readMessage().payload()[0]).isEqualTo((byte) i);
            }
            assertThat(server.recorder().next("tls-flood")).isEqualTo("established");
            assertThat(server.recorder().next("tls-flood")).isEqualTo("flooded");
        }
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
    void aPeerThatGoesOnUploadingAfterTheCloseAboutItsMessageIsNotReset() throws Exception {
        try (RawClient client = open("/echo?upload")) {
            byte[] frame = RawClient.frame(RawClient.BINARY, new byte[21 << 20]);
            client.write(Arrays.copyOf(frame, 1024));
            RawClient.Frame close = client.read();
            assertThat(close.closeStatus()).isEqualTo(1009);
            if (stack.endsWith("servlet")) {
                // The Servlet API has no half-closed connection.
                assertThat(client.atEnd()).isTrue();
                return;
            }
            client.socket().setSoTimeout(500);
            assertThatThrownBy(() -> fail("not silent, but at the end: " + client.atEnd()))
                    .isInstanceOf(SocketTimeoutException.class);
            for (int from = 1024; from < 48 * 1024; from += 1024) {
                client.write(Arrays.copyOfRange(frame, from, from + 1024));
            }
        }
        assertThat(server.recorder().next("upload")).isEqualTo("established");
        assertThat(server.recorder().next("upload")).isEqualTo("error");
        assertThat(server.recorder().next("upload")).isEqualTo("closed 1009");
    }

    @Test
    void aCloseOfThePeerIsEchoed() throws Exception {
        try (RawClient client = open("/echo?tls-close")) {
            client.sendText("bye");
            assertThat(client.readMessage().text()).isEqualTo("bye");
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("tls-close")).isEqualTo("established");
        assertThat(server.recorder().next("tls-close")).isEqualTo("closed 1000");
    }

    @Test
    void frameByFrameInOneRecordComesBackInOrder() throws Exception {
        try (RawClient client = open("/echo")) {
            byte[] one = RawClient.frame(RawClient.TEXT, "one".getBytes(StandardCharsets.UTF_8));
            byte[] two = RawClient.frame(RawClient.TEXT, "two".getBytes(StandardCharsets.UTF_8));
            byte[] both = Arrays.copyOf(one, one.length + two.length);
            System.arraycopy(two, 0, both, one.length, two.length);
            client.write(both);
            assertThat(client.readMessage().text()).isEqualTo("one");
            assertThat(client.readMessage().text()).isEqualTo("two");
        }
    }
}
