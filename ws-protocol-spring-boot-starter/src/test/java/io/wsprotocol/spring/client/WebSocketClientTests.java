package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.spring.autoconfigure.WsProtocolAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolClientAutoConfiguration;
import io.wsprotocol.spring.server.EndpointServer;
import io.wsprotocol.spring.server.WsProtocolWebSocketSession;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** Tests of Spring's client on the engine, against a server on real sockets. */
class WebSocketClientTests {

    private static final String SHARED_LIMIT = "ws-protocol.limits.max-message-size=20MB";

    private final EndpointServer server = EndpointServer.shared(SHARED_LIMIT);

    @Test
    @Tag("R6455-C-06+")
    @Tag("R6455-C-08+")
    void messagesOfAnySizeComeBackAndTheCloseIsClean() {
        run(context -> {
            Heard heard = new Heard();
            WebSocketSession session = connect(context, heard, "/echo");
            assertThat(session).isInstanceOf(WsProtocolWebSocketSession.class);
            for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 16 << 20}) {
                session.sendMessage(new TextMessage("x".repeat(size)));
                assertThat(heard.next()).isEqualTo("text " + size);
                session.sendMessage(new BinaryMessage(ByteBuffer.allocate(size)));
                assertThat(heard.next()).isEqualTo("binary " + size);
            }
            session.close(new CloseStatus(4001, "done"));
            assertThat(heard.next()).isEqualTo("closed 4001");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesAreCompressedInBothDirectionsWhenTheServerAgrees(boolean takeover) {
        String[] on = {
            "ws-protocol.compression.enabled=true",
            "ws-protocol.compression.max-ratio=unlimited",
            "ws-protocol.compression.server-context-takeover=" + takeover,
            "ws-protocol.compression.client-context-takeover=" + takeover,
            SHARED_LIMIT
        };
        EndpointServer compressing = EndpointServer.shared(on);
        runner().withPropertyValues(on).run(context -> {
            Heard heard = new Heard();
            WebSocketSession session = connect(context, compressing, heard, "/echo");
            assertThat(session.getExtensions())
                    .extracting(WebSocketExtension::getName)
                    .containsExactly("permessage-deflate");
            for (int size : new int[] {0, 1023, 1024, 65_536, 1 << 20}) {
                String text = "compressible ".repeat(size / 13) + ".".repeat(size % 13);
                session.sendMessage(new TextMessage(text));
                assertThat(heard.next()).isEqualTo("text " + size);
                assertThat(heard.last).isEqualTo(text);
                session.sendMessage(new BinaryMessage(text.getBytes(StandardCharsets.US_ASCII)));
                assertThat(heard.next()).isEqualTo("binary " + size);
                assertThat(heard.last).isEqualTo(text);
            }
            session.close();
            assertThat(heard.next()).isEqualTo("closed 1000");
            // Those of 1,024 bytes or more, of each type; the server has coders of its own.
            CoderPool coders = context.getBean(CoderPool.class);
            assertThat(coders.deflatedMessages()).isEqualTo(6);
            assertThat(coders.inflatedMessages()).isEqualTo(6);
            assertThat(coders.bytesAfterDeflate()).isLessThan(coders.bytesBeforeDeflate() / 50);
            assertThat(coders.deflatersInUse() + coders.inflatersInUse()).isZero();
        });
    }

    @Test
    void aServerThatDoesNotCompressIsTalkedToWithout() {
        runner().withPropertyValues("ws-protocol.compression.enabled=true").run(context -> {
            Heard heard = new Heard();
            WebSocketSession session = connect(context, heard, "/echo");
            assertThat(session.getExtensions()).isEmpty();
            session.sendMessage(new TextMessage("x".repeat(5_000)));
            assertThat(heard.next()).isEqualTo("text 5000");
            assertThat(context.getBean(CoderPool.class).deflatedMessages()).isZero();
            session.close();
        });
    }

    @Test
    void aCloseOfTheServerReachesTheHandlerWithItsCode() {
        run(context -> {
            Heard heard = new Heard();
            connect(context, heard, "/echo").sendMessage(new TextMessage("close"));
            assertThat(heard.next()).isEqualTo("closed 4001");
        });
    }

    @Test
    void manyMessagesFromManyThreadsArriveWhole() {
        run(context -> {
            Heard heard = new Heard();
            WebSocketSession session = connect(context, heard, "/echo");
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int t = 1; t <= 4; t++) {
                String text = "x".repeat(t * 1_000);
                senders.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 100; i++) {
                        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                        () -> session.sendMessage(new TextMessage(text))))
                                .isNull();
                    }
                }));
            }
            int[] counts = new int[5];
            for (int i = 0; i < 400; i++) {
                counts[Integer.parseInt(heard.next().substring("text ".length())) / 1_000]++;
            }
            assertThat(counts).containsExactly(0, 100, 100, 100, 100);
            senders.forEach(CompletableFuture::join);
            session.close();
        });
    }

    @Test
    void aRefusalFailsTheFutureWithTheRule() {
        run(context -> assertThatThrownBy(() -> connect(context, new Heard(), "/nowhere"))
                .hasCauseInstanceOf(WebSocketHandshakeException.class));
    }

    @Test
    void aServerThatSaysNothingIsGivenUpAfterTheHandshakeTimeout() throws Exception {
        try (Relay relay = Relay.silent()) {
            named("ws://127.0.0.1:" + relay.port() + "/", "handshake-timeout=200ms")
                    .run(context -> assertThatThrownBy(() -> factory(context)
                                    .connect("test", new Heard())
                                    .get(20, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(SocketTimeoutException.class));
        }
    }

    @Test
    void namedClientsSendTheirHeadersAndSubprotocols() throws Exception {
        try (Relay relay = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")) {
            named("ws://127.0.0.1:" + relay.port() + "/prices?all", "headers.X-Key=k1", "sub-protocols=v2,v1")
                    .run(context -> {
                        assertThatThrownBy(() -> factory(context)
                                        .connect("test", new Heard())
                                        .get(20, TimeUnit.SECONDS))
                                .hasCauseInstanceOf(WebSocketHandshakeException.class);
                        assertThat(relay.heads().get(0))
                                .startsWith("GET /prices?all HTTP/1.1\r\n")
                                .contains("X-Key: k1\r\n", "Sec-WebSocket-Protocol: v2, v1\r\n");
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> factory(context).client("tset"))
                                .withMessageContaining("[test]");
                    });
        }
    }

    @Test
    @Tag("R6455-C-05+-")
    @Tag("R6455-C-06-")
    @Tag("R6455-C-08+-")
    void anHttpProxyIsAskedToConnectWithCredentials() throws Exception {
        String basic = "Basic " + Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.UTF_8));
        try (Relay proxy = Relay.httpProxy(basic, server.port())) {
            ApplicationContextRunner runner = named(
                    "ws://behind.test/echo",
                    "proxy.host=127.0.0.1",
                    "proxy.port=" + proxy.port(),
                    "proxy.username=user",
                    "proxy.password=secret");
            runner.run(context -> {
                Heard heard = new Heard();
                WebSocketSession session =
                        factory(context).connect("test", heard).get(20, TimeUnit.SECONDS);
                session.sendMessage(new TextMessage("through"));
                assertThat(heard.next()).isEqualTo("text 7");
                assertThat(proxy.heads().get(0))
                        .startsWith("CONNECT behind.test:80 HTTP/1.1\r\nHost: behind.test:80\r\n");
                session.close();
            });
            runner.withPropertyValues("ws-protocol.client.test.proxy.password=wrong")
                    .run(context -> assertThatThrownBy(() -> factory(context)
                                    .connect("test", new Heard())
                                    .get(20, TimeUnit.SECONDS))
                            .hasMessageContaining("407"));
        }
    }

    @Test
    @Tag("R6455-C-05+")
    @Tag("R6455-C-06-")
    void aSocksProxyLooksTheNameUp() throws Exception {
        try (Relay proxy = Relay.socksProxy(server.port())) {
            named("ws://behind.test/echo", "proxy.type=socks", "proxy.host=127.0.0.1", "proxy.port=" + proxy.port())
                    .run(context -> {
                        Heard heard = new Heard();
                        WebSocketSession session =
                                factory(context).connect("test", heard).get(20, TimeUnit.SECONDS);
                        session.sendMessage(new TextMessage("through"));
                        assertThat(heard.next()).isEqualTo("text 7");
                        assertThat(proxy.heads()).containsExactly("name behind.test");
                        session.close();
                    });
        }
    }

    @Test
    @Tag("R6455-C-05-")
    @Tag("R6455-C-06+")
    void aHostThatNeedsNoProxyIsReachedDirectly() throws Exception {
        try (Relay proxy = Relay.httpProxy(null, server.port())) {
            named(
                            "ws://127.0.0.1:" + server.port() + "/echo",
                            "proxy.host=127.0.0.1",
                            "proxy.port=" + proxy.port(),
                            "proxy.non-proxy-hosts=127.0.0.1")
                    .run(context -> {
                        Heard heard = new Heard();
                        WebSocketSession session =
                                factory(context).connect("test", heard).get(20, TimeUnit.SECONDS);
                        session.sendMessage(new TextMessage("directly"));
                        assertThat(heard.next()).isEqualTo("text 8");
                        assertThat(proxy.heads()).isEmpty();
                        session.close();
                    });
        }
    }

    @Test
    @Tag("R6455-C-06+")
    @Tag("R6455-C-07-")
    void theProxySelectorOfTheJvmIsNotAsked() {
        List<URI> asked = new CopyOnWriteArrayList<>();
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                asked.add(uri);
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                asked.add(uri);
            }
        });
        try {
            run(context -> connect(context, new Heard(), "/echo").close());
        } finally {
            ProxySelector.setDefault(before);
        }
        assertThat(asked).noneMatch(uri -> uri.getPort() == server.port());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("R6455-C-08-")
    void aServerOrAProxyThatCannotBeReachedFailsTheFutureAndTheHandlerHearsNothing(boolean proxy) throws Exception {
        int nobody;
        try (Relay relay = Relay.silent()) {
            nobody = relay.port();
        }
        ApplicationContextRunner runner = proxy
                ? named("ws://behind.test/echo", "proxy.host=127.0.0.1", "proxy.port=" + nobody)
                : named("ws://127.0.0.1:" + nobody + "/echo");
        runner.run(context -> {
            Heard heard = new Heard();
            assertThatThrownBy(() -> factory(context).connect("test", heard).get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ConnectException.class);
            assertThat(heard.events).isEmpty();
        });
    }

    @Test
    @Tag("R6455-C-33+-")
    void redirectsAreFollowedOnlyWhenAllowedAndCredentialsStayBehind() throws Exception {
        try (Relay target = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                Relay relay = Relay.answering("HTTP/1.1 307 Elsewhere\r\nLocation: http://localhost:" + target.port()
                        + "/new\r\nContent-Length: 0\r\n\r\n")) {
            ApplicationContextRunner runner = named(
                    "ws://127.0.0.1:" + relay.port() + "/old",
                    "headers.Authorization=Bearer-secret",
                    "headers.X-Key=Bearer-secret",
                    "headers.User-Agent=test");
            runner.run(context -> {
                assertThatThrownBy(() ->
                                factory(context).connect("test", new Heard()).get(20, TimeUnit.SECONDS))
                        .hasMessageContaining("307");
                assertThat(target.heads()).isEmpty();
            });
            runner.withPropertyValues("ws-protocol.client.test.max-redirects=1").run(context -> {
                assertThatThrownBy(() ->
                                factory(context).connect("test", new Heard()).get(20, TimeUnit.SECONDS))
                        .hasMessageContaining("503");
                assertThat(relay.heads().get(1)).contains("Authorization: Bearer-secret");
                assertThat(target.heads().get(0))
                        .startsWith("GET /new HTTP/1.1\r\n")
                        .contains("User-Agent: test")
                        .doesNotContain("Bearer-secret", "X-Key");
            });
        }
    }

    @Test
    @Tag("R6455-Z-17+-")
    void aLostConnectionComesBackUntilItIsClosed() throws Exception {
        try (Relay relay = Relay.to(server.port())) {
            named("ws://127.0.0.1:" + relay.port() + "/echo", "reconnect.initial=10ms", "reconnect.max=20ms")
                    .run(context -> {
                        Heard heard = new Heard();
                        try (ReconnectingConnection connection =
                                factory(context).keepConnected("test", heard)) {
                            for (int life = 0; life < 3; life++) {
                                await().until(() -> connection.session().isPresent());
                                connection.session().orElseThrow().sendMessage(new TextMessage("life"));
                                assertThat(heard.next()).isEqualTo("text 4");
                                relay.cut();
                                assertThat(heard.next()).startsWith("closed ");
                            }
                            await().until(() -> connection.session().isPresent());
                        }
                        assertThat(heard.next()).isEqualTo("closed 1000");
                    });
        }
    }

    @Test
    void aConnectionThatIsClosedWhileItIsOpenedGivesUpAndDoesNotComeBack() throws Exception {
        try (Relay relay = Relay.silent()) {
            named("ws://127.0.0.1:" + relay.port() + "/echo", "reconnect.initial=10ms", "reconnect.max=20ms")
                    .run(context -> {
                        Heard heard = new Heard();
                        try (ReconnectingConnection connection =
                                factory(context).keepConnected("test", heard)) {
                            await().until(() -> !relay.heads().isEmpty());
                            assertThat(connection.session()).isEmpty();
                        }
                        await().until(relay::ended);
                        assertThat(heard.events).isEmpty();
                        assertThat(relay.heads()).hasSize(1);
                    });
        }
    }

    @Test
    void aWrongPropertyStopsTheStartAndNamesItself() {
        named("http://example.org/", "connect-timeout=1s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ws-protocol.client.test.url"));
        named("ws://example.org/", "max-redirects=6")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ws-protocol.client.test.max-redirects")
                        .hasMessageContaining("from 0 to 5"));
        named("ws://example.org/", "profile=none")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ws-protocol.client.test.profile"));
        named("ws://example.org/", "ssl.bundle=none")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("none"));
    }

    @Test
    void anApplicationsOwnClientStays() {
        WebSocketClient own = new org.springframework.web.socket.client.standard.StandardWebSocketClient();
        runner().withBean(WebSocketClient.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(WebSocketClient.class)).isSameAs(own));
    }

    private WebSocketSession connect(AssertableApplicationContext context, Heard heard, String path) throws Exception {
        return connect(context, server, heard, path);
    }

    private static WebSocketSession connect(
            AssertableApplicationContext context, EndpointServer to, Heard heard, String path) throws Exception {
        URI uri = URI.create("ws://127.0.0.1:" + to.port() + path);
        return context.getBean(WebSocketClient.class)
                .execute(heard, new WebSocketHttpHeaders(), uri)
                .get(20, TimeUnit.SECONDS);
    }

    private static WebSocketClientFactory factory(AssertableApplicationContext context) {
        return context.getBean(WebSocketClientFactory.class);
    }

    private static void run(ContextConsumer<AssertableApplicationContext> test) {
        runner().run(test);
    }

    private static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        WsProtocolAutoConfiguration.class,
                        WsProtocolClientAutoConfiguration.class))
                .withPropertyValues(SHARED_LIMIT);
    }

    static ApplicationContextRunner named(String url, String... properties) {
        ApplicationContextRunner runner = runner().withPropertyValues("ws-protocol.client.test.url=" + url);
        for (String property : properties) {
            runner = runner.withPropertyValues("ws-protocol.client.test." + property);
        }
        return runner;
    }

    /** What a handler heard. */
    static final class Heard extends AbstractWebSocketHandler {

        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private volatile String last = "";

        String next() throws InterruptedException {
            String event = events.poll(20, TimeUnit.SECONDS);
            return event == null ? "(nothing)" : event;
        }

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) {
            last = message.getPayload();
            events.add("text " + message.getPayloadLength());
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
            last = StandardCharsets.ISO_8859_1
                    .decode(message.getPayload().duplicate())
                    .toString();
            events.add("binary " + message.getPayloadLength());
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            events.add("closed " + status.getCode());
        }
    }
}
