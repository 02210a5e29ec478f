package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.Violation;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.server.ClientSessions;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointServer;
import io.wsprotocol.spring.server.SessionSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** What is left of connections of a {@link WsProtocolWebSocketClient} that cannot start although their handshake succeeded. */
class WsProtocolWebSocketClientTests {

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final AtomicInteger openHandles = new AtomicInteger();
    private final AtomicInteger openConnections = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void aConnectionThatCannotStartClosesItsHandleAndItsSocket() throws Exception {
        scheduler.close();
        try (Relay relay = Relay.to(EndpointServer.shared().port())) {
            CompletableFuture<WebSocketSession> session =
                    connect(relay, task -> new Thread(task).start(), new AbstractWebSocketHandler() {});

            assertThatThrownBy(() -> session.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(openHandles).hasValue(0);
            assertThat(openConnections).hasValue(0);
            await().until(relay::ended);
        }
    }

    /** Such as a key store whose classes are missing. */
    @Test
    void anErrorOnTheWayToTheServerFailsTheAttemptAndClosesItsHandleAndItsSocket() throws Exception {
        try (Relay relay = Relay.silent()) {
            URI secure = URI.create("wss://127.0.0.1:" + relay.port() + "/echo");
            CompletableFuture<WebSocketSession> session =
                    connect(secure, task -> new Thread(task).start(), new AbstractWebSocketHandler() {});

            assertThatThrownBy(() -> session.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(AssertionError.class);
            assertThat(openHandles).hasValue(0);
            await().until(relay::ended);
        }
    }

    /** A machine without threads says so by an error. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatGetsNoThreadsEndsAsOneWhoseSocketBroke(boolean rejected) throws Exception {
        CompletableFuture<CloseStatus> end = new CompletableFuture<>();
        AtomicInteger tasks = new AtomicInteger();
        Executor attemptOnly = task -> {
            if (tasks.getAndIncrement() > 0) {
                if (rejected) {
                    throw new RejectedExecutionException("asked for");
                }
                throw new OutOfMemoryError("asked for");
            }
            new Thread(task).start();
        };
        try (Relay relay = Relay.to(EndpointServer.shared().port())) {
            CompletableFuture<WebSocketSession> unused = connect(relay, attemptOnly, new AbstractWebSocketHandler() {
                @Override
                public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
                    end.complete(status);
                }
            });

            assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(1006);
            assertThat(openHandles).hasValue(0);
            assertThat(openConnections).hasValue(0);
            assertThat(scheduler.size()).isZero();
            await().until(relay::ended);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoGivesUpWhileTheServerIsSilentHasItsSocketClosedAndItsThreadFreed(boolean cancelled) throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (Relay relay = Relay.silent()) {
            CompletableFuture<WebSocketSession> session =
                    connect(relay, task -> started(task, thread), new AbstractWebSocketHandler() {});
            await().until(() -> !relay.heads().isEmpty());
            if (cancelled) {
                session.cancel(false);
            } else {
                assertThatThrownBy(() ->
                                session.orTimeout(1, TimeUnit.MILLISECONDS).get())
                        .hasCauseInstanceOf(TimeoutException.class);
            }
            await().until(relay::ended);
            await().until(() -> !thread.get().isAlive());
            assertThat(openHandles).hasValue(0);
            assertThat(refused).hasValue(0);
        }
    }

    @Test
    void whoGivesUpBehindAnotherConnectionToThatServerWaitsNoLonger() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicReference<Thread> behind = new AtomicReference<>();
        try (Relay relay = Relay.silent()) {
            CompletableFuture<WebSocketSession> first =
                    connect(relay, task -> started(task, thread), new AbstractWebSocketHandler() {});
            await().until(() -> !relay.heads().isEmpty());
            CompletableFuture<WebSocketSession> second =
                    connect(relay, task -> started(task, behind), new AbstractWebSocketHandler() {});
            await().until(() -> behind.get().getState() == Thread.State.WAITING);

            second.cancel(true);

            await().until(() -> !behind.get().isAlive());
            assertThat(first).isNotDone();
            assertThat(thread.get().isAlive()).isTrue();
            first.cancel(true);
            await().until(relay::ended);
            assertThat(relay.heads()).hasSize(1);
        }
    }

    @Test
    void whoGivesUpBeforeThereIsAThreadLeavesNothing() throws Exception {
        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        try (Relay relay = Relay.silent()) {
            CompletableFuture<WebSocketSession> session = connect(relay, tasks::add, new AbstractWebSocketHandler() {});
            session.cancel(false);
            tasks.remove().run();
            assertThat(relay.heads()).isEmpty();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(openHandles).hasValue(0);
        }
    }

    private static void started(Runnable task, AtomicReference<Thread> thread) {
        thread.set(new Thread(task));
        thread.get().start();
    }

    private CompletableFuture<WebSocketSession> connect(
            Relay relay, Executor threads, AbstractWebSocketHandler handler) {
        return connect(URI.create("ws://127.0.0.1:" + relay.port() + "/echo"), threads, handler);
    }

    private CompletableFuture<WebSocketSession> connect(URI uri, Executor threads, AbstractWebSocketHandler handler) {
        ConnectionObserverFactory observers = new ConnectionObserverFactory() {
            @Override
            public ConnectionObserver connectionOpened(HandleRole role, String transport) {
                openConnections.incrementAndGet();
                return new ConnectionObserver() {
                    @Override
                    public void closed(CloseEvent event) {
                        openConnections.decrementAndGet();
                    }
                };
            }

            @Override
            public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
                refused.incrementAndGet();
            }
        };
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
        Duration patience = Duration.ofSeconds(20);
        ClientSettings reach = new ClientSettings(patience, patience, 0, null, () -> {
            throw new AssertionError("no TLS is needed");
        });
        WsProtocolWebSocketClient client = new WsProtocolWebSocketClient(
                handles,
                new ClientSessions(observers, scheduler, new ConnectionRegistry()),
                new SessionSettings(ConnectionOptions.defaults(), SendOverflow.BLOCK, patience),
                reach,
                observers,
                threads);
        return client.execute(handler, new WebSocketHttpHeaders(), uri);
    }
}
