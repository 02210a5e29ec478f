package io.wsprotocol.sample.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.SampleApplication;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

/** The sample with the bean definitions that Spring wrote for it ahead of time, as a native image would have them, on a JVM. */
class AheadOfTimeTests {

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path folder;

    @Test
    void theSampleProcessedAheadOfTimeMovesItsEndpointsOntoTheEngine() throws Exception {
        Path classes = processed();

        try (ServerProcess sample = ServerProcess.start(
                classes + File.pathSeparator + folder.resolve("resources") + File.pathSeparator + CLASS_PATH,
                List.of("-Dspring.aot.enabled=true"),
                SampleApplication.class.getName(),
                List.of("--server.port=0"))) {
            assertThat(sample.output()).contains("AOT-processed", "/echo → ws-protocol engine (tomcat native");
            assertThat(echo(sample.port(), "ahead of time")).isEqualTo("ahead of time");
            assertThat(get(sample.port(), "/actuator/wsprotocol")).contains("/echo");
            assertThat(get(sample.port(), "/actuator/metrics/ws.protocol.queue.depth"))
                    .contains("measurements");
        }
    }

    /** {@return the compiled classes that Spring's processor wrote, in a JVM of its own as in a build} */
    private Path processed() throws IOException, InterruptedException {
        Path sources = folder.resolve("sources");
        Path classes = folder.resolve("classes");
        Path log = folder.resolve("log");
        Process processor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        CLASS_PATH,
                        SpringApplicationAotProcessor.class.getName(),
                        SampleApplication.class.getName(),
                        sources.toString(),
                        folder.resolve("resources").toString(),
                        classes.toString(),
                        "io.wsprotocol",
                        "sample")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(processor.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(processor.exitValue()).as(Files.readString(log)).isZero();
        List<String> arguments = new ArrayList<>(
                List.of("-cp", classes + File.pathSeparator + CLASS_PATH, "-d", classes.toString(), "-proc:none"));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return classes;
    }

    private static String echo(int port, String message) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + "/echo"), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        answer.complete(data.toString());
                        return null;
                    }
                })
                .get(20, TimeUnit.SECONDS);
        socket.sendText(message, true).get(20, TimeUnit.SECONDS);
        try {
            return answer.get(20, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
