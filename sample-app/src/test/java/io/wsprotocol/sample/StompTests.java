package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.process.StompClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** STOMP on the engine, with the broker in memory. */
@SampleTest
class StompTests {

    private static final long PATIENCE_MILLIS = 30_000;
    private static final String READY = "ready";

    @LocalServerPort
    private int port;

    @Test
    void everybodyHearsWhatIsSaidAndOnlyItsSenderAWhisper() throws Exception {
        try (StompClient one = StompClient.connect(port);
                StompClient two = StompClient.connect(port)) {
            one.subscribe("user", "/user/queue/whispers", false, "auto");
            one.subscribe("topic", "/topic/said", false, "auto");
            two.subscribe("topic", "/topic/said", false, "auto");
            awaitHeard(one);
            awaitHeard(two);

            two.send("/app/whisper", "nobody hears", "");
            one.send("/app/whisper", "to myself", "");
            assertThat(next(one)).isEqualTo("to myself");
            one.send("/app/say", "over", "");
            assertThat(next(one)).isEqualTo("over");
            assertThat(next(two)).isEqualTo("over");
        }
    }

    @Test
    void theEndpointRunsOnTheEngineAndItsSessionsAreCounted() throws Exception {
        assertThat(Page.get(port, "/actuator/wsprotocol").body()).contains("/stomp");
        try (StompClient client = StompClient.connect(port)) {
            assertThat(client.isOver()).isFalse();
            Awaitility.await()
                    .until(() -> Page.get(port, "/actuator/prometheus")
                            .body()
                            .contains("ws_protocol_stomp_frames_total{frame=\"connected\"}"));
        }
    }

    /** This broker confirms no subscription: who hears something of its own is subscribed. */
    private static void awaitHeard(StompClient client) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        do {
            assertThat(System.nanoTime()).as("subscribed").isLessThan(deadline);
            client.send("/topic/said", READY, "");
        } while (client.message(200) == null);
    }

    private static String next(StompClient client) throws InterruptedException {
        StompClient.Frame message;
        do {
            message = client.message(PATIENCE_MILLIS);
            assertThat(message).as("message").isNotNull();
        } while (message.body().startsWith(READY));
        return message.body();
    }
}
