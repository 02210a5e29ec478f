package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Answers.RETURNS_DEFAULTS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import io.wsprotocol.spring.actuate.ConnectionJournal;
import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/** Tests of the actuator endpoint and the health indicator, over HTTP. */
class WsProtocolEndpointTests {

    private static final String EXPOSED = "management.endpoints.web.exposure.include=wsprotocol,health";

    @Test
    void itTellsEnginesConnectionsTotalsAndEvents() throws Exception {
        try (EndpointServer server = EndpointServer.start(EXPOSED, "ws-protocol.spring.exclude-paths=/excluded");
                RawClient client = RawClient.open(server.port(), "/echo")) {
            client.sendText("who");
            client.read();
            try (RawClient wrong = RawClient.open(server.port(), "/echo")) {
                wrong.write(new byte[] {(byte) 0xF1, (byte) 0x80, 0, 0, 0, 0});
                assertThat(wrong.read().closeStatus()).isEqualTo(1002);
                assertThat(wrong.socket().getInputStream().read()).isEqualTo(-1);
            }
            Map<String, Object> report = get(server, "?limit=5&sort=AGE");

            assertThat(report.get("engine").toString()).contains("tomcat native");
            assertThat(report.get("endpoints").toString())
                    .contains("{path=/echo, moved=true, reason=tomcat native}")
                    .contains("{path=/excluded, moved=false, reason=ws-protocol.spring.exclude-paths}");
            assertThat(report).containsEntry("draining", false);
            assertThat(report.get("events").toString()).contains("code=1002").contains("type=closed");
            assertThat(report.get("totals").toString()).contains("SERVER={accepted=2");
            Map<?, ?> connection = (Map<?, ?>) ((List<?>) report.get("connections")).get(0);
            assertThat(connection.get("path")).isEqualTo("/echo");
            assertThat(get(server, "/" + connection.get("id")).get("id")).isEqualTo(connection.get("id"));
            assertThat(request(server, "GET", "/nobody", null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void queuesThatChangeWhileTheyAreSortedAreReportedInTheOrderOfTheReport() {
        Random random = new Random(7);
        ConnectionRegistry registry = new ConnectionRegistry();
        for (int i = 0; i < 500; i++) {
            ConnectionShell shell = mock(
                    ConnectionShell.class,
                    withSettings()
                            .stubOnly()
                            .defaultAnswer(invocation -> invocation.getMethod().getReturnType() == long.class
                                    ? (Object) random.nextLong(1000)
                                    : RETURNS_DEFAULTS.answer(invocation)));
            registry.add(new LiveConnection("c" + i, "/", Instant.EPOCH, null, null, shell));
        }
        WsProtocolEndpoint endpoint = new WsProtocolEndpoint(
                registry,
                mock(GracefulDrain.class),
                new ConnectionJournal(0, Clock.systemUTC()),
                List::of,
                new WsProtocolEndpoint.Engine(null, List.of(), false),
                Clock.systemUTC());

        for (int report = 0; report < 5; report++) {
            assertThat(endpoint.report(400, WsProtocolEndpoint.Order.QUEUE).connections())
                    .hasSize(400)
                    .isSortedAccordingTo(Comparator.comparingLong((WsProtocolEndpoint.Connection of) ->
                                    of.queue().bytes())
                            .reversed());
        }
    }

    @Test
    void byDefaultItOnlyReads() throws Exception {
        EndpointServer server = EndpointServer.shared(EXPOSED);

        assertThat(request(server, "POST", "", "{\"draining\":true}").statusCode())
                .isEqualTo(405);
        assertThat(request(server, "DELETE", "/any", null).statusCode()).isEqualTo(405);
        assertThat(server.bean(ConnectionRegistry.class).isDraining()).isFalse();
    }

    @Test
    void withAccessItClosesAConnectionAndDrains() throws Exception {
        try (EndpointServer server = EndpointServer.start(
                        EXPOSED,
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.wsprotocol.access=unrestricted");
                RawClient client = RawClient.open(server.port(), "/echo")) {
            client.sendText("who");
            client.read();
            String id =
                    server.bean(ConnectionRegistry.class).connections().get(0).id();

            assertThat(request(server, "DELETE", "/" + id + "?code=4009&reason=bye", null)
                            .statusCode())
                    .isEqualTo(204);
            RawClient.Frame close = client.read();
            assertThat(close.closeStatus()).isEqualTo(4009);
            client.sendClose(4009);

            assertThat(health(server)).contains("\"status\":\"UP\"");
            assertThat(request(server, "POST", "", "{\"draining\":true}").statusCode())
                    .isEqualTo(204);
            assertThat(server.bean(ConnectionRegistry.class).isDraining()).isTrue();
            assertThat(health(server)).contains("OUT_OF_SERVICE");
            assertThat(request(server, "POST", "", "{\"draining\":false}").statusCode())
                    .isEqualTo(204);
            assertThat(health(server)).contains("\"status\":\"UP\"");
        }
    }

    @Test
    void whatIsNotExposedIsNotMade() {
        assertThat(EndpointServer.shared().context().getBeansOfType(WsProtocolEndpoint.class))
                .isEmpty();
    }

    private static Map<String, Object> get(EndpointServer server, String path) throws Exception {
        HttpResponse<String> response = request(server, "GET", path, null);
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonParserFactory.getJsonParser().parseMap(response.body());
    }

    private static String health(EndpointServer server) throws Exception {
        URI uri = URI.create("http://localhost:" + server.port() + "/actuator/health/wsprotocol");
        return send(HttpRequest.newBuilder(uri).build()).body();
    }

    private static HttpResponse<String> request(EndpointServer server, String method, String path, String body)
            throws Exception {
        URI uri = URI.create("http://localhost:" + server.port() + "/actuator/wsprotocol" + path);
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
