package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets for a wrong opening handshake, whatever the container. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class HandshakeTests {

    @Parameter
    String stack;

    private String answerTo(String request) throws IOException {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack));
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.write(request.getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade: websocket|Upgrade: h2c|400",
                "Connection: Upgrade|Connection: keep-alive|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|X: y|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Key: dG9vIHNob3J0|400",
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 8|426",
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: a, , b b\\r\\nSec-WebSocket-Version: 13|400",
                "Host: localhost|Host: localhost\\r\\nContent-Length: 3|400",
                "Host: localhost|Host: localhost\\r\\nTransfer-Encoding: chunked|400",
                "GET |POST |405",
                "HTTP/1.1|HTTP/1.0|400",
            })
    void aWrongRequestGetsItsStatus(String right, String wrong, int status) throws Exception {
        String request = RawClient.request("/echo").replace(right, wrong.replace("\\r\\n", "\r\n"));
        assertThat(answerTo(request)).startsWith("HTTP/1.1 " + status);
    }

    @Test
    @Tag("R6455-S-20-")
    void anUnknownVersionIsAnsweredWithTheKnownOne() throws Exception {
        String answer = answerTo(RawClient.request("/echo").replace("Version: 13", "Version: 25"));
        assertThat(answer).startsWith("HTTP/1.1 426").contains("Sec-WebSocket-Version: 13\r\n");
    }

    @Test
    @Tag("R6455-S-36-")
    void aRefusalOfTheEngineEndsTheHttpConnection() throws Exception {
        String answer = answerTo(RawClient.request("/echo", "Content-Length: 5\r\n") + "12345");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("Connection: close\r\n");
    }

    @Test
    @Tag("R6455-S-28+")
    @Tag("R6455-S-29+")
    @Tag("R6455-S-30+")
    @Tag("R6455-S-24+")
    @Tag("R6455-Q-02+")
    void aRightRequestIsAcceptedWithExactlyTheHeadersItNeeds() throws Exception {
        String answer = answerTo(RawClient.request("/echo"));
        assertThat(answer).startsWith("HTTP/1.1 101");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                .containsOnlyOnce("upgrade: websocket\r\n")
                .containsOnlyOnce("connection: upgrade\r\n")
                .containsOnlyOnce("sec-websocket-accept: ")
                .doesNotContain("sec-websocket-protocol")
                .doesNotContain("sec-websocket-extensions");
        assertThat(answer).contains(RawClient.ACCEPT);
    }

    @Test
    @Tag("R6455-S-18-")
    @Tag("R6455-Q-02-")
    void aForeignOriginIsForbidden() throws Exception {
        assertThat(answerTo(RawClient.request("/same-origin", "Origin: http://evil.example\r\n")))
                .startsWith("HTTP/1.1 403");
        assertThat(answerTo(RawClient.request("/same-origin", "Origin: http://localhost\r\n")))
                .startsWith("HTTP/1.1 101");
        assertThat(answerTo(RawClient.request("/echo", "Origin: http://elsewhere.example\r\n")))
                .startsWith("HTTP/1.1 101");
    }
}
