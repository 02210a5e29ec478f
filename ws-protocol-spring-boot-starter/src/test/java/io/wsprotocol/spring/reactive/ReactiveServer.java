package io.wsprotocol.spring.reactive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.util.ResourceLeakDetector;
import io.wsprotocol.spring.PooledBufferSource;
import io.wsprotocol.spring.server.LedgerBufferSource;
import io.wsprotocol.spring.server.ServerLedger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** An ordinary WebFlux application with WebSocket endpoints on a random port. Nothing in it knows of the engine. */
public final class ReactiveServer implements AutoCloseable {

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    private static final Map<String, ReactiveServer> SHARED = new ConcurrentHashMap<>();

    private final ConfigurableApplicationContext context;
    private final int port;

    private ReactiveServer(ConfigurableApplicationContext context) {
        this.context = context;
        ServerLedger.watch(context);
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public static ReactiveServer start(String... properties) {
        return start(ReactiveStack.REACTOR_NETTY, properties);
    }

    static ReactiveServer start(ReactiveStack stack, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "server.port=0",
                "spring.main.banner-mode=off",
                "server.shutdown=immediate",
                "spring.jmx.enabled=false"));
        all.addAll(stack.properties());
        all.addAll(List.of(properties));
        return new ReactiveServer(new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .properties(all.toArray(String[]::new))
                .run());
    }

    /** One server for all tests that want these properties; it ends with the JVM. */
    public static ReactiveServer shared(String... properties) {
        return shared(ReactiveStack.REACTOR_NETTY, properties);
    }

    static ReactiveServer shared(ReactiveStack stack, String... properties) {
        return SHARED.computeIfAbsent(stack + " " + String.join(" ", properties), key -> start(stack, properties));
    }

    public int port() {
        return port;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public Recorder recorder() {
        return context.getBean(Recorder.class);
    }

    @Override
    public void close() {
        ServerLedger.forget(context);
        context.close();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        LedgerBufferSource ledgerBufferSource() {
            return new LedgerBufferSource(new PooledBufferSource(1 << 20));
        }

        /** Counts every byte that is not released, so that the ledger sees a leak at once. */
        @Bean
        UnpooledByteBufAllocator allocator() {
            return new UnpooledByteBufAllocator(true);
        }

        /** Its own, so that one server that ends does not take the threads of all others along. */
        @Bean
        ReactorResourceFactory resources() {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            resources.setShutdownQuietPeriod(Duration.ZERO);
            return resources;
        }

        @Bean
        NettyServerCustomizer allocating(UnpooledByteBufAllocator allocator) {
            return server -> server.childOption(ChannelOption.ALLOCATOR, allocator);
        }

        /** Whatever Reactor Netty can put into a pipeline that looks at HTTP. */
        @Bean
        @ConditionalOnBooleanProperty("test.everything")
        NettyServerCustomizer watching() {
            return server -> server.accessLog(true)
                    .metrics(true, uri -> uri)
                    .readTimeout(Duration.ofSeconds(5))
                    .requestTimeout(Duration.ofSeconds(5));
        }

        @Bean
        Recorder recorder() {
            return new Recorder();
        }

        /** What an application does that looks a user up somewhere else. */
        @Bean
        WebFilter slowFilter() {
            return (exchange, chain) -> exchange.getRequest().getPath().value().equals("/later")
                    ? Mono.delay(Duration.ofMillis(20)).then(chain.filter(exchange))
                    : chain.filter(exchange).contextWrite(context -> context.put("user", "somebody"));
        }

        @Bean
        SimpleUrlHandlerMapping endpoints(Recorder recorder) {
            WebSocketHandler echo = recorder.recording(ReactiveServer::echo);
            SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(
                    Map.of(
                            "/echo",
                            echo,
                            "/later",
                            echo,
                            "/friends",
                            echo,
                            "/excluded",
                            echo,
                            "/chat",
                            new Chat(echo),
                            "/stream",
                            recorder.recording(
                                    session -> session.send(session.receive().doOnNext(WebSocketMessage::retain))),
                            "/flood",
                            recorder.recording(session -> flood(session, recorder)),
                            "/push",
                            recorder.recording(session -> push(session, recorder)),
                            "/asked",
                            recorder.recording(session -> asked(session, recorder)),
                            "/thrown",
                            session -> {
                                throw new IllegalStateException("asked for");
                            }),
                    -1);
            CorsConfiguration friends = new CorsConfiguration();
            friends.addAllowedOrigin("https://friend.example");
            friends.setAllowedMethods(List.of("GET", "CONNECT"));
            mapping.setCorsConfigurations(Map.of("/friends", friends));
            return mapping;
        }
    }

    /** What handlers saw, by the session's query, so that tests do not see each other. */
    public static final class Recorder {

        private final Map<String, BlockingQueue<String>> events = new ConcurrentHashMap<>();
        private final Map<String, BaseSubscriber<WebSocketMessage>> readers = new ConcurrentHashMap<>();

        void add(WebSocketSession session, String event) {
            queue(key(session)).add(event);
        }

        public String next(String key) throws InterruptedException {
            String event = queue(key).poll(20, TimeUnit.SECONDS);
            return event == null ? "(nothing)" : event;
        }

        public boolean isQuiet(String key) {
            return queue(key).isEmpty();
        }

        /** Who reads a session of /asked, and asks only when the test does. */
        public BaseSubscriber<WebSocketMessage> reader(String key) {
            return readers.get(key);
        }

        private BlockingQueue<String> queue(String key) {
            return events.computeIfAbsent(key, any -> new LinkedBlockingQueue<>());
        }

        private static String key(WebSocketSession session) {
            return String.valueOf(session.getHandshakeInfo().getUri().getQuery());
        }

        private WebSocketHandler recording(WebSocketHandler handler) {
            return session -> {
                add(session, "established");
                session.closeStatus().subscribe(status -> add(session, "closed " + status.getCode()));
                return handler.handle(session);
            };
        }
    }

    /** Echoes, and does what some texts tell it. */
    private static Mono<Void> echo(WebSocketSession session) {
        return Flux.deferContextual(context -> session.receive()
                        .concatMap(message -> answer(session, message, context.getOrDefault("user", "nobody"))))
                .onErrorResume(IllegalArgumentException.class, e -> session.close(new CloseStatus(4001, "asked for")))
                .then();
    }

    private static Publisher<Void> answer(WebSocketSession session, WebSocketMessage message, String user) {
        if (message.getType() == WebSocketMessage.Type.BINARY) {
            return session.send(Mono.just(message));
        }
        if (message.getType() == WebSocketMessage.Type.PONG) {
            return session.send(Mono.just(session.textMessage("pong " + message.getPayloadAsText())));
        }
        String text = message.getPayloadAsText();
        return switch (text) {
            case "throw" -> Mono.error(new IllegalStateException("asked for"));
            case "close" -> session.close(new CloseStatus(4001, "asked for"));
            case "close without status" -> session.close(new CloseStatus(1005));
            case "done" -> Mono.error(new IllegalArgumentException("the loop ends"));
            case "ping" ->
                session.send(Mono.just(
                        session.pingMessage(factory -> factory.wrap("hello".getBytes(StandardCharsets.UTF_8)))));
            case "pooled" -> session.send(Flux.range(0, 3).map(ReactiveServer::pooled));
            case "who" -> session.send(Mono.just(session.textMessage(describe(session, user))));
            default -> session.send(Mono.just(session.textMessage(text)));
        };
    }

    private static WebSocketMessage pooled(int number) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer();
        buffer.writeCharSequence("part " + number, StandardCharsets.UTF_8);
        POOLED.add(buffer);
        return new WebSocketMessage(
                WebSocketMessage.Type.TEXT, new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT).wrap(buffer));
    }

    /** The buffers that /echo took from a pool of its own. */
    static final List<ByteBuf> POOLED = new CopyOnWriteArrayList<>();

    private static String describe(WebSocketSession session, String user) {
        return session.getClass().getSimpleName() + " "
                + session.getHandshakeInfo().getSubProtocol() + " "
                + session.getHandshakeInfo().getHeaders().getFirst("Host") + " "
                + (session.getHandshakeInfo().getRemoteAddress() != null) + " " + user + " "
                + Schedulers.isInNonBlockingThread();
    }

    /** Sends as much as it is told to: "count size". */
    private static Mono<Void> flood(WebSocketSession session, Recorder recorder) {
        return session.receive().next().flatMap(message -> {
            String[] words = message.getPayloadAsText().split(" ");
            int size = Integer.parseInt(words[1]);
            return session.send(Flux.range(0, Integer.parseInt(words[0]))
                            .map(i -> session.binaryMessage(factory -> {
                                byte[] payload = new byte[size];
                                payload[0] = (byte) (int) i;
                                FLOODED.merge(Recorder.key(session), 1, Integer::sum);
                                return factory.wrap(payload);
                            })))
                    .doOnSuccess(nothing -> recorder.add(session, "flooded"))
                    .doOnError(e -> recorder.add(session, e.getClass().getSimpleName()));
        });
    }

    /** How many messages the sources of /flood gave, by the session's query. */
    static final Map<String, Integer> FLOODED = new ConcurrentHashMap<>();

    /** Only sends, and never looks at what comes. */
    private static Mono<Void> push(WebSocketSession session, Recorder recorder) {
        return session.send(
                        Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().map(i -> session.textMessage("" + i)))
                .doOnSuccess(nothing -> recorder.add(session, "sent"))
                .doOnError(e -> recorder.add(session, "failed"));
    }

    /** Takes nothing that the test does not ask for. */
    private static Mono<Void> asked(WebSocketSession session, Recorder recorder) {
        BaseSubscriber<WebSocketMessage> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                recorder.add(session, "waiting");
            }

            @Override
            protected void hookOnNext(WebSocketMessage message) {
                recorder.add(
                        session, message.getType() + " " + message.getPayload().readableByteCount());
                DataBufferUtils.release(message.getPayload());
            }

            @Override
            protected void hookOnComplete() {
                recorder.add(session, "complete");
            }

            @Override
            protected void hookOnError(Throwable cause) {
                recorder.add(session, "error");
            }
        };
        recorder.readers.put(Recorder.key(session), reader);
        session.receive().subscribe(reader);
        return Mono.never();
    }

    /** Speaks two sub-protocols. */
    private record Chat(WebSocketHandler handler) implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return List.of("chat", "superchat");
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return handler.handle(session);
        }
    }
}
