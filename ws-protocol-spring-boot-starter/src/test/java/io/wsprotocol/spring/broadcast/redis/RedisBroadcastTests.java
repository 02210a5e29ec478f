package io.wsprotocol.spring.broadcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.spring.broadcast.BroadcastBus;
import io.wsprotocol.spring.broadcast.BroadcastGroup;
import io.wsprotocol.spring.broadcast.BroadcastGroups;
import io.wsprotocol.spring.server.EndpointServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** Two instances of an application with a broadcast group between them, and a Redis that comes and goes. */
@Tag("external")
@Timeout(300)
@ExtendWith(OutputCaptureExtension.class)
class RedisBroadcastTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        open.add(redis);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void messagesOfOneInstanceReachTheSessionsOfAllOnceAndInOrder() throws Exception {
        Instance one = connected(instance());
        Instance two = connected(instance());
        Reader here = one.reader();
        Reader there = two.reader();

        for (int i = 0; i < 500; i++) {
            one.group().send("number " + i);
        }
        for (int i = 0; i < 500; i++) {
            assertThat(here.next()).isEqualTo("number " + i);
            assertThat(there.next()).isEqualTo("number " + i);
        }
        two.group().send(ByteBuffer.wrap("bytes".getBytes(UTF_8)));
        assertThat(here.next()).isEqualTo("binary bytes");
        assertThat(there.next()).isEqualTo("binary bytes");

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(one.meter("ws.protocol.broadcast.messages", "direction", "sent"))
                        .isEqualTo(500));
        assertThat(two.meter("ws.protocol.broadcast.messages", "direction", "received"))
                .isEqualTo(500);
        assertThat(one.meter("ws.protocol.broadcast.messages", "direction", "received"))
                .isOne();
        assertThat(one.meter("ws.protocol.broadcast.lost")).isZero();
        assertThat(one.meter("ws.protocol.broadcast.connected")).isOne();
    }

    @Test
    void whatElseIsInTheChannelIsPassedOver() throws Exception {
        Instance one = connected(instance());
        Reader here = one.reader();
        try (RedisConnection connection = one.bean(RedisConnectionFactory.class).getConnection()) {
            connection.publish("test-channel".getBytes(UTF_8), "hello from elsewhere".getBytes(UTF_8));
        }
        one.group().send("ours");
        assertThat(here.next()).isEqualTo("ours");
    }

    @Test
    void whileRedisIsAwayEachInstanceServesItsOwnAndAfterwardsAllAgain(CapturedOutput log) throws Exception {
        Instance one = connected(instance(5));
        Instance two = connected(instance());
        Reader here = one.reader();
        Reader there = two.reader();

        redis.kill();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !one.bus().isConnected() && !two.bus().isConnected());
        for (int i = 0; i < 30; i++) {
            one.group().send("alone " + i);
            assertThat(here.next()).isEqualTo("alone " + i);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> one.bus().lost() > 0);
        assertThat(one.meter("ws.protocol.broadcast.connected")).isZero();

        redis.restart();
        connected(one);
        connected(two);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> one.bus().lost() + one.bus().published() == 30);
        one.group().send("together");
        assertThat(here.next()).isEqualTo("together");
        String heard = there.next();
        while (!heard.equals("together")) {
            // What still waited when Redis came back.
            assertThat(heard).startsWith("alone ");
            heard = there.next();
        }
        assertThat(log.getAll().lines().filter(line -> line.contains("Redis is away")))
                .as("one line of each instance, another where the machine was too slow for Redis before")
                .hasSizeBetween(2, 5);
        assertThat(log.getAll()).contains("Redis is back").doesNotContain("alone");
    }

    @Test
    void anInstanceStartsWithoutRedisAndFindsItLater() throws Exception {
        redis.kill();
        Instance one = instance();
        Reader here = one.reader();
        one.group().send("alone");
        assertThat(here.next()).isEqualTo("alone");
        assertThat(one.bus().isConnected()).isFalse();

        redis.restart();
        connected(one);
        Instance two = connected(instance());
        two.group().send("together");
        assertThat(here.next()).isEqualTo("together");
    }

    private Instance instance() {
        return instance(1000);
    }

    private Instance instance(int queueMessages) {
        Instance instance = new Instance(new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "server.shutdown=immediate",
                        "spring.jmx.enabled=false",
                        "test.redis.port=" + redis.port(),
                        "ws-protocol.broadcast.redis.enabled=true",
                        "ws-protocol.broadcast.redis.channel=test-channel",
                        "ws-protocol.broadcast.redis.queue-messages=" + queueMessages,
                        "spring.autoconfigure.exclude=" + EndpointServer.jettys())
                .run());
        open.add(instance);
        return instance;
    }

    private static Instance connected(Instance instance) {
        Awaitility.await().atMost(PATIENCE).until(() -> instance.bus().isConnected());
        return instance;
    }

    /** An application that knows nothing of Redis but where it is. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocket
    static class Application {

        @Bean
        LettuceConnectionFactory redis(Environment environment) {
            return new LettuceConnectionFactory(
                    new RedisStandaloneConfiguration(
                            "127.0.0.1", environment.getRequiredProperty("test.redis.port", Integer.class)),
                    LettuceClientConfiguration.builder()
                            .commandTimeout(Duration.ofSeconds(2))
                            .shutdownTimeout(Duration.ZERO)
                            .build());
        }

        @Bean
        Members members(BroadcastGroups groups) {
            return new Members(groups);
        }

        @Bean
        WebSocketConfigurer endpoints(Members members) {
            return (WebSocketHandlerRegistry registry) -> registry.addHandler(members, "/group");
        }
    }

    /** The group's sessions of one instance. Thread-safe. */
    static final class Members extends AbstractWebSocketHandler {

        final BroadcastGroup group;
        final Set<WebSocketSession> sessions = ConcurrentHashMap.newKeySet();

        Members(BroadcastGroups groups) {
            group = groups.open("test", sessions);
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession session) {
            sessions.add(session);
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            sessions.remove(session);
        }
    }

    /** One instance. Immutable. */
    private record Instance(ConfigurableApplicationContext context) implements AutoCloseable {

        <T> T bean(Class<T> type) {
            return context.getBean(type);
        }

        RedisBroadcastBus bus() {
            return (RedisBroadcastBus) bean(BroadcastBus.class);
        }

        BroadcastGroup group() {
            return bean(Members.class).group;
        }

        double meter(String name, String... tags) {
            return bean(MeterRegistry.class)
                    .get(name)
                    .tags(tags)
                    .meter()
                    .measure()
                    .iterator()
                    .next()
                    .getValue();
        }

        Reader reader() {
            int before = bean(Members.class).sessions.size();
            Reader reader =
                    new Reader(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> bean(Members.class).sessions.size() > before);
            return reader;
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** A client of one instance, on the JDK's WebSocket. Thread-safe. */
    private static final class Reader implements WebSocket.Listener {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        Reader(int port) {
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/group"), this)
                    .join();
        }

        String next() throws InterruptedException {
            String message = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(message).as("message").isNotNull();
            return message;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard.add(data.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            heard.add("binary " + UTF_8.decode(data));
            socket.request(1);
            return null;
        }
    }
}
