package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.test.Frame;
import io.wsprotocol.spring.test.FrameClient;
import io.wsprotocol.spring.test.HandshakeResponse;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The same endpoints of Jakarta WebSocket on stock Tomcat and on the engine, on real sockets. */
class ServerEndpointTests {

    static final String STOCK = "ws-protocol.enabled=false";
    static final String NATIVE = "ws-protocol.server.transport=native";
    static final String SERVLET = "ws-protocol.server.transport=servlet";

    private static final Map<String, ConfigurableApplicationContext> SERVERS = new ConcurrentHashMap<>();
    private static final AtomicInteger KEYS = new AtomicInteger();

    private final String key = "key=" + KEYS.incrementAndGet();

    @AfterAll
    static void stopServers() {
        SERVERS.values().forEach(ConfigurableApplicationContext::close);
        SERVERS.clear();
    }

    static ConfigurableApplicationContext start(String... properties) {
        List<String> all = new ArrayList<>(
                List.of(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "server.shutdown=immediate",
                        "spring.jmx.enabled=false",
                        "spring.autoconfigure.exclude=org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration,"
                                + "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration"));
        all.addAll(List.of(properties));
        return new SpringApplicationBuilder(JakartaApplication.class)
                .properties(all.toArray(String[]::new))
                .run();
    }

    static URI url(ConfigurableApplicationContext server, String path) {
        return URI.create("ws://127.0.0.1:" + server.getEnvironment().getRequiredProperty("local.server.port") + path);
    }

    private URI url(String stack, String path) {
        return url(SERVERS.computeIfAbsent(stack, ServerEndpointTests::start), path + "?" + key);
    }

    private FrameClient open(String stack, String path) {
        return FrameClient.open(url(stack, path));
    }

