package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.spring.SelfSigned;
import io.wsprotocol.spring.server.DeflatingClient;
import io.wsprotocol.spring.server.EndpointServer;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.RawClient;
import io.wsprotocol.spring.server.TrustAnyone;
import io.wsprotocol.spring.test.FrameClient;
import jakarta.websocket.CloseReason;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.mock.web.MockServletContext;
import org.springframework.web.context.ContextLoader;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;
import org.springframework.web.socket.server.standard.SpringConfigurator;

/** Endpoints of Jakarta WebSocket in operation: after their end, made by Spring, slow peers, TLS, drain, compression. */
class JakartaOperationsTests {

    private static final String STOCK = "ws-protocol.enabled=false";
    private static final String NATIVE = "ws-protocol.server.transport=native";
    private static final String SERVLET = "ws-protocol.server.transport=servlet";

    private static final Map<String, ConfigurableApplicationContext> SERVERS = new ConcurrentHashMap<>();
    private static final Map<String, BlockingQueue<String>> EVENTS = new ConcurrentHashMap<>();
    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>();
    private static final AtomicInteger KEYS = new AtomicInteger();

    @TempDir
    static Path directory;

    private final String key = "key=" + KEYS.incrementAndGet();

    @AfterAll
    static void stopServers() {
        SERVERS.values().forEach(ConfigurableApplicationContext::close);
        SERVERS.clear();
    }

    private static ConfigurableApplicationContext server(String... properties) {
        return SERVERS.computeIfAbsent(String.join(" ", properties), any -> {
            List<String> all = new ArrayList<>(List.of(
                    "server.port=0",
                    "spring.main.banner-mode=off",
                    "server.shutdown=immediate",
                    "spring.jmx.enabled=false",
                    "ws-protocol.send.timeout=1s",
                    "spring.autoconfigure.exclude=" + EndpointServer.jettys()));
            all.addAll(List.of(properties));
            return new SpringApplicationBuilder(Application.class)
                    .properties(all.toArray(String[]::new))
                    .run();
        });
    }

