package io.wsprotocol.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.WebSocketHandshakeException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** A WebFlux application without a port, as its own tests would talk to it. */
@SpringBootTest(
        classes = ReactiveInMemoryWebSocketsTests.Application.class,
        properties = "spring.main.web-application-type=reactive")
@AutoConfigureInMemoryWebSockets
class ReactiveInMemoryWebSocketsTests {

    @Autowired
    ReactiveInMemoryWebSockets sockets;

    @Autowired
    ApplicationContext context;

    @Autowired
    Echo echo;

    @Test
    void messagesComeBackWithoutAPort() {
        assertThat(context.getEnvironment().getProperty("local.server.port")).isNull();
        assertThat(context.getBeanNamesForType(InMemoryWebSockets.class)).isEmpty();
        try (FrameClient client = sockets.open("/echo")) {
            client.sendText("hello").expectText("hello");
            client.sendBinary((byte) 1, (byte) 2).expectBinary((byte) 1, (byte) 2);
            assertThat(client.send(Frame.ping("?")).nextFrame()).isEqualTo(Frame.pong("?"));
            client.sendInPieces(1, Frame.text("byte by byte")).expectText("byte by byte");
            byte[] much = new byte[900_000];
            Arrays.fill(much, (byte) 7);
            client.sendBinary(much).expectBinary(much);
            client.sendClose(1000).expectClose(1000).expectEnd();
        }
    }

    @Test
    void theHandlerHasHeardOfTheEndWhenCloseReturns() {
        for (int i = 0; i < 50; i++) {
            echo.ends.clear();
            try (FrameClient client = sockets.open("/echo?note")) {
                client.sendClose(4000).expectClose(4000);
            }
            assertThat(echo.ends).hasSize(1);
            try (FrameClient client = sockets.open("/echo?note")) {
                client.sendText("and gone");
            }
            assertThat(echo.ends).hasSize(2);
        }
    }

    @Test
    void whatAPeerMayGetWrongEndsTheConnection() {
        try (FrameClient client = sockets.open("/echo")) {
            client.sendUnmasked(Frame.text("hello")).expectClose(1002).expectEnd();
        }
        try (FrameClient client = sockets.open("/echo")) {
            client.send(Frame.of(Frame.TEXT, new byte[] {(byte) 0xFF}))
                    .expectClose(1007)
                    .expectEnd();
        }
    }

    @Test
    void aHandlerThatClosesIsAnswered() {
        try (FrameClient client = sockets.open("/close")) {
            Frame close = client.nextFrame();
            assertThat(close.closeStatus()).isEqualTo(4001);
            assertThat(close.closeReason()).isEqualTo("asked for");
            client.send(close).expectEnd();
        }
    }

    @Test
    void handshakesGoThroughFiltersAndTheOriginCheck() {
        assertThat(sockets.handshake("/echo")
                        .origin("https://evil.example")
                        .refused()
                        .status())
                .isEqualTo(403);
        try (FrameClient friend =
                sockets.handshake("/echo").origin("https://friend.example").open()) {
            friend.sendText("hello").expectText("hello");
        }
        assertThat(sockets.handshake("/echo")
                        .without("Sec-WebSocket-Key")
                        .refused()
                        .status())
                .isEqualTo(400);
        assertThat(sockets.handshake("/nowhere").refused().status()).isEqualTo(404);
        assertThat(sockets.handshake("/echo?filter").refused().status()).isEqualTo(402);
        assertThatThrownBy(() -> sockets.open("/nowhere"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("404");
    }

    @Test
    void theSessionKnowsItsUserItsQueryItsCookiesAndItsSubprotocol() {
        try (FrameClient client = sockets.as(() -> "ann")
                .handshake("/who?name=value")
                .header("Cookie", "one=1; two=2")
                .header("Sec-WebSocket-Protocol", "none, chat")
                .open()) {
            assertThat(client.response().headers().getFirst("X-Filtered")).isEqualTo("yes");
            assertThat(client.response().headers().getFirst("Set-Cookie")).startsWith("seen=1");
            assertThat(client.response().headers().getFirst("Sec-WebSocket-Protocol"))
                    .isEqualTo("chat");
            client.expectText("ann name=value [one, two] chat");
        }
        try (FrameClient client = sockets.open("/who")) {
            client.expectText("nobody null [] null");
        }
    }

    @Test
    void springsClientTalksToTheApplicationWithTheEngineOnBothEnds() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        sockets.client()
                .execute(
                        URI.create("ws://localhost/echo"),
                        session -> session.send(Mono.just(session.textMessage("hello")))
                                .then(session.receive()
                                        .next()
                                        .doOnNext(message -> heard.add(message.getPayloadAsText()))
                                        .then())
                                .then(session.close()))
                .block(Duration.ofSeconds(10));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");

        assertThatThrownBy(() -> sockets.client()
                        .execute(URI.create("ws://localhost/nowhere"), session -> Mono.empty())
                        .block(Duration.ofSeconds(10)))
                .isInstanceOf(WebSocketHandshakeException.class);
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Echo echo() {
            return new Echo();
        }

        @Bean
        SimpleUrlHandlerMapping endpoints(Echo echo) {
            SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(
                    Map.of("/echo", echo, "/who", new Who(), "/close", (WebSocketHandler)
                            session -> session.close(new CloseStatus(4001, "asked for"))),
                    -1);
            CorsConfiguration friends = new CorsConfiguration();
            friends.addAllowedOrigin("https://friend.example");
            mapping.setCorsConfigurations(Map.of("/**", friends));
            return mapping;
        }

        @Bean
        WebFilter filter() {
            return (exchange, chain) -> {
                if ("filter".equals(exchange.getRequest().getURI().getQuery())) {
                    exchange.getResponse().setStatusCode(HttpStatus.PAYMENT_REQUIRED);
                    return exchange.getResponse().setComplete();
                }
                exchange.getResponse().getHeaders().set("X-Filtered", "yes");
                exchange.getResponse()
                        .addCookie(ResponseCookie.from("seen", "1").build());
                return chain.filter(exchange);
            };
        }
    }

    /** Echoes, and notes how what it receives ends where the query asks for it. */
    static final class Echo implements WebSocketHandler {

        final List<SignalType> ends = new CopyOnWriteArrayList<>();

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            Flux<WebSocketMessage> received = session.receive()
                    .doOnNext(WebSocketMessage::retain)
                    .doFinally(end -> {
                        if ("note".equals(session.getHandshakeInfo().getUri().getQuery())) {
                            ends.add(end);
                        }
                    });
            return session.send(received);
        }
    }

    /** Says what it knows from the handshake. */
    private static final class Who implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return List.of("chat");
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            HandshakeInfo handshake = session.getHandshakeInfo();
            return handshake
                    .getPrincipal()
                    .map(user -> user.getName())
                    .defaultIfEmpty("nobody")
                    .flatMap(user -> session.send(Mono.just(session.textMessage(user + " "
                            + handshake.getUri().getQuery() + " "
                            + handshake.getCookies().keySet() + " " + handshake.getSubProtocol()))));
        }
    }
}
