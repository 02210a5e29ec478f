package io.wsprotocol.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.spring.server.WsProtocolWebSocketSession;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** An application without a port, as its own tests would talk to it. The property proves that no container's transport is asked. */
@SpringBootTest(
        classes = InMemoryWebSocketsTests.Application.class,
        properties = "ws-protocol.server.transport=servlet")
@AutoConfigureInMemoryWebSockets
class InMemoryWebSocketsTests {

    @Autowired
    InMemoryWebSockets sockets;

    @Autowired
    Environment environment;

    @Autowired
    Echo echo;

    @Autowired
    SimpMessagingTemplate messages;

    @AfterEach
    void nothingIsLeftOver() {
        assertThat(echo.open).isEmpty();
        echo.ends.clear();
        assertThat(RequestContextHolder.getRequestAttributes()).isNotNull();
    }

    @Test
    void messagesComeBackWithoutAPort() {
        assertThat(environment.getProperty("local.server.port")).isNull();
        try (FrameClient client = sockets.open("/echo")) {
            client.sendText("hello").expectText("hello");
            client.sendBinary((byte) 1, (byte) 2).expectBinary((byte) 1, (byte) 2);
            assertThat(client.send(Frame.ping("?")).nextFrame()).isEqualTo(Frame.pong("?"));
            client.send(Frame.text("in ").notFinal())
                    .send(Frame.continuation("parts"))
                    .expectText("in parts");
            client.sendInPieces(1, Frame.text("byte by byte")).expectText("byte by byte");
            client.sendClose(1000).expectClose(1000).expectEnd();
        }
    }

    @Test
    void theHandlerHasHeardOfTheEndWhenCloseReturns() {
        for (int i = 0; i < 50; i++) {
            try (FrameClient client = sockets.open("/echo")) {
                client.sendClose(4000).expectClose(4000);
            }
            assertThat(echo.ends.poll()).isEqualTo(4000);
            try (FrameClient client = sockets.open("/echo")) {
                client.sendText("and gone");
            }
            assertThat(echo.ends.poll()).isEqualTo(1006);
        }
    }

    @Test
    void aHandlerThatClosesIsAnswered() {
        try (FrameClient client = sockets.open("/echo")) {
            Frame close = client.sendText("close").nextFrame();
            assertThat(close.closeStatus()).isEqualTo(4001);
            assertThat(close.closeReason()).isEqualTo("asked for");
            client.send(close).expectEnd();
        }
        assertThat(echo.ends.poll()).isEqualTo(4001);
    }

