package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.EndpointNotMovedException;
import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.reactive.WsProtocolReactiveInstaller;
import io.wsprotocol.spring.reactive.WsProtocolReactiveRequestUpgradeStrategy;
import io.wsprotocol.spring.reactive.netty.ReactorNettyUpgrade;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import reactor.core.publisher.Mono;

/** Tests of {@link WsProtocolReactiveAutoConfiguration} and of what it shares with servlet containers. */
class WsProtocolReactiveAutoConfigurationTests {

    private static final AutoConfigurations ALL = AutoConfigurations.of(
            WsProtocolAutoConfiguration.class,
            WsProtocolServerAutoConfiguration.class,
            WsProtocolServletAutoConfiguration.class,
            WsProtocolReactiveAutoConfiguration.class);

    private final ReactiveWebApplicationContextRunner reactive =
            new ReactiveWebApplicationContextRunner().withConfiguration(ALL);

    @Test
    void aReactiveApplicationGetsTheReactiveBeansOnly() {
        reactive.run(context -> assertThat(context)
                .hasSingleBean(WsProtocolReactiveRequestUpgradeStrategy.class)
                .hasSingleBean(WsProtocolReactiveInstaller.class)
                .hasSingleBean(EndpointInstaller.class)
                .hasSingleBean(ReactorNettyUpgrade.class)
                .hasSingleBean(GracefulDrain.class)
                .hasSingleBean(ConnectionRegistry.class)
                .doesNotHaveBean(WsProtocolRequestUpgradeStrategy.class));
    }

    @Test
    void aServletApplicationGetsNoneOfThem() {
        new WebApplicationContextRunner()
                .withConfiguration(ALL)
                .run(context -> assertThat(context)
                        .hasSingleBean(WsProtocolRequestUpgradeStrategy.class)
                        .hasSingleBean(EndpointInstaller.class)
                        .doesNotHaveBean(WsProtocolReactiveRequestUpgradeStrategy.class));
    }

    @Test
    void anApplicationWithoutAServerGetsNothingOfAServer() {
        new ApplicationContextRunner()
                .withConfiguration(ALL)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ServerHandshakes.class)
                        .doesNotHaveBean(ConnectionRegistry.class));
    }

    @Test
    void withoutSpringMvcAndServletsItWorks() {
        reactive.withClassLoader(new FilteredClassLoader(
                        "org.springframework.web.socket", "org.springframework.web.servlet", "jakarta.servlet"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(WsProtocolReactiveRequestUpgradeStrategy.class));
    }

    @Test
    void withoutWebFluxItIsNotThere() {
        reactive.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive.socket"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(WsProtocolReactiveRequestUpgradeStrategy.class)
                        .doesNotHaveBean(WsProtocolReactiveInstaller.class));
    }

    @Test
    void onAServerWithoutATransportNothingIsMoved() {
        for (String missing : List.of("reactor.netty", "io.netty")) {
            ReactiveWebApplicationContextRunner without = reactive.withClassLoader(new FilteredClassLoader(missing))
                    .withBean(WebSocketHandlerAdapter.class, () -> new WebSocketHandlerAdapter(nobody()))
                    .withBean(SimpleUrlHandlerMapping.class, () -> mapping());
            without.run(context -> {
                assertThat(transportNames(context)).as(missing).isEmpty();
                assertThat(context.getBean(EndpointInstaller.class).decisions())
                        .singleElement()
                        .satisfies(decision -> assertThat(decision.moved()).isFalse());
            });
            without.withPropertyValues("ws-protocol.spring.required=true")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .isInstanceOf(EndpointNotMovedException.class)
                            .hasMessageContaining("no transport"));
        }
    }

    /** Spring's own needs a server on the class path. */
    private static HandshakeWebSocketService nobody() {
        return new HandshakeWebSocketService((exchange, handler, subProtocol, info) -> Mono.empty());
    }

    private static SimpleUrlHandlerMapping mapping() {
        WebSocketHandler handler = session -> Mono.empty();
        return new SimpleUrlHandlerMapping(Map.of("/echo", handler));
    }

    @Test
    void theServerThatCarriesTheApplicationSaysWhichTransportThereIs() {
        reactive.withBean(TomcatReactiveWebServerFactory.class)
                .withClassLoader(new FilteredClassLoader("reactor.netty", "io.netty", "org.eclipse.jetty"))
                .run(context -> assertThat(transportNames(context)).containsExactly("tomcat native"));
        reactive.withBean(JettyReactiveWebServerFactory.class)
                .withClassLoader(new FilteredClassLoader("reactor.netty", "io.netty", "org.apache.catalina"))
                .run(context -> assertThat(transportNames(context)).containsExactly("jetty native"));
        reactive.withBean(TomcatReactiveWebServerFactory.class)
                .run(context -> assertThat(transportNames(context)).containsExactly("tomcat native"));
    }

    @Test
    void extendedConnectsAreOfferedWhereHttp2IsEnabledAndOnlyOnReactorNetty() {
        reactive.withPropertyValues("server.http2.enabled=true")
                .run(context -> assertThat(context).hasBean("webSocketExtendedConnect"));
        reactive.run(context -> assertThat(context).doesNotHaveBean("webSocketExtendedConnect"));
        reactive.withPropertyValues("server.http2.enabled=true")
                .withBean(TomcatReactiveWebServerFactory.class)
                .run(context -> assertThat(context).doesNotHaveBean("webSocketExtendedConnect"));
        reactive.withPropertyValues("server.http2.enabled=true")
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.reactor.netty"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ReactorNettyUpgrade.class)
                        .doesNotHaveBean("webSocketExtendedConnect"));
    }

    @Test
    void onJettyHttp2NeedNotBeThere() {
        reactive.withBean(JettyReactiveWebServerFactory.class)
                .withClassLoader(new FilteredClassLoader("org.eclipse.jetty.http2"))
                .run(context -> assertThat(transportNames(context)).containsExactly("jetty native"));
    }

    private static List<String> transportNames(ApplicationContext context) {
        return context.getBean(WsProtocolReactiveRequestUpgradeStrategy.class).transportNames();
    }

    @Test
    void aServletApplicationStartsWithoutWebFlux() {
        new WebApplicationContextRunner()
                .withConfiguration(ALL)
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.web.reactive", "reactor", "io.netty", "org.reactivestreams"))
                .run(context ->
                        assertThat(context).hasNotFailed().hasSingleBean(WsProtocolRequestUpgradeStrategy.class));
    }

    @Test
    void switchedOffOrInOffModeItIsNotThere() {
        for (String property : List.of("ws-protocol.enabled=false", "ws-protocol.spring.mode=off")) {
            reactive.withPropertyValues(property)
                    .run(context -> assertThat(context)
                            .as(property)
                            .hasNotFailed()
                            .doesNotHaveBean(WsProtocolReactiveRequestUpgradeStrategy.class)
                            .doesNotHaveBean(WsProtocolReactiveInstaller.class)
                            .doesNotHaveBean(ServerHandshakes.class));
        }
    }

    @Test
    void eachBeanGivesWayToOneOfTheApplication() {
        ReactorNettyUpgrade own = new ReactorNettyUpgrade();
        reactive.withBean(ReactorNettyUpgrade.class, () -> own).run(context -> {
            assertThat(context.getBean(ReactiveTransportUpgrade.class)).isSameAs(own);
            assertThat(context.getBean(WsProtocolReactiveRequestUpgradeStrategy.class)
                            .transportNames())
                    .containsExactly("reactor netty");
        });
    }
}
