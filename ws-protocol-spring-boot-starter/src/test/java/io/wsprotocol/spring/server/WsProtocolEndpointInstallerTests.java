package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.spring.EndpointNotMovedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** Which endpoints of an application run on the engine, and what is said about it. */
@ExtendWith(OutputCaptureExtension.class)
class WsProtocolEndpointInstallerTests {

    private static final String ENGINE = "WsProtocolWebSocketSession";
    private static final String CONTAINER = "StandardWebSocketSession";

    private static String sessionTypeAt(EndpointServer server, String path) throws Exception {
        try (RawClient client = RawClient.open(server.port(), path)) {
            client.sendText("who");
            return client.readMessage().text().split(" ")[0];
        }
    }

    @Test
    void everyEndpointIsMovedUnlessExcludedAndOneLineSaysSo(CapturedOutput output) throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.spring.exclude-paths=/excluded")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(ENGINE);
            assertThat(sessionTypeAt(server, "/custom")).isEqualTo(ENGINE);
            assertThat(sessionTypeAt(server, "/sockjs/websocket")).isEqualTo(ENGINE);
            assertThat(sessionTypeAt(server, "/excluded")).isEqualTo(CONTAINER);
        }
        assertThat(output)
                .containsOnlyOnce("/echo → ws-protocol engine (tomcat native, compression off")
                .containsOnlyOnce("/excluded → container's own engine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void sockJsMessagesTravelOverTheEngine(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack));
        try (RawClient client = RawClient.open(server.port(), "/sockjs/000/abcdefgh/websocket")) {
            assertThat(client.readMessage().text()).isEqualTo("o");
            client.sendText("[\"hello\"]");
            assertThat(client.readMessage().text()).isEqualTo("a[\"hello\"]");
        }
    }

    @Test
    void explicitModeMovesNothingButOffersTheHandshakeHandler() throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.spring.mode=explicit")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(CONTAINER);
            assertThat(server.bean(WsProtocolHandshakeHandler.class)).isNotNull();
        }
    }

    @Test
    void offModeMakesNothing() throws Exception {
        try (EndpointServer server = EndpointServer.start("ws-protocol.spring.mode=off")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(CONTAINER);
            assertThat(server.context().getBeansOfType(WsProtocolRequestUpgradeStrategy.class))
                    .isEmpty();
        }
    }

    @Test
    void anEndpointThatCannotBeMovedStopsTheStartWhenThatIsRequired() {
        WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
        mapping.setUrlMap(Map.of(
                "/foreign",
                new WebSocketHttpRequestHandler(
                        new TextWebSocketHandler(), (request, response, handler, attributes) -> true)));
        assertThatThrownBy(() -> installer(true).postProcessAfterInstantiation(mapping, "mapping"))
                .isInstanceOfSatisfying(EndpointNotMovedException.class, e -> {
                    assertThat(e.path()).isEqualTo("/foreign");
                    assertThat(e.reason()).contains("not based on Spring's");
                });
        assertThat(installer(false).postProcessAfterInstantiation(mapping, "mapping"))
                .isTrue();
    }

    @Test
    void aHandshakeHandlerSharedWithAnExcludedPathStays() {
        DefaultHandshakeHandler shared = new DefaultHandshakeHandler();
        WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
        mapping.setUrlMap(Map.of(
                "/a", new WebSocketHttpRequestHandler(new TextWebSocketHandler(), shared),
                "/excluded", new WebSocketHttpRequestHandler(new TextWebSocketHandler(), shared)));
        assertThatThrownBy(() -> installer(true).postProcessAfterInstantiation(mapping, "mapping"))
                .isInstanceOf(EndpointNotMovedException.class)
                .hasMessageContaining("shares its handshake handler");
    }

    @Test
    void anEndpointIsExcludedByItsOwnMappingWhateverPatternThatIs() {
        String path = "/rooms/{id:[0-9]+}";
        WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
        mapping.setUrlMap(Map.of(
                path, new WebSocketHttpRequestHandler(new TextWebSocketHandler(), new DefaultHandshakeHandler())));
        WsProtocolEndpointInstaller installer = installer(true, path);

        installer.postProcessAfterInstantiation(mapping, "mapping");

        assertThat(installer.decisions())
                .containsExactly(
                        new WsProtocolEndpointInstaller.Decision(path, false, "ws-protocol.spring.exclude-paths"));
    }

    @Test
    void anEndpointThatWasWiredByHandGetsACheckOfTheOriginUnlessItHasOne() {
        WebSocketHttpRequestHandler bare =
                new WebSocketHttpRequestHandler(new TextWebSocketHandler(), new DefaultHandshakeHandler());
        OriginHandshakeInterceptor own = new OriginHandshakeInterceptor(List.of("https://partner.example"));
        WebSocketHttpRequestHandler checked =
                new WebSocketHttpRequestHandler(new TextWebSocketHandler(), new DefaultHandshakeHandler());
        checked.setHandshakeInterceptors(List.of(own));
        WebSocketHttpRequestHandler judging =
                new WebSocketHttpRequestHandler(new TextWebSocketHandler(), new DefaultHandshakeHandler() {
                    @Override
                    protected boolean isValidOrigin(ServerHttpRequest request) {
                        return true;
                    }
                });

        OriginCheck.addTo(bare);
        OriginCheck.addTo(bare);
        OriginCheck.addTo(checked);
        OriginCheck.addTo(judging);

        assertThat(bare.getHandshakeInterceptors())
                .hasOnlyElementsOfType(OriginHandshakeInterceptor.class)
                .hasSize(1);
        assertThat(checked.getHandshakeInterceptors()).containsExactly(own);
        assertThat(judging.getHandshakeInterceptors()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "jetty native"})
    void abortClosesTheSocketAtOnce(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack));
        try (RawClient client = RawClient.open(server.port(), "/echo?abort")) {
            assertThat(server.recorder().next("abort")).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session("abort");
            long start = System.nanoTime();
            session.getNativeSession().abort();
            assertThat(client.atEnd()).isTrue();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
            assertThat(session.isOpen()).isFalse();
        }
    }

    private static WsProtocolEndpointInstaller installer(boolean required) {
        return installer(required, "/excluded");
    }

    private static WsProtocolEndpointInstaller installer(boolean required, String excluded) {
        return new WsProtocolEndpointInstaller(
                () -> new WsProtocolEndpointInstaller.Policy(true, required, List.of(excluded)),
                () -> {
                    throw new AssertionError("no strategy is needed");
                },
                List::of);
    }
}
