package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The meters of the engine move under load and come to rest after it. */
@SampleTest
class MetersTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DEPTH = "/actuator/metrics/ws.protocol.queue.depth";
    private static final String ACTIONS = "/actuator/metrics/ws.protocol.actions";
    private static final String ACTION = "/actuator/metrics/ws.protocol.action";

    @LocalServerPort
    private int port;

    @Test
    void actionsAreCountedAndTimed() throws Exception {
        double counted = value(ACTIONS, "COUNT");
        double timed = value(ACTION, "COUNT");
        echo(500);

        assertThat(value(ACTIONS, "COUNT") - counted).isGreaterThanOrEqualTo(1_000);
        // One of sixteen of each type.
        assertThat(value(ACTION, "COUNT") - timed).isGreaterThanOrEqualTo(60);
        assertThat(value(ACTION, "TOTAL_TIME")).isPositive();
        assertThat(value(ACTION + "?tag=role:server&tag=action:send_to_network", "COUNT"))
                .isPositive();
        assertThat(Page.get(port, "/actuator/prometheus").body())
                .contains("ws_protocol_action_seconds_count", "ws_protocol_queue_depth");
    }

    @Test
    void thePageSeesWhatTheActuatorSees() throws Exception {
        echo(10);
        JsonNode meters = Page.json(port, "/api/meters");

        assertThat(meters.get("queues").size()).isPositive();
        // What was queued has left by now.
        assertThat(meters.get("queues")).anyMatch(queue -> queue.get("deepest").asDouble() > 0);
        assertThat(meters.get("actions").size()).isPositive();
        assertThat(meters.get("messages").asDouble()).isGreaterThanOrEqualTo(20);
        assertThat(meters.get("bytes").asDouble()).isPositive();
    }

    @Test
    void theQueueDepthRisesWhileAPeerDoesNotReadAndFallsWhenItIsGone() throws Exception {
        try (RawConnection peer = RawConnection.open(port, "/echo")) {
            byte[] payload = new byte[64 * 1024];
            // Sends without reading: the echo piles up until the server stops reading, and then this side blocks.
            CompletableFuture<IOException> flood = CompletableFuture.supplyAsync(() -> flood(peer, payload));
            await(() -> value(DEPTH + "?tag=queue:send", "VALUE") > 0);
            peer.drop();
            assertThat(flood.join()).as("the end of the flood").isNotNull();
        }
        await(() -> value(DEPTH + "?tag=queue:send", "VALUE") == 0);
    }

    /** Sends until the connection is gone, and returns how that was noticed. */
    private static IOException flood(RawConnection peer, byte[] payload) {
        while (true) {
            try {
                peer.sendFrame(0x82, payload);
            } catch (IOException e) {
                return e;
            }
        }
    }

    private void echo(int messages) throws Exception {
        try (RawConnection connection = RawConnection.open(port, "/echo")) {
            for (int i = 0; i < messages; i++) {
                connection.sendFrame(0x82, (byte) i);
                connection.frame();
            }
            connection.sendFrame(0x88);
            connection.framesUntilEnd();
        }
    }

    private double value(String path, String statistic) throws Exception {
        HttpResponse<String> response = Page.get(port, path);
        if (response.statusCode() == 404) {
            return 0;
        }
        for (JsonNode measurement :
                JsonMapper.shared().readTree(response.body()).get("measurements")) {
            if (measurement.get("statistic").asString().equals(statistic)) {
                return measurement.get("value").asDouble();
            }
        }
        throw new AssertionError("No " + statistic + " at " + path);
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
        }
    }

    /** Something that becomes true in time. */
    private interface Condition {
        boolean holds() throws Exception;
    }
}
