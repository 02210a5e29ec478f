package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.SocketFactory;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What happens to connections while nothing happens on them. */
class DeadlineTests {

    /** The Servlet API cannot close a socket: its container does, once the peer has done something. */
    private static void moveIfTheServletApiWaitsForIt(RawClient client, String stack) throws IOException {
        if (stack.endsWith("servlet")) {
            client.sendClose(1001);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void aSilentPeerIsPingedAndGivenUpWhenItDoesNotAnswer(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(
                EndpointServer.on(stack, "ws-protocol.keepalive.interval=300ms", "ws-protocol.keepalive.timeout=3s"));
        try (RawClient client = RawClient.open(server.port(), "/echo?ping")) {
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            assertThat(client.read().header()).isEqualTo(RawClient.PING);
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            moveIfTheServletApiWaitsForIt(client, stack);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("ping")).isEqualTo("established");
        assertThat(server.recorder().next("ping")).isEqualTo("error");
        assertThat(server.recorder().next("ping")).isEqualTo("closed 1001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void anIdleConnectionIsClosed(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(
                EndpointServer.on(stack, "ws-protocol.keepalive.mode=off", "ws-protocol.idle-timeout=300ms"));
        try (RawClient client = RawClient.open(server.port(), "/echo?idle")) {
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            moveIfTheServletApiWaitsForIt(client, stack);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void jettysOwnIdleTimeoutDoesNotCount() throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(
                "jetty native", "server.jetty.connection-idle-timeout=200ms", "ws-protocol.keepalive.interval=1s"));
        try (RawClient client = RawClient.open(server.port(), "/echo")) {
            // The first bytes since the handshake, five of those timeouts later.
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            client.sendText("still here");
            assertThat(client.readMessage().text()).isEqualTo("still here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "jetty native"})
    void aPeerThatDoesNotAnswerOurCloseIsDropped(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack, "ws-protocol.close.timeout=300ms"));
        try (RawClient client = RawClient.open(server.port(), "/echo?close")) {
            client.sendText("close");
            assertThat(client.read().closeStatus()).isEqualTo(4001);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("close")).isEqualTo("established");
        assertThat(server.recorder().next("close")).isEqualTo("error");
        assertThat(server.recorder().next("close")).isEqualTo("closed 1006");
    }

    @Test
    void aPausedConnectionCostsNoWorkWhileItsPeerGoesOnSending() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.server.transport=native");
        try (RawClient client = RawClient.open(server.port(), "/echo?paused")) {
            assertThat(server.recorder().next("paused")).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session("paused");
            session.getNativeSession().pauseReading();
            client.send(RawClient.BINARY, new byte[100_000]);
            long before = tasksOf(server);
            client.socket().setSoTimeout(1_000);
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(tasksOf(server) - before).isLessThan(20);
            client.socket().setSoTimeout(20_000);
            session.getNativeSession().resumeReading();
            assertThat(client.readMessage().payload()).hasSize(100_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
    void aPausedConnectionCostsNoProcessorTimeAndStopsItsPeer(String stack) throws Exception {
        EndpointServer server = EndpointServer.shared(EndpointServer.on(stack));
        String key = "cpu-" + stack.replace(' ', '-');
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            client.shakeHands("/echo?" + key);
            assertThat(server.recorder().next(key)).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session(key);
            session.getNativeSession().pauseReading();
            // More than socket buffers hold: the peer notices that nobody reads.
            int bytes = 900_000;
            int messages = 40;
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < messages; i++) {
                    try {
                        client.send(RawClient.BINARY, new byte[bytes]);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            assertThatThrownBy(() -> sending.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            long before = serverNanos();
            assertThatThrownBy(() -> sending.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            long spent = serverNanos() - before;
            assertThat(Duration.ofNanos(spent)).isLessThan(Duration.ofMillis(100));
            session.getNativeSession().resumeReading();
            for (int i = 0; i < messages; i++) {
                assertThat(client.readMessage().payload()).hasSize(bytes);
            }
            sending.get(20, TimeUnit.SECONDS);
        }
    }

    /** Processor time of the threads that serve connections: a transport that asks again and again would show here. */
    private static long serverNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null
                    && (thread.getThreadName().startsWith("http-nio-")
                            || thread.getThreadName().startsWith("qtp")
                            || thread.getThreadName().startsWith("ws-protocol"))) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos;
    }

    private static long tasksOf(EndpointServer server) {
        TomcatWebServer tomcat =
                (TomcatWebServer) ((ServletWebServerApplicationContext) server.context()).getWebServer();
        return ((ThreadPoolExecutor)
                        tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor())
                .getCompletedTaskCount();
    }
}
