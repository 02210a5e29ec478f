package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.spring.SelfSigned;
import io.wsprotocol.spring.server.EndpointServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** Clients over TLS: whom they talk to, and that they do not give it up. */
class ClientTlsTests {

    @TempDir
    static Path directory;

    private static Path keyStore;
    private static EndpointServer server;

    private final WebSocketClientTests.Heard heard = new WebSocketClientTests.Heard();

    @BeforeAll
    static void start() throws Exception {
        keyStore = SelfSigned.keyStore(directory);
        server = EndpointServer.start(
                "server.ssl.bundle=test",
                "spring.ssl.bundle.jks.test.keystore.location=" + keyStore.toUri(),
                "spring.ssl.bundle.jks.test.keystore.password=" + SelfSigned.PASSWORD,
                "spring.ssl.bundle.jks.test.keystore.type=PKCS12");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Tag("R6455-Q-09+")
    void aServerThatItsBundleTrustsIsTalkedToOverTls() {
        trusting("wss://localhost:" + server.port() + "/echo").run(context -> {
            WebSocketSession session = connect(context);
            session.sendMessage(new TextMessage("secret"));
            assertThat(heard.next()).isEqualTo("text 6");
            session.close();
            assertThat(heard.next()).isEqualTo("closed 1000");
        });
    }

    @Test
    @Tag("R6455-Q-09-")
    void aServerThatNobodyTrustsIsNotTalkedTo() {
        WebSocketClientTests.named("wss://localhost:" + server.port() + "/echo").run(this::assertRefused);
    }

    @Test
    @Tag("R6455-Q-09-")
    void aServerWithAnotherNameThanItsCertificateIsNotTalkedTo() {
        trusting("wss://127.0.0.1:" + server.port() + "/echo").run(this::assertRefused);
    }

    @Test
    @Tag("R6455-C-33-")
    void aRedirectThatWouldGiveTlsUpIsNotFollowed() throws Exception {
        try (Relay plain = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                Relay secure = Relay.answering(
                        context().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                        "HTTP/1.1 307 Elsewhere\r\nLocation: ws://localhost:" + plain.port()
                                + "/\r\nContent-Length: 0\r\n\r\n")) {
            trusting("wss://localhost:" + secure.port() + "/", "max-redirects=5")
                    .run(context -> assertThatThrownBy(() -> connect(context)).hasMessageContaining("from wss to ws"));
            assertThat(secure.heads()).hasSize(1);
            assertThat(plain.heads()).isEmpty();
        }
    }

    private void assertRefused(AssertableApplicationContext context) {
        assertThatThrownBy(() -> connect(context))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SSLHandshakeException.class);
    }

    private WebSocketSession connect(AssertableApplicationContext context) throws Exception {
        return context.getBean(WebSocketClientFactory.class)
                .connect("test", heard)
                .get(20, TimeUnit.SECONDS);
    }

    private static ApplicationContextRunner trusting(String url, String... properties) {
        return WebSocketClientTests.named(url, properties)
                .withPropertyValues(
                        "ws-protocol.client.test.ssl.bundle=trust",
                        "spring.ssl.bundle.jks.trust.truststore.location=" + keyStore.toUri(),
                        "spring.ssl.bundle.jks.trust.truststore.password=" + SelfSigned.PASSWORD,
                        "spring.ssl.bundle.jks.trust.truststore.type=PKCS12");
    }

    private static SSLContext context() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, SelfSigned.PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, SelfSigned.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
