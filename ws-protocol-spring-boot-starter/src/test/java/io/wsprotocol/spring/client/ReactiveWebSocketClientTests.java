package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.spring.autoconfigure.WsProtocolAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolClientAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolReactiveClientAutoConfiguration;
import io.wsprotocol.spring.reactive.ReactiveServer;
import io.wsprotocol.spring.reactive.WsProtocolReactiveSession;
import io.wsprotocol.spring.server.EndpointServer;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests of WebFlux's client on the engine, against servers on real sockets: the engine's on both stacks, and Tomcat's own. */
class ReactiveWebSocketClientTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "tomcat's own engine", "reactor netty"})
    void messagesComeBackAndTheEndOfTheHandlerClosesWith1000(String server) {
        runner().run(context -> {
            AtomicReference<CloseStatus> status = new AtomicReference<>();
            client(context)
                    .execute(uri(port(server), "/echo"), session -> {
                        assertThat(session).isInstanceOf(WsProtocolReactiveSession.class);
                        session.closeStatus().subscribe(status::set);
                        Flux<WebSocketMessage> sent = Flux.range(0, 100).map(i -> session.textMessage("message " + i));
                        return session.send(sent)
                                .thenMany(session.receive()
                                        .take(100)
                                        .map(WebSocketMessage::getPayloadAsText)
                                        .doOnNext(heard::add))
                                .then();
                    })
                    .block(PATIENCE);
            assertThat(heard).hasSize(100).startsWith("message 0").endsWith("message 99");
            assertThat(status.get().getCode()).isEqualTo(1000);
        });
    }

    @Test
    void theSubprotocolOfTheHandlerIsOfferedAndHeadersAreSent() {
        runner().run(context -> {
            HttpHeaders headers = new HttpHeaders();
            headers.add("X-Key", "k1");
            headers.add("Upgrade", "of another handshake");
            headers.add("Sec-WebSocket-Protocol", "of another handshake");
            try (Relay relay = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")) {
                assertThatThrownBy(() -> client(context)
                                .execute(uri(relay.port(), "/prices"), headers, speaking("v2", "v1"))
                                .block(PATIENCE))
                        .hasMessageContaining("503")
                        .isInstanceOf(WebSocketHandshakeException.class);
                assertThat(relay.heads().get(0))
                        .contains("X-Key: k1\r\n", "Sec-WebSocket-Protocol: v2, v1\r\n")
                        .doesNotContain("another");
            }
            client(context)
                    .execute(uri(ReactiveServer.shared().port(), "/chat"), speaking("none", "superchat"))
                    .block(PATIENCE);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("superchat");
        });
    }

    private WebSocketHandler speaking(String... subprotocols) {
        return new WebSocketHandler() {
            @Override
            public List<String> getSubProtocols() {
                return List.of(subprotocols);
            }

            @Override
            public Mono<Void> handle(WebSocketSession session) {
                heard.add(String.valueOf(session.getHandshakeInfo().getSubProtocol()));
                return Mono.empty();
            }
        };
    }

    @Test
    void whoCancelsClosesTheConnectionWith1000AndCancelsTheHandler() {
        runner().run(context -> {
            Disposable connection = client(context)
                    .execute(uri(ReactiveServer.shared().port(), "/echo?cancelled"), session -> {
                        session.closeStatus().subscribe(status -> heard.add("closed " + status.getCode()));
                        heard.add("open");
                        return Mono.<Void>never().doOnCancel(() -> heard.add("cancelled"));
                    })
                    .subscribe();
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("open");
            connection.dispose();
            assertThat(List.of(heard.poll(20, TimeUnit.SECONDS), heard.poll(20, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder("cancelled", "closed 1000");
            ReactiveServer.Recorder server = ReactiveServer.shared().recorder();
            assertThat(server.next("cancelled")).isEqualTo("established");
            assertThat(server.next("cancelled")).isEqualTo("closed 1000");
        });
    }

    @Test
    void whoCancelsBeforeTheAnswerIsThereLeavesNoConnection() throws Exception {
        try (Relay relay = Relay.silent()) {
            runner().run(context -> {
                Disposable connection = client(context)
                        .execute(uri(relay.port(), "/"), session -> {
                            heard.add("open");
                            return Mono.empty();
                        })
                        .doOnError(e -> heard.add("told"))
                        .subscribe();
                await().until(() -> !relay.heads().isEmpty());
                connection.dispose();
                await().until(relay::ended);
                assertThat(heard).isEmpty();
            });
        }
    }

    @Test
    void aFailureOfTheHandlerClosesWith1011AndFailsTheMono() {
        runner().run(context -> {
            assertThatThrownBy(() -> client(context)
                            .execute(uri(ReactiveServer.shared().port(), "/echo?failing"), session -> {
                                throw new IllegalStateException("asked for");
                            })
                            .block(PATIENCE))
                    .hasMessage("asked for");
            ReactiveServer.Recorder server = ReactiveServer.shared().recorder();
            assertThat(server.next("failing")).isEqualTo("established");
            assertThat(server.next("failing")).isEqualTo("closed 1011");
        });
    }

    @Test
    void aServerThatCannotBeReachedFailsTheMono() throws Exception {
        int nobody;
        try (Relay relay = Relay.silent()) {
            nobody = relay.port();
        }
        runner().run(context -> assertThatThrownBy(() -> client(context)
                        .execute(uri(nobody, "/"), session -> Mono.empty())
                        .block(PATIENCE))
                .hasCauseInstanceOf(ConnectException.class));
    }

    @Test
    void aCloseOfTheServerEndsWhatIsReceivedAndIsKnown() {
        runner().run(context -> {
            client(context)
                    .execute(uri(EndpointServer.shared().port(), "/echo"), session -> {
                        session.closeStatus().subscribe(status -> heard.add("closed " + status.getCode()));
                        return session.send(Mono.just(session.textMessage("close")))
                                .thenMany(session.receive())
                                .then();
                    })
                    .block(PATIENCE);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("closed 4001");
        });
    }

    @Test
    void namedClientsComeBackUntilTheirSubscriberCancels() throws Exception {
        try (Relay relay = Relay.to(ReactiveServer.shared().port())) {
            runner().withPropertyValues(
                            "ws-protocol.client.test.url=ws://127.0.0.1:" + relay.port() + "/chat?again",
                            "ws-protocol.client.test.sub-protocols=chat",
                            "ws-protocol.client.test.reconnect.initial=10ms",
                            "ws-protocol.client.test.reconnect.max=20ms")
                    .run(context -> {
                        ReactiveWebSocketClientFactory factory = context.getBean(ReactiveWebSocketClientFactory.class);
                        Disposable connection = factory.keepConnected("test", session -> {
                                    heard.add(
                                            "open " + session.getHandshakeInfo().getSubProtocol());
                                    return session.receive().then();
                                })
                                .subscribe();
                        for (int life = 0; life < 3; life++) {
                            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("open chat");
                            relay.cut();
                        }
                        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("open chat");
                        connection.dispose();
                        await().until(relay::ended);
                        assertThat(heard).isEmpty();
                        assertThat(factory.names()).containsExactly("test");
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> factory.url("tset"))
                                .withMessageContaining("[test]");
                    });
        }
    }

    @Test
    void anApplicationsOwnClientStays() {
        WebSocketClient own = new ReactorNettyWebSocketClient();
        runner().withBean(WebSocketClient.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(WebSocketClient.class)).isSameAs(own));
    }

    @Test
    void thereIsOneWithoutSpringsOtherWebSocketsAndTheOtherWithoutWebFlux() {
        runner().withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
                .run(context -> assertThat(context)
                        .hasSingleBean(WsProtocolReactiveWebSocketClient.class)
                        .doesNotHaveBean(WebSocketClientFactory.class));
        runner().withClassLoader(new FilteredClassLoader("org.springframework.web.reactive", "reactor"))
                .run(context -> assertThat(context)
                        .hasSingleBean(WsProtocolWebSocketClient.class)
                        .doesNotHaveBean(ReactiveWebSocketClientFactory.class));
    }

    private static int port(String server) {
        return switch (server) {
            case "tomcat" -> EndpointServer.shared().port();
            case "tomcat's own engine" ->
                EndpointServer.shared("ws-protocol.spring.exclude-paths=/echo").port();
            default -> ReactiveServer.shared().port();
        };
    }

    private static URI uri(int port, String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    private static WebSocketClient client(AssertableApplicationContext context) {
        return context.getBean(WebSocketClient.class);
    }

    private static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        WsProtocolAutoConfiguration.class,
                        WsProtocolClientAutoConfiguration.class,
                        WsProtocolReactiveClientAutoConfiguration.class));
    }
}
