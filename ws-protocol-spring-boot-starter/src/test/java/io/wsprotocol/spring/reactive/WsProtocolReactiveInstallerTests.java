package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.spring.EndpointNotMovedException;
import io.wsprotocol.spring.server.EndpointInstaller.Decision;
import io.wsprotocol.spring.server.EndpointInstaller.Policy;
import io.wsprotocol.spring.server.RawClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import reactor.core.publisher.Mono;

/** Which endpoints of a WebFlux application run on the engine, and what is said about it. */
@ExtendWith(OutputCaptureExtension.class)
class WsProtocolReactiveInstallerTests {

    private static final String ENGINE = "WsProtocolReactiveSession";
    private static final String CONTAINER = "ReactorNettyWebSocketSession";

    private static String sessionTypeAt(ReactiveServer server, String path) throws Exception {
        try (RawClient client = RawClient.open(server.port(), path)) {
            client.sendText("who");
            return client.readMessage().text().split(" ")[0];
        }
    }

    @Test
    void everyEndpointIsMovedUnlessExcludedAndOneLineSaysSo(CapturedOutput output) throws Exception {
        try (ReactiveServer server = ReactiveServer.start("ws-protocol.spring.exclude-paths=/excluded")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(ENGINE);
            assertThat(sessionTypeAt(server, "/excluded")).isEqualTo(CONTAINER);
        }
        assertThat(output)
                .containsOnlyOnce("/echo → ws-protocol engine (reactor netty, compression off")
                .containsOnlyOnce("/excluded → container's own engine");
    }

    @Test
    void explicitModeMovesNothingButOffersTheStrategy() throws Exception {
        try (ReactiveServer server = ReactiveServer.start("ws-protocol.spring.mode=explicit")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(CONTAINER);
            assertThat(server.bean(WsProtocolReactiveRequestUpgradeStrategy.class)
                            .transportNames())
                    .containsExactly("reactor netty");
        }
    }

    @Test
    void offModeMakesNothing() throws Exception {
        try (ReactiveServer server = ReactiveServer.start("ws-protocol.spring.mode=off")) {
            assertThat(sessionTypeAt(server, "/echo")).isEqualTo(CONTAINER);
            assertThat(server.context().getBeansOfType(WsProtocolReactiveRequestUpgradeStrategy.class))
                    .isEmpty();
        }
    }

    @Test
    void aServiceOfTheApplicationsOwnStaysAndStopsTheStartWhenThatIsRequired() {
        WebSocketService own = (exchange, handler) -> Mono.empty();
        WebSocketHandlerAdapter adapter = new WebSocketHandlerAdapter(own);

        WsProtocolReactiveInstaller lenient = installer(false);
        assertThat(lenient.postProcessAfterInitialization(adapter, "adapter")).isSameAs(adapter);
        lenient.postProcessAfterInitialization(mapping(), "mapping");
        lenient.afterSingletonsInstantiated();
        assertThat(lenient.decisions()).singleElement().satisfies(decision -> {
            assertThat(decision.path()).isEqualTo("/own");
            assertThat(decision.moved()).isFalse();
            assertThat(decision.reason()).contains("application's own");
        });

        WsProtocolReactiveInstaller strict = installer(true);
        strict.postProcessAfterInitialization(adapter, "adapter");
        strict.postProcessAfterInitialization(mapping(), "mapping");
        assertThatThrownBy(strict::afterSingletonsInstantiated).isInstanceOf(EndpointNotMovedException.class);
    }

    @Test
    void anAdapterOfTheApplicationsOwnStays() {
        WebSocketHandlerAdapter own = new WebSocketHandlerAdapter() {};
        assertThat(installer(true).postProcessAfterInitialization(own, "adapter"))
                .isSameAs(own);
    }

    @Test
    void anExcludedEndpointIsNamedWhateverBecomesOfTheOthers() {
        WsProtocolReactiveInstaller installer = new WsProtocolReactiveInstaller(
                () -> new Policy(true, true, List.of("/own")), WsProtocolReactiveInstallerTests::noStrategy);
        installer.postProcessAfterInitialization(mapping(), "mapping");
        installer.afterSingletonsInstantiated();
        assertThat(installer.decisions())
                .containsExactly(new Decision("/own", false, "ws-protocol.spring.exclude-paths"));
    }

    @Test
    void nothingIsAskedForWhereNothingIsToBeMoved() {
        AtomicInteger asked = new AtomicInteger();
        WsProtocolReactiveInstaller installer = new WsProtocolReactiveInstaller(
                () -> {
                    asked.incrementAndGet();
                    return new Policy(false, true, List.of());
                },
                WsProtocolReactiveInstallerTests::noStrategy);
        assertThat(installer.postProcessAfterInitialization("a bean", "bean")).isEqualTo("a bean");
        assertThat(asked).hasValue(0);
        installer.postProcessAfterInitialization(mapping(), "mapping");
        installer.afterSingletonsInstantiated();
        assertThat(installer.decisions()).isEmpty();
    }

    private static SimpleUrlHandlerMapping mapping() {
        WebSocketHandler handler = session -> Mono.empty();
        SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(Map.of("/own", handler));
        mapping.setApplicationContext(new StaticApplicationContext());
        return mapping;
    }

    private static WsProtocolReactiveInstaller installer(boolean required) {
        return new WsProtocolReactiveInstaller(
                () -> new Policy(true, required, List.of()), WsProtocolReactiveInstallerTests::noStrategy);
    }

    private static WsProtocolReactiveRequestUpgradeStrategy noStrategy() {
        throw new AssertionError("no strategy is needed");
    }
}
