package io.wsprotocol.sample.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.sample.SampleApplication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.client.RestClient;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** Users of two instances of the sample, each a process of its own, behind one broker. */
@Tag("external")
@Timeout(300)
class UserDestinationTests {

    /* Not a queue: Artemis names the routing type of the topic that unresolved messages come by, and Spring sends that name along. */
    private static final String WHISPERS = "/topic/whispers";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static StompBroker broker;
    private static ServerProcess one;
    private static ServerProcess two;

    private final BlockingQueue<String> annHeard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> bobHeard = new LinkedBlockingQueue<>();
    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    // Other users in each test: for ten seconds, an instance sends to the sessions that the other one told it of.
    private final String hers = "ann-" + UUID.randomUUID();
    private final String his = "bob-" + UUID.randomUUID();
    private StompSession ann;
    private StompSession bob;

    @BeforeAll
    static void start() throws Exception {
        broker = StompBroker.start();
        CompletableFuture<ServerProcess> other = CompletableFuture.supplyAsync(UserDestinationTests::instance);
        one = instance();
        two = other.get(300, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {one, two, broker}) {
            if (part != null) {
                part.close();
            }
        }
    }

    private static ServerProcess instance() {
        try {
            return ServerProcess.start(
                    System.getProperty("java.class.path"),
                    List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                    Users.class.getName(),
                    List.of(
                            "--server.port=0",
                            "--sample.stomp.relay.host=127.0.0.1",
                            "--sample.stomp.relay.port=" + broker.port()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void connect() throws Exception {
        scheduler.initialize();
        ann = connected(hers, one, annHeard);
        bob = connected(his, two, bobHeard);
    }

    @AfterEach
    void disconnect() {
        ann.disconnect();
        bob.disconnect();
        scheduler.shutdown();
    }

    @Test
    void aMessageToAUserOfTheOtherInstanceArrivesAndNobodyElseHearsIt() throws Exception {
        ann.send("/user/" + his + WHISPERS, "from ann");
        assertThat(bobHeard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("from ann");
        bob.send("/user/" + hers + WHISPERS, "from bob");
        assertThat(annHeard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("from bob");
        // What comes next is what was sent next: nothing was heard twice, nor by the other.
        ann.send("/user/" + hers + WHISPERS, "to myself");
        assertThat(annHeard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("to myself");
        assertThat(bobHeard).isEmpty();
    }

    @Test
    void eachInstanceKnowsTheUsersOfTheOtherAndReachesThemStill() throws Exception {
        // Spring tells the others every ten seconds.
        for (ServerProcess instance : List.of(one, two)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(usersOf(instance)).contains(hers, his));
        }
        ann.send("/user/" + his + WHISPERS, "known by now");
        assertThat(bobHeard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("known by now");
        assertThat(annHeard).isEmpty();
    }

    private static String usersOf(ServerProcess instance) {
        return RestClient.create("http://127.0.0.1:" + instance.port())
                .get()
                .uri("/users")
                .retrieve()
                .body(String.class);
    }

    /** A user whose subscription the broker has confirmed. */
    private StompSession connected(String user, ServerProcess instance, BlockingQueue<String> heard) throws Exception {
        WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
        client.setMessageConverter(new StringMessageConverter());
        client.setTaskScheduler(scheduler);
        StompSession session = client.connectAsync(
                        "ws://127.0.0.1:" + instance.port() + "/stomp?user=" + user,
                        new StompSessionHandlerAdapter() {})
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        session.setAutoReceipt(true);
        CountDownLatch subscribed = new CountDownLatch(1);
        session.subscribe("/user" + WHISPERS, new StompSessionHandlerAdapter() {
                    @Override
                    public Type getPayloadType(StompHeaders headers) {
                        return String.class;
                    }

                    @Override
                    public void handleFrame(StompHeaders headers, Object payload) {
                        heard.add(String.valueOf(payload));
                    }
                })
                .addReceiptTask(subscribed::countDown);
        assertThat(subscribed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("receipt")
                .isTrue();
        session.setAutoReceipt(false);
        return session;
    }

    /** The sample with users, who are whom the query says, and a page that lists those it knows, wherever they are connected. Not found by a scan. */
    static class Users {

        public static void main(String[] arguments) {
            new SpringApplicationBuilder(SampleApplication.class, Users.class).run(arguments);
        }

        @Bean
        FilterRegistrationBean<OncePerRequestFilter> login() {
            return new FilterRegistrationBean<>(new OncePerRequestFilter() {
                @Override
                protected void doFilterInternal(
                        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                        throws ServletException, IOException {
                    String name = request.getParameter("user");
                    chain.doFilter(name == null ? request : new LoggedIn(request, name), response);
                }
            });
        }

        @Bean
        RouterFunction<ServerResponse> users(SimpUserRegistry registry) {
            return RouterFunctions.route()
                    .GET(
                            "/users",
                            request -> ServerResponse.ok()
                                    .body(registry.getUsers().stream()
                                            .map(SimpUser::getName)
                                            .collect(Collectors.joining(" "))))
                    .build();
        }
    }

    /** A request of a user. */
    private static final class LoggedIn extends HttpServletRequestWrapper {

        private final String name;

        LoggedIn(HttpServletRequest request, String name) {
            super(request);
            this.name = name;
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> name;
        }
    }
}
