package io.wsprotocol.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.spring.autoconfigure.WsProtocolAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolMetricsAutoConfiguration;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompEncoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/** Tests of {@link StompMetrics} over the broker support of Spring. */
class StompMetricsTests {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withBean(SimpleMeterRegistry.class)
            .withConfiguration(
                    AutoConfigurations.of(WsProtocolAutoConfiguration.class, WsProtocolMetricsAutoConfiguration.class));

    @Test
    void sessionsAndFramesAreThoseThatSpringCounts() {
        runner.withUserConfiguration(Broker.class).run(context -> {
            SubProtocolWebSocketHandler handler =
                    context.getBean("subProtocolWebSocketHandler", SubProtocolWebSocketHandler.class);
            WebSocketSession session = session();
            handler.afterConnectionEstablished(session);
            handler.handleMessage(session, connect());

            assertThat(value(context, "stomp.sessions", "transport", "websocket"))
                    .isOne();
            assertThat(value(context, "stomp.sessions", "transport", "http_polling"))
                    .isZero();
            assertThat(value(context, "stomp.sessions.opened")).isOne();
            assertThat(value(context, "stomp.sessions.failed", "reason", "transport_error"))
                    .isZero();
            assertThat(value(context, "stomp.frames", "frame", "connect")).isOne();
            assertThat(registry(context)
                            .find("ws.protocol.stomp.relay.connections")
                            .meter())
                    .isNull();
        });
    }

    @Test
    void theRelaysConnectionsAreThereWhereThereIsARelay() {
        runner.withUserConfiguration(Relay.class)
                .run(context ->
                        assertThat(value(context, "stomp.relay.connections")).isNotNegative());
    }

    @Test
    void everyMeterIsAsDocumented() {
        runner.withUserConfiguration(Relay.class).run(context -> {
            List<Meter> meters = registry(context).getMeters().stream()
                    .filter(meter -> meter.getId().getName().startsWith("ws.protocol.stomp."))
                    .toList();
            assertThat(meters).hasSize(14);
            for (Meter meter : meters) {
                HandleMeters documented = List.of(HandleMeters.values()).stream()
                        .filter(known -> known.getName().equals(meter.getId().getName()))
                        .findFirst()
                        .orElseThrow();
                assertThat(meter.getId().getType()).isEqualTo(documented.getType());
                assertThat(meter.getId().getBaseUnit()).isEqualTo(documented.getBaseUnit());
                assertThat(meter.getId().getTags())
                        .extracting(tag -> tag.getKey())
                        .containsExactlyElementsOf(List.of(documented.getKeyNames()).stream()
                                .map(key -> key.asString())
                                .toList());
            }
        });
    }

    @Test
    void thereAreNoneWithoutABroker() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(StompMetrics.class));
    }

    @Test
    void thereAreNoneWithoutSpringsMessaging() {
        runner.withClassLoader(
                        new FilteredClassLoader("org.springframework.messaging", "org.springframework.web.socket"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(HandleMetrics.class)
                        .doesNotHaveBean("webSocketStompMetrics"));
    }

    private static WebSocketSession session() {
        Map<String, Object> answers = Map.of(
                "getId",
                "1",
                "getAttributes",
                new HashMap<>(),
                "isOpen",
                true,
                "getAcceptedProtocol",
                "v12.stomp",
                "hashCode",
                1,
                "toString",
                "session",
                "getTextMessageSizeLimit",
                1024,
                "getBinaryMessageSizeLimit",
                1024);
        return (WebSocketSession) Proxy.newProxyInstance(
                StompMetricsTests.class.getClassLoader(),
                new Class<?>[] {WebSocketSession.class},
                (proxy, method, arguments) -> answers.get(method.getName()));
    }

    private static TextMessage connect() {
        StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.CONNECT);
        headers.setAcceptVersion("1.2");
        headers.setHost("localhost");
        return new TextMessage(new StompEncoder().encode(headers.getMessageHeaders(), new byte[0]));
    }

    private static SimpleMeterRegistry registry(ApplicationContext context) {
        return context.getBean(SimpleMeterRegistry.class);
    }

    private static double value(ApplicationContext context, String name, String... tags) {
        return registry(context)
                .get("ws.protocol." + name)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Broker {

        @Bean
        WebSocketMessageBrokerConfigurer configurer() {
            return new Configurer(registry -> registry.enableSimpleBroker("/topic"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Relay {

        @Bean
        WebSocketMessageBrokerConfigurer configurer() {
            // Nobody listens there: the relay goes on trying.
            return new Configurer(registry ->
                    registry.enableStompBrokerRelay("/topic").setRelayPort(TestSocketUtils.findAvailableTcpPort()));
        }
    }

    /** One endpoint and a broker. Immutable. */
    private record Configurer(Consumer<MessageBrokerRegistry> broker) implements WebSocketMessageBrokerConfigurer {

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/stomp");
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            broker.accept(Objects.requireNonNull(registry));
        }
    }
}
