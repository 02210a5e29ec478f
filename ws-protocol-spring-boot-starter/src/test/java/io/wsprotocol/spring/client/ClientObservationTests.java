package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.spring.autoconfigure.WsProtocolAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolClientAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolClientObservationAutoConfiguration;
import io.wsprotocol.spring.autoconfigure.WsProtocolReactiveClientAutoConfiguration;
import io.wsprotocol.spring.client.observation.ClientHandshakeContext;
import io.wsprotocol.spring.client.observation.DefaultClientHandshakeObservationConvention;
import io.wsprotocol.spring.server.EndpointServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import reactor.core.publisher.Mono;

/** Tests of what Micrometer sees of the handshakes of clients, and what it sends along. */
class ClientObservationTests {

    private static final String NAME = "ws.protocol.client.handshake";

    private final TestObservationRegistry registry = TestObservationRegistry.create();

    @Test
    void anAcceptedHandshakeIsOneObservationWithTheCallersAsItsParent() {
        Observation caller = Observation.createNotStarted("caller", registry);
        runner().run(context -> {
            WebSocketSession session = Objects.requireNonNull(caller.observe(() -> context.getBean(
                                    WebSocketClient.class)
                            .execute(
                                    new AbstractWebSocketHandler() {},
                                    uri(EndpointServer.shared().port(), "/echo?secret"))))
                    .get(20, TimeUnit.SECONDS);
            TestObservationRegistryAssert.assertThat(registry)
                    .hasNumberOfObservationsWithNameEqualTo(NAME, 1)
                    .hasObservationWithNameEqualTo(NAME)
                    .that()
                    .hasBeenStopped()
                    .hasParentObservationEqualTo(caller)
                    .hasLowCardinalityKeyValue("client", "none")
                    .hasLowCardinalityKeyValue("outcome", "accepted")
                    .hasLowCardinalityKeyValue("reason", "none")
                    .hasLowCardinalityKeyValue("exception", "none")
                    .hasHighCardinalityKeyValue(
                            "url", "ws://127.0.0.1:" + EndpointServer.shared().port() + "/echo");
            session.close();
        });
    }

    @Test
    void aRefusalIsAnErrorOfTheNamedClientAndTheTraceWasSentAlong() throws Exception {
        registry.observationConfig().observationHandler(new Tracing());
        try (Relay relay = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")) {
            named(relay)
                    .withPropertyValues("ws-protocol.client.test.headers.traceparent=old")
                    .run(context -> assertThatThrownBy(() -> context.getBean(WebSocketClientFactory.class)
                                    .connect("test", new AbstractWebSocketHandler() {})
                                    .get(20, TimeUnit.SECONDS))
                            .hasMessageContaining("503"));
            assertThat(relay.heads().get(0))
                    .contains("traceparent: 00-of-test\r\n")
                    .doesNotContain("old");
        }
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasBeenStopped()
                .hasError()
                .hasLowCardinalityKeyValue("client", "test")
                .hasLowCardinalityKeyValue("outcome", "refused")
                .hasLowCardinalityKeyValue("reason", "not_switching_protocols")
                .hasLowCardinalityKeyValue("exception", "WebSocketHandshakeException");
    }

    @Test
    void aServerThatCannotBeReachedIsAFailure() throws Exception {
        int nobody;
        try (Relay relay = Relay.silent()) {
            nobody = relay.port();
        }
        runner().run(context -> assertThatThrownBy(() -> context.getBean(WebSocketClient.class)
                        .execute(new AbstractWebSocketHandler() {}, uri(nobody, "/"))
                        .get(20, TimeUnit.SECONDS))
                .isNotNull());
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasLowCardinalityKeyValue("outcome", "failed")
                .hasLowCardinalityKeyValue("exception", "ConnectException");
    }

    @Test
    void theReactiveClientFindsItsParentInTheReactorContext() {
        Observation caller = Observation.start("caller", registry);
        runner().run(context -> context.getBean(WsProtocolReactiveWebSocketClient.class)
                .execute(URI.create(uri(EndpointServer.shared().port(), "/echo")), session -> Mono.empty())
                .contextWrite(reactor -> reactor.put(ObservationThreadLocalAccessor.KEY, caller))
                .block(Duration.ofSeconds(20)));
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo(NAME)
                .that()
                .hasParentObservationEqualTo(caller);
        caller.stop();
    }

