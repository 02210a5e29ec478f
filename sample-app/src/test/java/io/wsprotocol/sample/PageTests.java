package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** What the sample serves over plain HTTP. */
@SampleTest
class PageTests {

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @CsvSource({
        "/, text/html, ws-protocol",
        "/app.css, text/css, --accent",
        "/app.js, text/javascript, startEcho",
        "/icon.svg, image/svg+xml, svg"
    })
    void thePageAndItsPartsAreServed(String path, String type, String part) throws Exception {
        HttpResponse<String> response = Page.get(port, path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith(type);
        assertThat(response.body()).contains(part);
    }

    @Test
    void nothingOnThePageComesFromElsewhere() throws Exception {
        for (String path : new String[] {"/", "/app.css", "/app.js"}) {
            assertThat(Page.get(port, path).body().replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContain("http://", "https://", "innerHTML", "document.write");
        }
    }

    @Test
    void theStatusNamesTheEndpointsAndTheEngineThatCarriesThem() throws Exception {
        try (RawConnection echo = RawConnection.open(port, "/echo");
                RawConnection broadcast = RawConnection.open(port, "/broadcast");
                ChatClient chat = new ChatClient(port)) {
            for (RawConnection connection : new RawConnection[] {echo, broadcast}) {
                connection.sendFrame(0x81);
                connection.frame();
            }
            chat.join("Status");

            for (JsonNode endpoint : Page.json(port, "/api/status").get("endpoints")) {
                assertThat(endpoint.get("engine").asString()).isEqualTo("ws-protocol");
                assertThat(endpoint.get("open").asInt()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/actuator/health, UP", "/actuator/metrics, names", "/actuator/prometheus, jvm_memory_used_bytes"})
    void theActuatorAnswers(String path, String part) throws Exception {
        HttpResponse<String> response = Page.get(port, path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains(part);
    }
}