    private static int port(ConfigurableApplicationContext server) {
        return server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private FrameClient open(ConfigurableApplicationContext server, String path) {
        return FrameClient.open(URI.create("ws://127.0.0.1:" + port(server) + path + "?" + key));
    }

    /** A peer whose kernel takes little. */
    private RawClient narrow(ConfigurableApplicationContext server, String path) throws IOException {
        RawClient client = new RawClient(SocketFactory.getDefault(), port(server), 4096);
        client.shakeHands(path + "?" + key);
        return client;
    }

    private static BlockingQueue<String> events(String key) {
        return EVENTS.computeIfAbsent(key, any -> new LinkedBlockingQueue<>());
    }

    private String event() throws InterruptedException {
        return String.valueOf(events(key).poll(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void aSessionThatHasEndedThrowsWhateverItIsAsked(String stack) throws Exception {
        try (FrameClient client = open(server(stack), "/kept")) {
            client.sendText("in").expectText("in");
            client.sendClose(1000).expectClose(1000);
        }
        assertThat(event()).isEqualTo("closed 1000 /kept");
        Session session = SESSIONS.get(key);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                session::getContainer,
                session::getMessageHandlers,
                () -> session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> {}),
                () -> session.removeMessageHandler((MessageHandler.Whole<String>) text -> {}),
                session::getProtocolVersion,
                session::getNegotiatedSubprotocol,
                session::getNegotiatedExtensions,
                session::isSecure,
                session::getMaxIdleTimeout,
                () -> session.setMaxIdleTimeout(1),
                session::getMaxBinaryMessageBufferSize,
                () -> session.setMaxBinaryMessageBufferSize(1),
                session::getMaxTextMessageBufferSize,
                () -> session.setMaxTextMessageBufferSize(1),
                session::getAsyncRemote,
                session::getBasicRemote,
                session::getRequestURI,
                session::getRequestParameterMap,
                session::getQueryString,
                session::getPathParameters,
                session::getUserProperties,
                session::getUserPrincipal,
                session::getOpenSessions)) {
            // The endpoint's onClose is over a moment after it said so.
            await().untilAsserted(() -> assertThatIllegalStateException().isThrownBy(call));
        }
        assertThat(session.isOpen()).isFalse();
        assertThat(session.getId()).isNotEmpty();
        session.close();
        session.close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void springsConfiguratorMakesTheEndpoint(String stack) {
        ConfigurableApplicationContext server = server(stack);
        // What a ContextLoaderListener does in a WAR: SpringConfigurator looks there, and not at Boot.
        MockServletContext elsewhere = new MockServletContext();
        ContextLoader loader = new ContextLoader((WebApplicationContext) server);
        loader.initWebApplicationContext(elsewhere);
        try (FrameClient client = open(server, "/wired")) {
            client.sendText("you").expectText("hello you");
        } finally {
            elsewhere.removeAttribute(WebApplicationContext.ROOT_WEB_APPLICATION_CONTEXT_ATTRIBUTE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void anAsynchronousSendThatTakesTooLongFailsAndEndsTheSession(String stack) throws Exception {
        try (RawClient client = narrow(server(stack, "ws-protocol.send.timeout=60s"), "/late")) {
            // A few at a time, until neither kernel takes any more and one of them waits.
            String event = null;
            for (int i = 0; event == null && i < 1_000; i++) {
                client.sendText("4");
                event = events(key).poll(20, TimeUnit.MILLISECONDS);
            }
            assertThat(event).isEqualTo("SocketTimeoutException");
            assertThat(event()).isEqualTo("closed 4500");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void aPeerThatDoesNotReadIsGivenUpWhileOthersGoOn(String stack) throws Exception {
        ConfigurableApplicationContext server = server(stack);
        try (RawClient slow = narrow(server, "/blocking");
                FrameClient other = open(server, "/kept")) {
            slow.sendText("flood");
            other.sendText("meanwhile").expectText("meanwhile");
            assertThat(event()).isEqualTo("IOException");
            assertThat(event()).isEqualTo("closed 4500");
            other.sendText("still here").expectText("still here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void endpointsAreReachedOverTls(String stack) throws Exception {
        ConfigurableApplicationContext server = server(
                stack,
                "server.ssl.bundle=test",
                "spring.ssl.bundle.jks.test.keystore.location="
                        + SelfSigned.keyStore(directory).toUri(),
                "spring.ssl.bundle.jks.test.keystore.password=" + SelfSigned.PASSWORD,
                "spring.ssl.bundle.jks.test.keystore.type=PKCS12");
        try (RawClient client = new RawClient(TrustAnyone.sockets(), port(server), 0)) {
            client.shakeHands("/kept?" + key);
            client.sendText("secure?");
            assertThat(client.readMessage().text()).isEqualTo("true");
            String longText = "x".repeat(100_000);
            client.sendText(longText);
            assertThat(client.readMessage().text()).isEqualTo(longText);
            client.sendClose(1000);
            assertThat(client.read().closeStatus()).isEqualTo(1000);
        }
        assertThat(event()).isEqualTo("closed 1000 /kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void aDrainClosesWith1001AndRefusesHandshakesMeanwhile(String stack) throws Exception {
        ConfigurableApplicationContext server = server(stack);
        URI url = URI.create("ws://127.0.0.1:" + port(server) + "/kept?" + key);
        try (FrameClient client = FrameClient.open(url)) {
            client.sendText("in").expectText("in");
            GracefulDrain drain = server.getBean(GracefulDrain.class);
            CompletableFuture<Void> drained = drain.begin();
            client.expectClose(1001);
            assertThat(FrameClient.handshake(url).refused().status()).isEqualTo(503);
            client.sendClose(1001);
            assertThat(event()).isEqualTo("closed 1001 /kept");
            drained.get(20, TimeUnit.SECONDS);
            drain.welcome();
        }
        try (FrameClient client = FrameClient.open(url)) {
            client.sendText("again").expectText("again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void messagesAreCompressedWhereThatIsOn(String stack) throws Exception {
        ConfigurableApplicationContext server = server(stack, "ws-protocol.compression.enabled=true");
        String text = "compress me ".repeat(1_000);
        try (DeflatingClient client =
                DeflatingClient.open(port(server), "/kept?" + key, "permessage-deflate; client_max_window_bits")) {
            assertThat(client.agreed()).startsWith("permessage-deflate");
            client.sendText(text);
            assertThat(client.receiveText()).isEqualTo(text);
            assertThat(client.lastWasCompressed()).isTrue();
            client.sendText("extensions?");
            assertThat(client.receiveText()).isEqualTo("permessage-deflate");
        }
        try (FrameClient client = open(server, "/kept")) {
            client.sendText("extensions?").expectText("");
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        ServerEndpointExporter serverEndpointExporter() {
            ServerEndpointExporter exporter = new ServerEndpointExporter();
            exporter.setAnnotatedEndpointClasses(Kept.class, Late.class, Blocking.class);
            return exporter;
        }

        /** The exporter finds it, as it is a bean. */
        @Bean
        Wired wired() {
            return new Wired("hello ");
        }
    }

    /** Echoes, and is remembered. */
    @ServerEndpoint("/kept")
    public static class Kept {

        @OnOpen
        public void opened(Session session) {
            session.setMaxTextMessageBufferSize(200_000);
            SESSIONS.put(session.getQueryString(), session);
        }

        @OnMessage
        public String text(String message, Session session) {
            return switch (message) {
                case "secure?" -> String.valueOf(session.isSecure());
                case "extensions?" ->
                    session.getNegotiatedExtensions().isEmpty()
                            ? ""
                            : session.getNegotiatedExtensions().get(0).getName();
                default -> message;
            };
        }

        @OnClose
        public void closed(Session session, CloseReason reason) {
            // Here, all may still be asked.
            events(session.getQueryString())
                    .add("closed " + reason.getCloseCode().getCode() + " "
                            + session.getRequestURI().getPath());
        }
    }

    /** Needs something that only Spring gives it. */
    @ServerEndpoint(value = "/wired", configurator = SpringConfigurator.class)
    public static class Wired {

        private final String greeting;

        Wired(String greeting) {
            this.greeting = greeting;
        }

        @OnMessage
        public String text(String message) {
            return greeting + message;
        }
    }

    /** Sends so many messages asynchronously, each with little time. */
    @ServerEndpoint("/late")
    public static class Late {

        private final AtomicBoolean told = new AtomicBoolean();

        @OnMessage
        public void text(String number, Session session) {
            session.getAsyncRemote().setSendTimeout(500);
            for (int i = 0; i < Integer.parseInt(number); i++) {
                session.getAsyncRemote().sendBinary(ByteBuffer.allocate(64 << 10), result -> {
                    if (result.getException() instanceof SocketTimeoutException && told.compareAndSet(false, true)) {
                        events(session.getQueryString()).add("SocketTimeoutException");
                    }
                });
            }
        }

        @OnClose
        public void closed(Session session, CloseReason reason) {
            events(session.getQueryString())
                    .add("closed " + reason.getCloseCode().getCode());
        }
    }

    /** Sends until that fails. */
    @ServerEndpoint("/blocking")
    public static class Blocking {

        @OnMessage
        public void text(String message, Session session) {
            try {
                while (session.isOpen()) {
                    session.getBasicRemote().sendBinary(ByteBuffer.allocate(64 << 10));
                }
            } catch (IOException e) {
                events(session.getQueryString()).add(e.getClass().getSimpleName());
            }
        }

        @OnClose
        public void closed(Session session, CloseReason reason) {
            events(session.getQueryString())
                    .add("closed " + reason.getCloseCode().getCode());
        }
    }
}