    @Test
    void aConventionOfTheApplicationsNamesThem() {
        runner().withBean(OwnConvention.class)
                .run(context -> context.getBean(WsProtocolReactiveWebSocketClient.class)
                        .execute(URI.create(uri(EndpointServer.shared().port(), "/echo")), session -> Mono.empty())
                        .block(Duration.ofSeconds(20)));
        TestObservationRegistryAssert.assertThat(registry)
                .hasSingleObservationThat()
                .hasNameEqualTo("own");
    }

    static final class OwnConvention extends DefaultClientHandshakeObservationConvention {
        @Override
        public String getName() {
            return "own";
        }
    }

    @Test
    void customizersWrapTheWayToServersAndTheObservationIsOutermost() throws Exception {
        List<String> names = new ArrayList<>();
        ClientConnectorCustomizer tokens = (name, connector) -> {
            names.add(name);
            return (uri, subprotocols, headers, options, attempt) -> {
                assertThat(registry.getCurrentObservation()).isNotNull();
                List<HttpHeader> all = new ArrayList<>(headers);
                all.add(new HttpHeader("Authorization", "Bearer fresh"));
                return connector.open(uri, subprotocols, all, options, attempt);
            };
        };
        try (Relay relay = Relay.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")) {
            named(relay)
                    .withBean("tokens", ClientConnectorCustomizer.class, () -> tokens)
                    .run(context -> assertThatThrownBy(() -> context.getBean(WebSocketClientFactory.class)
                                    .connect("test", new AbstractWebSocketHandler() {})
                                    .get(20, TimeUnit.SECONDS))
                            .hasMessageContaining("503"));
            assertThat(relay.heads().get(0)).contains("Authorization: Bearer fresh\r\n");
        }
        assertThat(names).contains("none", "test");
    }

    @Test
    void withoutARegistryOrWithoutMicrometerNothingIsObserved() {
        new ApplicationContextRunner()
                .withConfiguration(configurations())
                .run(context -> assertThat(context).doesNotHaveBean(ClientConnectorCustomizer.class));
        runner().withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context)
                        .doesNotHaveBean(ClientConnectorCustomizer.class)
                        .hasSingleBean(WebSocketClient.class));
    }

    /** Nothing of ours is needed for it. */
    @Test
    void theHandshakeOfAServerIsAmongTheRequestsThatSpringObserves() {
        runner().run(context -> context.getBean(WebSocketClient.class)
                .execute(
                        new AbstractWebSocketHandler() {},
                        uri(EndpointServer.shared().port(), "/echo"))
                .get(20, TimeUnit.SECONDS)
                .close());
        MeterRegistry meters = EndpointServer.shared().meters();
        await().untilAsserted(() -> assertThat(meters.find("http.server.requests")
                        .tags("status", "101", "uri", "/echo")
                        .timer())
                .isNotNull());
    }

    /** What tracing does, short of a tracer. */
    private static final class Tracing implements ObservationHandler<ClientHandshakeContext> {

        @Override
        public void onStart(ClientHandshakeContext context) {
            context.getSetter().set(context.getCarrier(), "traceparent", "00-of-" + context.clientName());
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ClientHandshakeContext;
        }
    }

    private static String uri(int port, String path) {
        return "ws://127.0.0.1:" + port + path;
    }

    private ApplicationContextRunner named(Relay relay) {
        return runner().withPropertyValues("ws-protocol.client.test.url=ws://127.0.0.1:" + relay.port() + "/");
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(configurations())
                .withBean(ObservationRegistry.class, () -> registry);
    }

    private static AutoConfigurations configurations() {
        return AutoConfigurations.of(
                WsProtocolAutoConfiguration.class,
                WsProtocolClientObservationAutoConfiguration.class,
                WsProtocolClientAutoConfiguration.class,
                WsProtocolReactiveClientAutoConfiguration.class);
    }
}
