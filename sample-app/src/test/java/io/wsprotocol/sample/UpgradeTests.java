package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.RawConnection.Response;
import io.wsprotocol.sample.RawConnection.Upgrade;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Upgrade requests, right and wrong, written byte by byte. */
@SampleTest
class UpgradeTests {

    @LocalServerPort
    private int port;

    @Test
    @Tag("R6455-S-27+")
    @Tag("R6455-S-30+")
    void aRightRequestIsAccepted() throws Exception {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(new Upgrade(port, "/echo").text());

            Response response = connection.response();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers().get("upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(response.headers().get("connection")).isEqualToIgnoringCase("upgrade");
            assertThat(response.headers()).containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(response.headers()).doesNotContainKeys("sec-websocket-protocol", "sec-websocket-extensions");
        }
    }

    @Test
    @Tag("R6455-S-02-")
    void anotherMethodGets405AndTheMethodThatIsAllowed() throws Exception {
        Response response = refused("/echo", upgrade -> upgrade.method("PUT"));

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.headers().get("allow")).contains("GET");
    }

    @Test
    @Tag("R6455-S-06-")
    @Tag("R6455-S-42-")
    void aRequestWithoutUpgradeGets426AndTheProtocolToUpgradeTo() throws Exception {
        Response response = refused("/echo", upgrade -> upgrade.without("Upgrade"));

        assertThat(response.status()).isEqualTo(426);
        assertThat(response.headers().get("upgrade")).isEqualToIgnoringCase("websocket");
    }

    @Test
    @Tag("R6455-S-10-")
    @Tag("R6455-S-20-")
    void anotherVersionGets426AndTheVersionThatIsSpoken() throws Exception {
        Response response = refused("/echo", upgrade -> upgrade.with("Sec-WebSocket-Version", "8"));

        assertThat(response.status()).isEqualTo(426);
        assertThat(response.headers()).containsEntry("sec-websocket-version", "13");
        assertThat(response.headers().get("upgrade")).isEqualToIgnoringCase("websocket");
    }

    @Test
    @Tag("R6455-S-07-")
    void aConnectionHeaderWithoutUpgradeGets400() throws Exception {
        assertThat(refused("/echo", upgrade -> upgrade.with("Connection", "keep-alive"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    @Tag("R6455-S-08-")
    void aKeyThatIsMissingOrNotSixteenBytesGets400() throws Exception {
        assertThat(refused("/echo", upgrade -> upgrade.without("Sec-WebSocket-Key"))
                        .status())
                .isEqualTo(400);
        assertThat(refused("/echo", upgrade -> upgrade.with("Sec-WebSocket-Key", "c2hvcnQ="))
                        .status())
                .isEqualTo(400);
        assertThat(refused("/echo", upgrade -> upgrade.with("Sec-WebSocket-Key", "not base 64, not at all!"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    @Tag("R6455-S-11-")
    void twoVersionsInOneRequestGet400() throws Exception {
        assertThat(refused("/echo", upgrade -> upgrade.with("Sec-WebSocket-Version", "13\r\nSec-WebSocket-Version: 13"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    @Tag("R6455-S-36+-")
    void aRequestWithABodyIsRefused() throws Exception {
        assertThat(refused("/echo", upgrade -> upgrade.with("Content-Length", "5"), "hello")
                        .status())
                .isIn(400, 413);
    }

    @Test
    @Tag("R6455-S-18-")
    @Tag("R6455-S-19-")
    @Tag("R6455-Q-01-")
    void theChatRefusesPagesOfAnotherOrigin() throws Exception {
        assertThat(refused("/chat", upgrade -> upgrade.with("Origin", "https://elsewhere.example"))
                        .status())
                .isEqualTo(403);
        assertThat(refused("/chat", upgrade -> upgrade.with("Origin", "null")).status())
                .isEqualTo(403);
    }

    @Test
    void theEchoAcceptsPagesOfAnyOrigin() throws Exception {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(new Upgrade(port, "/echo")
                    .with("Origin", "https://elsewhere.example")
                    .text());

            assertThat(connection.response().status()).isEqualTo(101);
        }
    }

    private Response refused(String path, UnaryOperator<Upgrade> spoil) throws Exception {
        return refused(path, spoil, "");
    }

    /** Sends a spoilt request, reads the answer, and waits for the server to end the connection. */
    private Response refused(String path, UnaryOperator<Upgrade> spoil, String body) throws Exception {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(spoil.apply(new Upgrade(port, path)).text() + body);
            Response response = connection.response();
            assertThat(response.status()).isGreaterThanOrEqualTo(400);
            assertThat(response.headers()).doesNotContainKey("sec-websocket-accept");
            assertThat(response.headers().get("connection")).isEqualToIgnoringCase("close");
            connection.awaitEnd();
            return response;
        }
    }
}
