package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** What an application says to its container or to STOMP, and what its peers then meet on the engine. */
@ExtendWith(OutputCaptureExtension.class)
class ContainerLimitsTests {

    private static final String MESSAGES = "ws-protocol.limits.max-message-size";

    private static EndpointServer server(String stack, Class<?> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(EndpointServer.on(stack)));
        all.addAll(List.of(properties));
        return EndpointServer.shared(List.of(more), all.toArray(String[]::new));
    }

    private static EndpointServer tomcat(String... properties) {
        return server("tomcat native", ForTomcat.class, properties);
    }

    private static void expectEcho(RawClient client, int header, int bytes) throws Exception {
        client.send(header, "x".repeat(bytes).getBytes(StandardCharsets.UTF_8));
        assertThat(client.readMessage().payload()).hasSize(bytes);
    }

    private static void expect1009(EndpointServer server, String path, int header, int bytes) throws Exception {
        try (RawClient client = RawClient.open(server.port(), path)) {
            // The head of the frame says it already; who goes on uploading into the end meets a reset.
            byte[] frame = RawClient.frame(header, "x".repeat(bytes).getBytes(StandardCharsets.UTF_8));
            client.write(Arrays.copyOf(frame, 1_000));
            assertThat(client.readMessage().closeStatus()).isEqualTo(1009);
        }
    }

    private static ConnectionOptions optionsOf(EndpointServer server, String mapping) {
        return server.bean(SessionProfiles.class).settingsFor(mapping, false).options();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet"})
    void whatSpringsContainerBeanSaysHoldsForSpringsHandlers(String stack) throws Exception {
        EndpointServer server = server(stack, ForTomcat.class);
        try (RawClient client = RawClient.open(server.port(), "/echo?tomcat")) {
            expectEcho(client, RawClient.TEXT, 2_000);
            expectEcho(client, RawClient.BINARY, 3 << 20);
        }
        expect1009(server, "/echo?tomcat-text", RawClient.TEXT, 2_001);
        expect1009(server, "/echo?tomcat-binary", RawClient.BINARY, (3 << 20) + 1);
    }

    @Test
    void aHandlerMayRaiseTheLimitOfItsSessionAsOnItsContainer() throws Exception {
        EndpointServer server = tomcat();
        try (RawClient client = RawClient.open(server.port(), "/echo?raised")) {
            assertThat(server.recorder().next("raised")).isEqualTo("established");
            server.recorder().session("raised").setTextMessageSizeLimit(10_000);
            expectEcho(client, RawClient.TEXT, 10_000);
        }
    }

    @Test
    void messagesThatArriveInPartsHaveNoLimitAsOnTheContainer() throws Exception {
        try (RawClient client = RawClient.open(tomcat().port(), "/partial?parts")) {
            expectEcho(client, RawClient.TEXT, 50_000);
        }
    }

    @Test
    void anIdleTimeoutOfTheContainersClosesWithoutPingsBefore() {
        ConnectionOptions options = optionsOf(tomcat(), "/echo");
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.keepAlive()).isEqualTo(KeepAliveMode.OFF);
        ConnectionOptions pinging = optionsOf(tomcat("ws-protocol.keepalive.interval=7s"), "/echo");
        assertThat(pinging.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(pinging.keepAlive()).isEqualTo(KeepAliveMode.PING);
    }

    @Test
    void aPropertyThatIsSetCountsAndTheLogSaysSo(CapturedOutput output) throws Exception {
        EndpointServer server = server(
                "tomcat native", ForTomcat.class, MESSAGES + "=5000B", "ws-protocol.idle-timeout=70s", "test.fresh=1");
        try (RawClient client = RawClient.open(server.port(), "/echo?explicit")) {
            expectEcho(client, RawClient.TEXT, 5_000);
        }
        expect1009(server, "/echo?explicit-binary", RawClient.BINARY, 5_001);
        assertThat(optionsOf(server, "/echo").idleTimeout()).isEqualTo(Duration.ofSeconds(70));
        assertThat(output)
                .contains("/echo: ws-protocol.limits.max-message-size is set (5000 bytes) and counts")
                .contains("/echo: ws-protocol.idle-timeout is set (PT1M10S) and counts");
    }

    @Test
    void aProfileThatSaysTheSameThingCountsForItsEndpointsOnly() {
        EndpointServer server = tomcat(
                "ws-protocol.server.path-settings[0].path=/echo",
                "ws-protocol.server.path-settings[0].profile=small",
                "ws-protocol.profiles.small.limits.max-message-size=1000B");
        assertThat(optionsOf(server, "/echo").maxMessageBytes()).isEqualTo(1_000);
        assertThat(optionsOf(server, "/echo").idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(optionsOf(server, "/chat").maxMessageBytes()).isEqualTo(3 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetty native", "tomcat native"})
    void whatAConfigurerOfJettysSaysHoldsForTheEndpointsThatHaveIt(String stack) throws Exception {
        EndpointServer server = server(stack, ForJetty.class);
        try (RawClient client = RawClient.open(server.port(), "/configured?jetty")) {
            expectEcho(client, RawClient.TEXT, 2 << 20);
            expectEcho(client, RawClient.BINARY, 100_000);
        }
        expect1009(server, "/configured?jetty-text", RawClient.TEXT, (2 << 20) + 1);
        assertThat(optionsOf(server, "/configured").idleTimeout()).isEqualTo(Duration.ofSeconds(100));
        assertThat(optionsOf(server, "/echo").maxMessageBytes())
                .isEqualTo(ConnectionOptions.defaults().maxMessageBytes());
    }

    @Test
    void noLimitAtAllIsNotTakenOver(CapturedOutput output) throws Exception {
        EndpointServer server = server("jetty native", ForJetty.class, "test.fresh=2");
        expect1009(server, "/configured?unlimited", RawClient.BINARY, (2 << 20) + 1);
        assertThat(output).contains("/configured: binary messages without a limit are not taken over: 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource({"tomcat native,", "jetty native,", "tomcat native, 100KB"})
    void aStompFrameMayBeAsLongAsTheTransportRegistrationSays(String stack, String ours) throws Exception {
        EndpointServer server =
                ours == null ? server(stack, LongFrames.class) : server(stack, LongFrames.class, MESSAGES + "=" + ours);
        for (boolean sockJs : new boolean[] {false, true}) {
            String path = sockJs ? "/long-sockjs/websocket" : "/long";
            RawClient socket = new RawClient(SocketFactory.getDefault(), server.port(), 0);
            socket.shakeHands(path, "Sec-WebSocket-Protocol: v12.stomp\r\n");
            try (StompClient client = new StompClient(socket, false)) {
                client.connect("");
                client.subscribe("/topic/long");
                String body = "x".repeat(ours == null ? 1_900_000 : 110_000);
                client.send("SEND", "destination:/topic/long", body);
                if (ours == null) {
                    assertThat(client.read()).endsWith("\n\n" + body);
                } else {
                    assertThat(client.readFrame().closeStatus()).isEqualTo(1009);
                }
            }
        }
        SessionSettings settings = server.bean(SessionProfiles.class).settingsFor("/long", false);
        assertThat(settings.sendTimeout()).isEqualTo(Duration.ofSeconds(40));
        assertThat(settings.options().writeTimeout()).isEqualTo(Duration.ofSeconds(40));
    }

    @Configuration(proxyBeanMethods = false)
    static class ForTomcat {

        @Bean
        ServletServerContainerFactoryBean container() {
            ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
            container.setMaxTextMessageBufferSize(2_000);
            container.setMaxBinaryMessageBufferSize(3 << 20);
            container.setMaxSessionIdleTimeout(300_000L);
            return container;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForJetty {

        @Bean
        WebSocketConfigurer configured(EndpointServer.Recorder recorder) {
            JettyRequestUpgradeStrategy strategy = new JettyRequestUpgradeStrategy();
            strategy.addWebSocketConfigurer(jetty -> {
                assertThat(jetty.getMaxTextMessageSize()).isEqualTo(65_536);
                jetty.setMaxTextMessageSize(2 << 20);
                jetty.setMaxBinaryMessageSize(-1);
            });
            strategy.addWebSocketConfigurer(jetty -> jetty.setIdleTimeout(Duration.ofSeconds(100)));
            return registry -> registry.addHandler(new EndpointServer.Echo(recorder, false), "configured")
                    .setHandshakeHandler(new DefaultHandshakeHandler(strategy));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class LongFrames implements WebSocketMessageBrokerConfigurer {

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.setPreserveReceiveOrder(true);
            registry.addEndpoint("/long");
            registry.addEndpoint("/long-sockjs").withSockJS();
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
        }

        @Override
        public void configureWebSocketTransport(WebSocketTransportRegistration registration) {
            registration.setMessageSizeLimit(2_000_000);
            registration.setSendBufferSizeLimit(4 << 20);
            registration.setSendTimeLimit(40_000);
        }
    }
}
