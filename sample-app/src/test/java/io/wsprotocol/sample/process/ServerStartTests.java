package io.wsprotocol.sample.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.SampleApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The sample in a process of its own, as somebody starts it, on the server that the build's profile chose: Tomcat, Jetty ({@code -Pjetty}) or Reactor
 * Netty ({@code -Pnetty}).
 */
class ServerStartTests {

    private static final String TRANSPORT = System.getProperty("sample.transport", "tomcat native");

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void theSampleStartsOnItsServerServesAndSaysGoodbye() throws Exception {
        try (ServerProcess sample = ServerProcess.start(
                System.getProperty("java.class.path"),
                List.of(),
                SampleApplication.class.getName(),
                List.of("--server.port=0"))) {
            assertThat(sample.output()).contains("/echo → ws-protocol engine (" + TRANSPORT);
            assertThat(get(sample, "/")).contains("<title>");

            Client client = new Client();
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://localhost:" + sample.port() + "/echo"), client)
                    .get(20, TimeUnit.SECONDS);
            String message = "ä".repeat(100_000);
            socket.sendText(message, true).get(20, TimeUnit.SECONDS);
            assertThat(client.message.get(20, TimeUnit.SECONDS)).isEqualTo(message);
            assertThat(get(sample, "/api/status")).contains("\"engine\":\"ws-protocol\"");
            assertThat(get(sample, "/actuator/wsprotocol")).contains("/echo", TRANSPORT);

            sample.terminate();
            assertThat(client.status.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
            assertThat(sample.hasEndedWithin(Duration.ofSeconds(20))).isTrue();
        }
    }

    private String get(ServerProcess sample, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + sample.port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Hears one message, and the end. */
    private static final class Client implements WebSocket.Listener {

        private final StringBuilder parts = new StringBuilder();
        private final CompletableFuture<String> message = new CompletableFuture<>();
        private final CompletableFuture<Integer> status = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                message.complete(parts.toString());
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            status.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            message.completeExceptionally(error);
            status.completeExceptionally(error);
        }
    }
}