    @Test
    void whatAPeerMayGetWrongEndsTheConnection() {
        try (FrameClient client = sockets.open("/echo")) {
            client.sendUnmasked(Frame.text("hello")).expectClose(1002).expectEnd();
        }
        try (FrameClient client = sockets.open("/echo")) {
            client.send(Frame.text("hello").withReserved(4)).expectClose(1002).expectEnd();
        }
        try (FrameClient client = sockets.open("/echo")) {
            client.send(Frame.of(Frame.TEXT, new byte[] {(byte) 0xFF}))
                    .expectClose(1007)
                    .expectEnd();
        }
        try (FrameClient client = sockets.open("/echo")) {
            client.send(Frame.close(1005, "")).expectClose(1002).expectEnd();
        }
        try (FrameClient client = sockets.open("/echo")) {
            client.write(new byte[] {(byte) 0x81, (byte) 0xFF}).shutdownOutput();
            assertThatThrownBy(() -> client.expectText("never")).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void longMessagesPassInBothDirectionsAlthoughTheConnectionHoldsLittle() {
        byte[] payload = new byte[900_000];
        Arrays.fill(payload, (byte) 7);
        try (FrameClient client = sockets.open("/echo")) {
            client.sendBinary(payload).expectBinary(payload);
        }
    }

    @Test
    void aHandlerThatDoesNotReturnHoldsTheWriterBackAndIsNamedAtTheEnd() throws Exception {
        FrameClient client = sockets.open("/echo").patience(Duration.ofMillis(300));
        client.sendText("block");
        byte[] much = new byte[600_000];
        assertThatThrownBy(() -> client.sendBinary(much)).hasMessageContaining("did not read");
        assertThatThrownBy(client::close).isInstanceOf(AssertionError.class).hasMessageContaining("has not returned");
        echo.unblock.countDown();
        client.patience(Duration.ofSeconds(10)).close();
    }

    @Test
    void handshakesGoThroughFiltersInterceptorsAndTheOriginCheck() {
        assertThat(sockets.handshake("/echo")
                        .origin("https://evil.example")
                        .refused()
                        .status())
                .isEqualTo(403);
        assertThat(sockets.handshake("/echo")
                        .origin("http://localhost")
                        .without("Sec-WebSocket-Key")
                        .refused()
                        .status())
                .isEqualTo(400);
        assertThat(sockets.handshake("/echo")
                        .header("Sec-WebSocket-Version", "12")
                        .refused()
                        .headers())
                .satisfies(headers ->
                        assertThat(headers.getFirst("Sec-WebSocket-Version")).isEqualTo("13"));
        assertThat(sockets.handshake("/nowhere").refused().status()).isEqualTo(404);
        assertThat(sockets.handshake("/echo?intercept").refused().status()).isEqualTo(409);
        assertThat(sockets.handshake("/echo?filter").refused().status()).isEqualTo(402);
        try (FrameClient client = sockets.as(() -> "ann").open("/echo?name=value")) {
            assertThat(client.response().headers().getFirst("X-Filtered")).isEqualTo("yes");
            client.sendText("who").expectText("ann intercepted name=value");
        }
        assertThatThrownBy(() -> sockets.open("/nowhere"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("404");
        assertThatThrownBy(() -> sockets.handshake("/echo").refused())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("accepted");
    }

    @Test
    void springsClientTalksToTheApplicationWithTheEngineOnBothEnds() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        WebSocketSession session = sockets.client()
                .execute(
                        new AbstractWebSocketHandler() {
                            @Override
                            protected void handleTextMessage(WebSocketSession from, TextMessage message) {
                                heard.add(message.getPayload());
                            }

                            @Override
                            public void afterConnectionClosed(WebSocketSession from, CloseStatus status) {
                                heard.add("closed " + status.getCode());
                            }
                        },
                        "ws://localhost/echo")
                .get(10, TimeUnit.SECONDS);
        assertThat(session).isInstanceOf(WsProtocolWebSocketSession.class);
        session.sendMessage(new TextMessage("hello"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
        session.close();
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 1000");
        assertThat(echo.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(1000);

        assertThatThrownBy(() -> sockets.client()
                        .execute(new AbstractWebSocketHandler() {}, "ws://localhost/nowhere")
                        .get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void stompGoesThroughTheBrokerAndKnowsTheUser() throws Exception {
        WebSocketStompClient stomp =
                new WebSocketStompClient(sockets.as(() -> "ann").client());
        stomp.setMessageConverter(new StringMessageConverter());
        CompletableFuture<String> received = new CompletableFuture<>();
        StompSession session = stomp.connectAsync("ws://localhost/stomp", new StompSessionHandlerAdapter() {})
                .get(10, TimeUnit.SECONDS);
        session.subscribe("/user/queue/news", new StompSessionHandlerAdapter() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return String.class;
            }

            @Override
            public void handleFrame(StompHeaders headers, Object payload) {
                received.complete(String.valueOf(payload));
            }
        });
        // The simple broker does not say when a subscription counts.
        await().until(() -> {
            messages.convertAndSendToUser("ann", "/queue/news", "hello");
            return received.isDone();
        });
        assertThat(received).isCompletedWithValue("hello");
        session.disconnect();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocket
    @EnableWebSocketMessageBroker
    static class Application implements WebSocketConfigurer, WebSocketMessageBrokerConfigurer {

        @Bean
        Echo echo() {
            return new Echo();
        }

        @Bean
        FilterRegistrationBean<OncePerRequestFilter> filter() {
            return new FilterRegistrationBean<>(new OncePerRequestFilter() {
                @Override
                protected void doFilterInternal(
                        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                        throws ServletException, IOException {
                    if ("filter".equals(request.getQueryString())) {
                        response.setStatus(402);
                        return;
                    }
                    response.setHeader("X-Filtered", "yes");
                    chain.doFilter(request, response);
                }
            });
        }

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(echo(), "/echo").addInterceptors(new Interceptor());
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/stomp");
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/queue");
        }
    }

    /** Says no to one query, and leaves a word for the handler otherwise. */
    private static final class Interceptor implements HandshakeInterceptor {

        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                Map<String, Object> attributes) {
            if ("intercept".equals(request.getURI().getQuery())) {
                response.setStatusCode(HttpStatus.CONFLICT);
                return false;
            }
            attributes.put("seen", "intercepted");
            return true;
        }

        @Override
        public void afterHandshake(
                ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, Exception failure) {}
    }

    /** Echoes, and does what some texts tell it. */
    static final class Echo extends AbstractWebSocketHandler {

        final List<WebSocketSession> open = new CopyOnWriteArrayList<>();
        final BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        final CountDownLatch unblock = new CountDownLatch(1);

        @Override
        public void afterConnectionEstablished(WebSocketSession session) {
            open.add(session);
        }

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            switch (message.getPayload()) {
                case "close" -> session.close(new CloseStatus(4001, "asked for"));
                case "block" -> assertThat(unblock.await(10, TimeUnit.SECONDS)).isTrue();
                case "who" -> {
                    Principal user = session.getPrincipal();
                    session.sendMessage(new TextMessage((user == null ? "nobody" : user.getName()) + " "
                            + session.getAttributes().get("seen") + " "
                            + session.getUri().getQuery()));
                }
                default -> session.sendMessage(message);
            }
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws Exception {
            session.sendMessage(message);
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            open.remove(session);
            ends.add(status.getCode());
        }
    }
}
