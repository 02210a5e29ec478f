package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.test.Frame;
import io.wsprotocol.spring.test.FrameClient;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What Tomcat's own container does otherwise than ours: the first column of README's table. The second is in {@link ServerEndpointTests}. */
class StockTomcatTests {

    private static final AtomicInteger KEYS = new AtomicInteger();

    private static ConfigurableApplicationContext server;

    private final String key = "stock=" + KEYS.incrementAndGet();

    @BeforeAll
    static void start() {
        server = ServerEndpointTests.start(ServerEndpointTests.STOCK);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private URI url(String path) {
        return ServerEndpointTests.url(server, path + "?" + key);
    }

    private FrameClient opened() throws InterruptedException {
        FrameClient client = FrameClient.open(url("/texts"));
        assertThat(event()).isEqualTo("open hello");
        return client;
    }

    private String event() throws InterruptedException {
        return String.valueOf(JakartaApplication.events(key).poll(20, TimeUnit.SECONDS));
    }

    @Test
    void acceptsPagesOfAnyOrigin() {
        try (FrameClient client = FrameClient.handshake(url("/texts"))
                .origin("https://evil.example")
                .open()) {
            client.sendText("in").expectText("in");
        }
    }

    @Test
    void takesMessagesOfAtMostEightKilobytes() throws Exception {
        try (FrameClient client = opened()) {
            client.sendText("x".repeat(8 << 10)).expectText("x".repeat(8 << 10));
            client.sendText("x".repeat((8 << 10) + 1)).expectClose(1009);
        }
    }

    @Test
    void goesOnWithASessionWhoseHandlerThrowsAfterOnError() throws Exception {
        try (FrameClient client = opened()) {
            client.sendText("throw");
            assertThat(event()).isEqualTo("error asked for");
            client.sendText("still here").expectText("still here");
        }
    }

    @Test
    void tellsACloseWithoutAStatusAs1000() throws Exception {
        try (FrameClient client = opened()) {
            client.send(Frame.close());
            assertThat(event()).isEqualTo("closed 1000");
        }
    }

    @Test
    void cannotSendAPartThatEndsInHalfASurrogatePair() throws Exception {
        try (FrameClient client = opened()) {
            client.sendText("halves");
            assertThat(event()).startsWith("error ").contains("MALFORMED");
        }
    }

    @Test
    void failsASecondAsynchronousSendBeforeTheFirstIsDone() throws Exception {
        try (FrameClient client = opened()) {
            client.sendText("flood");
            assertThat(event()).startsWith("error ").contains("invalid state");
        }
    }

    @Test
    void agreesOnCompressionWithWhoeverOffersIt() {
        try (FrameClient client = FrameClient.handshake(url("/texts"))
                .header("Sec-WebSocket-Extensions", "permessage-deflate")
                .open()) {
            assertThat(client.response().headers().getFirst("Sec-WebSocket-Extensions"))
                    .startsWith("permessage-deflate");
        }
    }
}