    private String event() throws InterruptedException {
        return String.valueOf(JakartaApplication.events(key).poll(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void echoesTextAndBinaryWholeInFragmentsAndInPieces(String stack) {
        try (FrameClient client = open(stack, "/texts")) {
            client.sendText("hello é€😀").expectText("hello é€😀");
            client.send(Frame.text("he").notFinal()).send(Frame.ping("p")).send(Frame.continuation("llo"));
            client.expectFrame(Frame.pong("p")).expectText("hello");
            client.sendBinary((byte) 1, (byte) 2).expectBinary((byte) 1, (byte) 2);
            client.sendInPieces(1, Frame.text("cut")).expectText("cut");
            client.sendText("").expectText("");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void sendsInEveryForm(String stack) throws Exception {
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendText("parts");
            assertThat(client.nextMessage().text()).isEqualTo("one message");
            client.sendText("stream");
            assertThat(client.nextMessage().payload()).containsExactly(1, 2, 3);
            client.sendText("writer");
            assertThat(client.nextMessage().text()).isEqualTo("written");
            client.sendText("future").expectText("in future");
            client.sendText("handler").expectText("told");
            assertThat(event()).isEqualTo("sent true");
            client.sendText("ping");
            assertThat(client.nextFrame().payload()).containsExactly(1, 2, 3);
            client.send(Frame.pong("four"));
            assertThat(event()).isEqualTo("pong 4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void runsEndpointsThatWereNeverDeployedAndCountsThemByTheirPath(String stack) {
        try (FrameClient first = open(stack, "/made/by-hand");
                FrameClient other = open(stack, "/made/as-well")) {
            first.sendText("made by").expectText("made by hand 1");
            try (FrameClient second = open(stack, "/made/by-hand")) {
                second.sendText("made by").expectText("made by hand 2");
            }
            other.sendText("made by").expectText("made by hand 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void agreesOnTheFirstSubprotocolThatBothSpeakAndLetsTheConfiguratorAddHeaders(String stack) {
        try (FrameClient client = FrameClient.handshake(url(stack, "/texts"))
                .header("Sec-WebSocket-Protocol", "other, superchat")
                .open()) {
            assertThat(client.response().headers().getFirst("X-Greeting")).isEqualTo("hello");
            assertThat(client.response().headers().getFirst("Sec-WebSocket-Protocol"))
                    .isEqualTo("superchat");
            String[] words = key.split("=");
            client.sendText("who")
                    .expectText("superchat /texts {" + words[0] + "=[" + words[1] + "]} 13 true false true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void tellsTheEndpointHowTheSessionCloses(String stack) throws Exception {
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendClose(4711).expectClose(4711);
            assertThat(event()).isEqualTo("closed 4711");
        }
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendText("close").expectClose(4001).sendClose(4001).expectEnd();
            assertThat(event()).isEqualTo("closed 4001");
        }
    }

    /** Stock Tomcat says 1000 in {@code @OnClose} and cannot send half of a surrogate pair. */
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void tellsACloseWithoutAStatusAsSuchAndKeepsSurrogatePairsTogether(String stack) throws Exception {
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendText("halves");
            assertThat(client.nextMessage().text()).isEqualTo("a😀b");
            client.send(Frame.close()).nextFrame();
            assertThat(event()).isEqualTo("closed 1005");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void closesWith1008WhenTheHttpSessionOfItsUserEnds(String stack) throws Exception {
        URI url = url(stack, "/texts");
        String cookie = get(url.getPort(), "/login", "").getHeaderField("Set-Cookie");
        assertThat(cookie).isNotNull();
        cookie = cookie.substring(0, cookie.indexOf(';'));
        try (FrameClient client =
                FrameClient.handshake(url).header("Cookie", cookie).open()) {
            client.sendText("in").expectText("in");
            get(url.getPort(), "/logout", cookie);
            client.expectClose(1008);
        }
    }

    /** Applications keep the request of the handshake for its HTTP session, as containers allow; its roles are gone with the request. */
    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void knowsTheHttpSessionOfItsHandshakeAlsoLater(String stack) throws Exception {
        URI url = url(stack, "/texts");
        String cookie = get(url.getPort(), "/login", "").getHeaderField("Set-Cookie");
        cookie = cookie.substring(0, cookie.indexOf(';'));
        try (FrameClient client =
                FrameClient.handshake(url).header("Cookie", cookie).open()) {
            client.sendText("in").expectText("in");
            client.sendText("handshake").expectText(cookie.substring(cookie.indexOf('=') + 1));
        }
    }

    private static HttpURLConnection get(int port, String path, String cookie) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setRequestProperty("Cookie", cookie);
        assertThat(connection.getResponseCode()).isEqualTo(200);
        return connection;
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void closesWith1011AfterWhatTheEndpointThrewWentToOnError(String stack) throws Exception {
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendText("throw").expectClose(1011);
            assertThat(event()).isEqualTo("error asked for");
            client.sendClose(1011).expectEnd();
            assertThat(event()).isEqualTo("closed 1011");
        }
    }

    /** Stock Tomcat refuses a second asynchronous send before the first is done. */
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void queuesAsynchronousSendsAndFailsThoseThatFindTheQueueFull(String stack) throws Exception {
        try (FrameClient client = open(stack, "/texts")) {
            assertThat(event()).isEqualTo("open hello");
            client.sendText("flood");
            assertThat(event()).isEqualTo("full");
            assertThat(client.nextMessage().payload()).hasSize(64 << 10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void givesWholeMessagesAsStreams(String stack) {
        try (FrameClient client = open(stack, "/streams")) {
            client.sendText("read").expectText("read");
            client.sendBinary((byte) 7).expectBinary((byte) 7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void givesPartsOfMessagesOfAnyLength(String stack) {
        try (FrameClient client = open(stack, "/parts")) {
            client.send(Frame.text("one").notFinal())
                    .send(Frame.continuation("two"))
                    .expectText("text 6");
            client.sendText("x".repeat(100_000)).expectText("text 100000");
            client.sendBinary(new byte[3_000_000]).expectText("binary 3000000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void decodesAndEncodesAndStaysOpenAfterWhatCannotBeDecoded(String stack) {
        try (FrameClient client = open(stack, "/objects")) {
            client.sendText("1,2").expectText("2,1");
            client.sendText("nothing").expectText("DecodeException");
            client.sendBinary((byte) 1, (byte) 2).expectText("bytes 2");
        }
        try (FrameClient client = open(stack, "/numbers/7")) {
            client.sendText("6").expectText("42");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void findsPathsByPrecedence(String stack) {
        try (FrameClient client = open(stack, "/rooms/a%20b/joe")) {
            client.expectText("a b joe 2");
        }
        try (FrameClient client = open(stack, "/rooms/main/joe")) {
            client.expectText("the main room, joe");
        }
        HandshakeResponse response =
                FrameClient.handshake(url(stack, "/rooms/main")).refused();
        assertThat(response.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void refusesTooLongMessages(String stack) {
        try (FrameClient client = open(stack, "/small")) {
            client.sendText("0123456789").expectText("0123456789");
            client.send(Frame.text("012345").notFinal()).send(Frame.continuation("67890"));
            client.expectClose(1009);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET}) // stock Tomcat does so, too, but looks every ten seconds only
    void closesIdleSessions(String stack) {
        try (FrameClient client = open(stack, "/small")) {
            client.sendBinary((byte) 1).patience(Duration.ofSeconds(30)).expectClose(1001);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STOCK, NATIVE, SERVLET})
    void runsEndpointsThatAddTheirHandlersThemselves(String stack) throws Exception {
        try (FrameClient client = open(stack, "/programmatic")) {
            client.send(Frame.text("four").notFinal())
                    .send(Frame.continuation("four"))
                    .expectText("8");
            client.send(Frame.binary((byte) 'a').notFinal()).send(Frame.of(Frame.CONTINUATION, new byte[] {'b'}));
            assertThat(event()).isEqualTo("a false");
            assertThat(event()).isEqualTo("b true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, SERVLET})
    void refusesForeignOriginsUnlessTheConfiguratorSaysOtherwise(String stack) {
        URI url = url(stack, "/texts");
        assertThat(FrameClient.handshake(url)
                        .origin("https://evil.example")
                        .refused()
                        .status())
                .isEqualTo(403);
        String own = "http://127.0.0.1:" + url.getPort();
        try (FrameClient client = FrameClient.handshake(url).origin(own).open()) {
            client.sendText("own").expectText("own");
        }
        try (FrameClient client = FrameClient.handshake(url(stack, "/any-origin"))
                .origin("https://friend.example")
                .open()) {
            client.sendText("welcome").expectText("welcome");
        }
    }
}
