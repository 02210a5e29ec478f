package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointInstaller.Decision;
import io.wsprotocol.spring.test.FrameClient;
import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import org.apache.tomcat.websocket.server.WsServerContainer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.WebSocketExtension;

/** Tests of {@link EngineServerContainer} and of its place, {@link ContainerSwap}. */
class EngineServerContainerTests {

    private static ServerContainer container(ConfigurableApplicationContext server) {
        return (ServerContainer) server.getBean(ServletContext.class).getAttribute(ServerContainer.class.getName());
    }

    @Test
    void leavesExcludedPathsToTomcatAndListsBoth() {
        try (ConfigurableApplicationContext server = ServerEndpointTests.start(
                "ws-protocol.spring.exclude-paths=/excluded", "management.endpoints.web.exposure.include=wsprotocol")) {
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/excluded"))) {
                client.sendText("who").expectText("org.apache.tomcat.websocket");
                assertThat(server.getBean(ConnectionRegistry.class).size()).isZero();
            }
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/texts"))) {
                client.sendText("in").expectText("in");
                assertThat(server.getBean(ConnectionRegistry.class).connections())
                        .singleElement()
                        .satisfies(live -> assertThat(live.path()).isEqualTo("/texts"));
            }
            assertThat(server.getBean(ContainerSwap.class).decisions())
                    .contains(
                            new Decision("/texts", true, "tomcat native"),
                            new Decision("/rooms/{room}/{user}", true, "tomcat native"),
                            new Decision("/excluded", false, "ws-protocol.spring.exclude-paths"));
            assertThat(server.getBean(WsProtocolEndpoint.class)
                            .report(null, null)
                            .toString())
                    .contains("/rooms/{room}/{user}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws-protocol.spring.mode=off",
                "ws-protocol.spring.mode=explicit",
                "ws-protocol.spring.server-endpoints=false"
            })
    void leavesEverythingToTomcatWhenToldSo(String property) {
        try (ConfigurableApplicationContext server = ServerEndpointTests.start(property)) {
            assertThat(container(server)).isInstanceOf(WsServerContainer.class);
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/excluded"))) {
                client.sendText("who").expectText("org.apache.tomcat.websocket");
            }
        }
    }

    @Test
    void holdsSessionsToWhatTheApplicationSetsForAllOfThem() {
        try (ConfigurableApplicationContext server = ServerEndpointTests.start()) {
            ServerContainer container = container(server);
            assertThat(container).isInstanceOf(EngineServerContainer.class);
            container.setDefaultMaxTextMessageBufferSize(20);
            container.setDefaultMaxBinaryMessageBufferSize(10);
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/texts"))) {
                client.sendText("x".repeat(20)).expectText("x".repeat(20));
                client.sendText("x".repeat(21)).expectClose(1009);
            }
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/texts"))) {
                client.sendBinary(new byte[10]).expectBinary(new byte[10]);
                client.sendBinary(new byte[11]).expectClose(1009);
            }
            container.setDefaultMaxSessionIdleTimeout(1);
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/texts"))) {
                client.expectClose(1001);
            }
            container.setAsyncSendTimeout(1234);
            assertThat(container.getDefaultAsyncSendTimeout()).isEqualTo(1234);
        }
    }

    @Test
    void forgetsThePathsThatNobodyIsConnectedTo() {
        try (ConfigurableApplicationContext server = ServerEndpointTests.start()) {
            OpenSessions sessions = ((EngineServerContainer) container(server)).sessions();
            try (FrameClient client = FrameClient.open(ServerEndpointTests.url(server, "/made/by-hand"))) {
                client.sendText("made by").expectText("made by hand 1");
                assertThat(sessions.paths()).isOne();
            }
            Awaitility.await().untilAsserted(() -> assertThat(sessions.paths()).isZero());
        }
    }

    @Test
    void refusesTakenPathsAndClassesThatBreakARule() {
        try (ConfigurableApplicationContext server =
                ServerEndpointTests.start("ws-protocol.spring.exclude-paths=/excluded")) {
            ServerContainer container = container(server);
            assertThatThrownBy(() -> container.addEndpoint(JakartaApplication.Texts.class))
                    .isInstanceOf(DeploymentException.class);
            assertThatThrownBy(() -> container.addEndpoint(
                            ServerEndpointConfig.Builder.create(JakartaApplication.Texts.class, "/rooms/{a}/{b}")
                                    .build()))
                    .isInstanceOf(DeploymentException.class);
            assertThatThrownBy(() -> container.addEndpoint(Object.class)).isInstanceOf(DeploymentException.class);
            assertThatThrownBy(() -> container.addEndpoint(
                            ServerEndpointConfig.Builder.create(JakartaApplication.Texts.class, "/extended")
                                    .extensions(List.of(new AgreedExtension(new WebSocketExtension("x-own"))))
                                    .build()))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("x-own");
            assertThatThrownBy(() -> container.addEndpoint(Relative.class)).isInstanceOf(DeploymentException.class);
        }
    }

    /** Its path does not begin with a slash. */
    @ServerEndpoint("relative")
    public static class Relative {}
}
