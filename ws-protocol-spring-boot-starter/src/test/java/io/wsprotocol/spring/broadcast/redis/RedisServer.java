package io.wsprotocol.spring.broadcast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.springframework.test.util.TestSocketUtils;

/** Debian's redis-server on a free port of the loopback address, which keeps nothing. Not thread-safe. */
final class RedisServer implements AutoCloseable {

    private static final String PROGRAM = "redis-server";

    private final int port = TestSocketUtils.findAvailableTcpPort();
    private Process process;

    /** {@return a server that listens; the test is skipped where there is none to start} */
    static RedisServer start() throws IOException {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
        Assumptions.assumeTrue(there, "there is no " + PROGRAM + " on the PATH: apt-get install " + PROGRAM);
        RedisServer server = new RedisServer();
        server.restart();
        return server;
    }

    int port() {
        return port;
    }

    void restart() throws IOException {
        process = new ProcessBuilder(List.of(
                        PROGRAM,
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(this::listens);
    }

    /** Ends it as a machine does that loses its power. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private boolean listens() {
        assertThat(process.isAlive()).as("redis-server lives").isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
