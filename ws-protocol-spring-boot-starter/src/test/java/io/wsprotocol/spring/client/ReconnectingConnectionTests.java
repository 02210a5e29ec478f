package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.spring.DeadlineScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

class ReconnectingConnectionTests {

    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(Duration.ofMillis(1), Duration.ofMillis(1), 1, Duration.ofMinutes(1));

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void anAttemptThatCannotEvenBeginIsFollowedByAnother() {
        ReconnectingConnection connection = connection(handler -> {
            if (attempts.incrementAndGet() == 2) {
                throw new IllegalStateException("of the test");
            }
            return CompletableFuture.failedFuture(new IOException("of the test"));
        });

        connection.start();

        await().untilAsserted(() -> assertThat(attempts).hasValueGreaterThan(2));
        connection.close();
    }

    @Test
    void whatIsWrongWithTheFirstAttemptIsToldToTheCaller() {
        ReconnectingConnection connection = connection(handler -> {
            attempts.incrementAndGet();
            throw new IllegalArgumentException("of the test");
        });

        assertThatIllegalArgumentException().isThrownBy(connection::start);

        assertThat(scheduler.size()).isZero();
    }

    private ReconnectingConnection connection(Function<WebSocketHandler, CompletableFuture<WebSocketSession>> connect) {
        return new ReconnectingConnection(
                "test", connect, new AbstractWebSocketHandler() {}, AT_ONCE, RandomGenerator.getDefault(), scheduler);
    }
}
