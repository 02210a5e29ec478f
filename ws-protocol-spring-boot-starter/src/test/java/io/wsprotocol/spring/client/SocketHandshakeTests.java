package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests of {@link SocketHandshake}: where credentials go, and what is left of handshakes that fail. */
@ExtendWith(OutputCaptureExtension.class)
class SocketHandshakeTests {

    private static final List<HttpHeader> SECRETS = List.of(
            new HttpHeader("Authorization", "Bearer secret"),
            new HttpHeader("Cookie", "id=secret"),
            new HttpHeader("X-Api-Key", "secret"),
            new HttpHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            new HttpHeader("User-Agent", "kept"));

    private final AtomicInteger openHandles = new AtomicInteger();

    @AfterEach
    void noHandleIsLeftOpen() {
        assertThat(openHandles).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://c_d:82/", "ws://a_b:82/", "ws://a_c:81/", "ws://c_d/", "ws://c-d:81/"})
    @Tag("R6455-C-33-")
    void credentialsKeysAndTracesStayBehindWhenARedirectLeadsToAnotherOriginWhateverItsNameIsMadeOf(String elsewhere)
            throws Exception {
        List<String> heads = headsAfterRedirectTo(elsewhere);

        assertThat(heads.get(0)).contains("secret", "traceparent", "User-Agent: kept");
        assertThat(heads.get(1))
                .doesNotContain("secret", "X-Api-Key", "traceparent")
                .contains("User-Agent: kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://a_b:81/new", "http://A_B:81/new", "/new"})
    @Tag("R6455-C-33+")
    void credentialsFollowARedirectWithinTheirOrigin(String within) throws Exception {
        assertThat(headsAfterRedirectTo(within).get(1)).startsWith("GET /new ").contains("secret");
    }

    @Test
    void aRequestThatCannotBeMadeLeavesNoHandleOpen() {
        List<HttpHeader> wrong = List.of(new HttpHeader("Host", "elsewhere.test"));

        assertThatThrownBy(() -> handshake(0, null)
                        .open(
                                URI.create("ws://127.0.0.1:9/"),
                                List.of(),
                                wrong,
                                ConnectionOptions.defaults(),
                                new ConnectAttempt()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://user@127.0.0.1/", "ws://127.0.0.1:99999/", "ws://[::1%25lo]/"})
    @Tag("R6455-C-33-")
    void aRedirectToWhatIsNoWebSocketUrlFailsAndLeavesNoHandleOpen(String wrong) throws Exception {
        try (Relay relay = redirecting(wrong)) {
            assertThatThrownBy(() -> handshake(1, null)
                            .open(
                                    URI.create("ws://127.0.0.1:" + relay.port() + "/"),
                                    List.of(),
                                    SECRETS,
                                    ConnectionOptions.defaults(),
                                    new ConnectAttempt()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no WebSocket URL");
        }
    }

    @Test
    @Tag("R6455-Q-09-")
    void aConnectionWithoutTlsToAnotherMachineIsWarnedOfOnceAndNamesNoServerOfTheServersChoice(CapturedOutput output)
            throws Exception {
        headsAfterRedirectTo("ws://evil_twin:81/");

        assertThat(output).containsOnlyOnce("has no TLS");
        assertThat(output)
                .contains("The client of a_b:81 has no TLS")
                .contains("the credentials in its headers")
                .doesNotContain("secret", "evil_twin");
    }

    @Test
    @Tag("R6455-Q-09+")
    void aConnectionWithinThisMachineNeedsNoTls(CapturedOutput output) throws Exception {
        try (Relay relay = redirecting("/elsewhere")) {
            URI here = URI.create("ws://localhost:" + relay.port() + "/");
            assertThatThrownBy(() -> handshake(0, null)
                            .open(here, List.of(), SECRETS, ConnectionOptions.defaults(), new ConnectAttempt()))
                    .isInstanceOf(WebSocketHandshakeException.class);
        }
        assertThat(output).doesNotContain("has no TLS");
    }

    @Test
    @Tag("R6455-C-33-")
    void noMoreThanFiveRedirectsAreFollowed() throws Exception {
        try (Relay relay = redirecting("/again")) {
            URI circle = URI.create("ws://localhost:" + relay.port() + "/");
            assertThatThrownBy(() -> handshake(ClientSettings.MOST_REDIRECTS, null)
                            .open(circle, List.of(), List.of(), ConnectionOptions.defaults(), new ConnectAttempt()))
                    .isInstanceOf(WebSocketHandshakeException.class);
            assertThat(relay.heads()).hasSize(6);
        }
        assertThatThrownBy(() -> handshake(6, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to 5");
    }

    /** The requests of a client that goes to a_b:81 and is redirected. Both names are looked up by a proxy, which always comes to the same server. */
    private List<String> headsAfterRedirectTo(String location) throws Exception {
        try (Relay server = redirecting(location);
                Relay proxy = Relay.httpProxy(null, server.port())) {
            assertThatThrownBy(() -> handshake(1, proxy)
                            .open(
                                    URI.create("ws://a_b:81/old"),
                                    List.of(),
                                    SECRETS,
                                    ConnectionOptions.defaults(),
                                    new ConnectAttempt()))
                    .isInstanceOf(WebSocketHandshakeException.class);
            assertThat(server.heads()).hasSize(2);
            return server.heads();
        }
    }

    private static Relay redirecting(String location) throws IOException {
        return Relay.answering("HTTP/1.1 307 Elsewhere\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
    }

    private SocketHandshake handshake(int maxRedirects, Relay proxy) {
        ProxySettings through = proxy == null
                ? null
                : new ProxySettings(ProxySettings.Type.HTTP, "127.0.0.1", proxy.port(), null, null, List.of());
        Duration patience = Duration.ofSeconds(20);
        ClientSettings settings = new ClientSettings(patience, patience, maxRedirects, through, () -> {
            throw new AssertionError("no TLS is needed");
        });
        DefaultWebSocketHandleFactory handles = new DefaultWebSocketHandleFactory(
                HandleOptions.defaults(),
                List.of((role, connection) -> {
                    openHandles.incrementAndGet();
                    return new HandleObserver() {
                        @Override
                        public void handleClosed() {
                            openHandles.decrementAndGet();
                        }
                    };
                }),
                false);
        return new SocketHandshake(handles, settings);
    }
}
