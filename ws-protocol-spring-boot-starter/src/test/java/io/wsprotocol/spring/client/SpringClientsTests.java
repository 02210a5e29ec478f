package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wsprotocol.spring.server.WsProtocolWebSocketSession;
import java.lang.reflect.Type;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.integration.websocket.ClientWebSocketContainer;
import org.springframework.integration.websocket.inbound.WebSocketInboundChannelAdapter;
import org.springframework.integration.websocket.outbound.WebSocketOutboundMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.client.WebSocketConnectionManager;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

/** All that Spring builds upon its {@code WebSocketClient}, on ours, over real sockets. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = SpringClientsTests.Application.class,
        properties = {
            "spring.autoconfigure.exclude="
                    + "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration",
            "server.shutdown=immediate"
        })
class SpringClientsTests {

    @Autowired
    WebSocketClient client;

    @LocalServerPort
    int port;

    private final Heard heard = new Heard();

    @Test
    void aConnectionManagerStartsAndStopsIt() throws Exception {
        WebSocketConnectionManager manager =
                new WebSocketConnectionManager(client, heard, "ws://localhost:{port}/echo", port);
        manager.start();
        WebSocketSession session = heard.session.get(20, TimeUnit.SECONDS);
        assertThat(session).isInstanceOf(WsProtocolWebSocketSession.class);
        await().until(manager::isConnected);
        session.sendMessage(new TextMessage("hello"));
        assertThat(heard.next()).isEqualTo("hello");
        manager.stop();
        assertThat(heard.next()).isEqualTo("closed 1000");
        assertThat(manager.isConnected()).isFalse();
    }

    @Test
    void sockJsGoesOverIt() throws Exception {
        SockJsClient sockJs = new SockJsClient(List.of(new WebSocketTransport(client)));
        sockJs.start();
        WebSocketSession session =
                sockJs.execute(heard, "http://localhost:" + port + "/sockjs").get(20, TimeUnit.SECONDS);
        session.sendMessage(new TextMessage("hello"));
        assertThat(heard.next()).isEqualTo("hello");
        session.close();
        assertThat(heard.next()).startsWith("closed ");
        sockJs.stop();
    }

    @Test
    void stompGoesOverItWithHeartbeats() throws Exception {
        WebSocketStompClient stomp = new WebSocketStompClient(client);
        stomp.setMessageConverter(new StringMessageConverter());
        try (SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler()) {
            stomp.setTaskScheduler(scheduler);
            stomp.setDefaultHeartbeat(new long[] {1_000, 1_000});
            StompSession session = stomp.connectAsync(
                            "ws://localhost:" + port + "/stomp", new StompSessionHandlerAdapter() {})
                    .get(20, TimeUnit.SECONDS);
            BlockingQueue<Object> payloads = new LinkedBlockingQueue<>();
            session.subscribe("/topic/news", new StompSessionHandlerAdapter() {
                @Override
                public Type getPayloadType(StompHeaders headers) {
                    return String.class;
                }

                @Override
                public void handleFrame(StompHeaders headers, Object payload) {
                    payloads.add(payload);
                }
            });
            // The broker answers no SUBSCRIBE, but takes the messages of one connection in order.
            session.send("/topic/news", "hello");
            assertThat(payloads.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
            session.disconnect();
            await().until(() -> !session.isConnected());
        }
    }

    @Test
    void springIntegrationSendsAndReceivesOverIt() throws Exception {
        try (AnnotationConfigApplicationContext integration = new AnnotationConfigApplicationContext()) {
            integration.registerBean(
                    ClientWebSocketContainer.class,
                    () -> new ClientWebSocketContainer(client, "ws://localhost:{port}/echo", port));
            integration.register(Integration.class);
            integration.refresh();
            integration
                    .getBean(WebSocketOutboundMessageHandler.class)
                    .handleMessage(MessageBuilder.withPayload("hello").build());
            Message<?> received = integration.getBean(QueueChannel.class).receive(20_000);
            assertThat(received).isNotNull();
            assertThat(received.getPayload()).isEqualTo("hello");
            ClientWebSocketContainer container = integration.getBean(ClientWebSocketContainer.class);
            assertThat(container.isConnected()).isTrue();
            container.stop();
            assertThat(container.isConnected()).isFalse();
        }
    }

    @Configuration
    @EnableIntegration
    static class Integration {

        @Bean
        QueueChannel received() {
            return new QueueChannel();
        }

        @Bean
        WebSocketInboundChannelAdapter inbound(ClientWebSocketContainer container, QueueChannel received) {
            WebSocketInboundChannelAdapter adapter = new WebSocketInboundChannelAdapter(container);
            adapter.setOutputChannel(received);
            return adapter;
        }

        @Bean
        WebSocketOutboundMessageHandler outbound(ClientWebSocketContainer container) {
            return new WebSocketOutboundMessageHandler(container);
        }
    }

    /** What a handler heard. */
    private static final class Heard extends AbstractWebSocketHandler {

        final CompletableFuture<WebSocketSession> session = new CompletableFuture<>();
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            return String.valueOf(events.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession established) {
            session.complete(established);
        }

        @Override
        protected void handleTextMessage(WebSocketSession from, TextMessage message) {
            events.add(message.getPayload());
        }

        @Override
        public void afterConnectionClosed(WebSocketSession from, CloseStatus status) {
            events.add("closed " + status.getCode());
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocket
    @EnableWebSocketMessageBroker
    static class Application implements WebSocketConfigurer, WebSocketMessageBrokerConfigurer {

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(new Echo(), "/echo");
            registry.addHandler(new Echo(), "/sockjs").withSockJS();
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/stomp");
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
            registry.setPreservePublishOrder(true);
        }

        /** For one connection: what it sends is taken in its order. */
        @Override
        public void configureClientInboundChannel(ChannelRegistration registration) {
            registration.taskExecutor().corePoolSize(1).maxPoolSize(1);
        }
    }

    private static final class Echo extends AbstractWebSocketHandler {
        @Override
        public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
            session.sendMessage(message);
        }
    }
}
