package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wsprotocol.spring.SelfSigned;
import io.wsprotocol.spring.server.RawClient;
import io.wsprotocol.spring.server.TrustAnyone;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebFlux's endpoints over TLS, by an SSL bundle, with everything between that a server can have. */
@ParameterizedClass
@EnumSource
class ReactiveTlsTests {

    @TempDir
    static Path directory;

    private static ReactiveServer server;

    @Parameter
    ReactiveStack stack;

    @BeforeParameterizedClassInvocation
    static void start(ReactiveStack stack) throws Exception {
        server = stack.start(
                "server.ssl.bundle=test",
                "server.compression.enabled=true",
                "server.compression.min-response-size=1B",
                "test.everything=true",
                "spring.ssl.bundle.jks.test.keystore.location="
                        + SelfSigned.keyStore(directory).toUri(),
                "spring.ssl.bundle.jks.test.keystore.password=" + SelfSigned.PASSWORD,
                "spring.ssl.bundle.jks.test.keystore.type=PKCS12",
                "ws-protocol.limits.max-message-size=5MB");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private RawClient open(String path) throws Exception {
        return stack.open(server, path, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 125, 126, 65_535, 65_536, 4 << 20})
    void messagesOfAnySizeComeBack(int size) throws Exception {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 'x');
        try (RawClient client = open("/stream")) {
            client.send(RawClient.TEXT, payload);
            assertThat(client.readMessage().payload()).isEqualTo(payload);
            client.send(RawClient.BINARY, payload);
            assertThat(client.readMessage().payload()).isEqualTo(payload);
        }
    }

    @Test
    void aSourceThatSendsMuchLosesNothing() throws Exception {
        try (RawClient client = open("/flood?tls-flood")) {
            client.sendText("500 10000");
            for (int i = 0; i < 500; i++) {
                assertThat(client.readMessage().payload()[0]).isEqualTo((byte) i);
            }
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
        assertThat(server.recorder().next("tls-flood")).isEqualTo("established");
        assertThat(server.recorder().next("tls-flood")).isEqualTo("flooded");
    }

    @Test
    void aFrameInTheRecordOfTheRequestIsAnswered() throws Exception {
        assumeFalse(stack.http2());
        try (RawClient client = new RawClient(TrustAnyone.sockets(), server.port(), 0)) {
            byte[] request = RawClient.request("/echo").getBytes(StandardCharsets.ISO_8859_1);
            byte[] frame = RawClient.frame(RawClient.TEXT, "glued".getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(request, request.length + frame.length);
            System.arraycopy(frame, 0, all, request.length, frame.length);
            client.write(all);
            assertThat(client.readHead()).startsWith("HTTP/1.1 101");
            assertThat(client.readMessage().text()).isEqualTo("glued");
        }
    }

    @Test
    void closesOfBothSidesAreClean() throws Exception {
        try (RawClient client = open("/echo?tls-close")) {
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("tls-close")).isEqualTo("established");
        assertThat(server.recorder().next("tls-close")).isEqualTo("closed 1000");
        try (RawClient client = open("/echo")) {
            client.send(RawClient.TEXT, new byte[] {(byte) 0xC3, 0x28});
            assertThat(client.read().closeStatus()).isEqualTo(1007);
            assertThat(client.atEnd()).isTrue();
        }
        RawClient gone = open("/echo?tls-gone");
        assertThat(server.recorder().next("tls-gone")).isEqualTo("established");
        gone.close();
        assertThat(server.recorder().next("tls-gone")).isEqualTo("closed 1006");
    }
}
