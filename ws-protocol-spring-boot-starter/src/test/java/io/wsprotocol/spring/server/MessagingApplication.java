package io.wsprotocol.spring.server;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SubscriptionMapping;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import reactor.core.publisher.Flux;

/** What applications put on top of WebSocket: STOMP with Spring's own broker, GraphQL, and endpoints in other ways than by a registry. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
class MessagingApplication implements WebSocketMessageBrokerConfigurer {

    /** Of a STOMP frame, whatever messages it comes in. */
    static final int STOMP_LIMIT = 100_000;

    /** The properties that GraphQL needs. */
    static final String[] GRAPHQL = {
        "spring.graphql.websocket.path=/graphql", "spring.graphql.schema.locations=classpath:schema-of-tests/"
    };

    private final EndpointServer.Recorder recorder;

    MessagingApplication(EndpointServer.Recorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        registry.addEndpoint("/stomp");
        registry.addEndpoint("/stomp-sockjs").withSockJS();
        registry.setPreserveReceiveOrder(true);
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        registry.enableSimpleBroker("/topic", "/queue");
        registry.setApplicationDestinationPrefixes("/app");
    }

    @Override
    public void configureWebSocketTransport(WebSocketTransportRegistration registration) {
        registration.setMessageSizeLimit(STOMP_LIMIT);
        registration.setSendBufferSizeLimit(4 << 20);
        registration.setSendTimeLimit(2_000);
        registration.addDecoratorFactory(Ends::new);
    }

    /** No registry, hence nobody who adds Spring's check of the origin. */
    @Bean
    WebSocketHandlerMapping wired() {
        WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
        mapping.setOrder(-1);
        mapping.setUrlMap(Map.of(
                "/wired",
                new WebSocketHttpRequestHandler(
                        new EndpointServer.Echo(recorder, false), new DefaultHandshakeHandler())));
        return mapping;
    }

    /** Names the engine's handshake handler, as explicit mode wants it. */
    @Bean
    WebSocketConfigurer named(WsProtocolHandshakeHandler handshakes) {
        return registry -> registry.addHandler(new EndpointServer.Echo(recorder, false), "/named")
                .setHandshakeHandler(handshakes);
    }

    /** Answers over STOMP and over GraphQL. A bean as a member of a configuration. */
    @Controller
    static class Answers {

        @MessageMapping("/who")
        @SendToUser("/queue/who")
        String who(java.security.Principal principal) {
            return "you are " + principal.getName();
        }

        @MessageMapping("/admin")
        @SendToUser("/queue/who")
        String admin() {
            return "you are an administrator";
        }

        @QueryMapping
        String greeting() {
            return "hello";
        }

        @SubscriptionMapping
        Flux<Integer> count() {
            return Flux.range(1, 3);
        }
    }

    /** Writes down how each STOMP session ended. */
    private final class Ends extends WebSocketHandlerDecorator {

        Ends(WebSocketHandler delegate) {
            super(delegate);
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession session) throws Exception {
            recorder.add(session, "established");
            super.afterConnectionEstablished(session);
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
            recorder.add(session, "closed " + status.getCode());
            super.afterConnectionClosed(session, status);
        }
    }
}
