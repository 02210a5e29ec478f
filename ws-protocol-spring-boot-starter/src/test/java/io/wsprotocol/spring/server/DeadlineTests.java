package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What happens to connections while nothing happens on them. */
class DeadlineTests {

    @Test
    void aSilentPeerIsPingedAndGivenUpWhenItDoesNotAnswer() throws Exception {
        EndpointServer server =
                EndpointServer.shared("ws-protocol.keepalive.interval=300ms", "ws-protocol.keepalive.timeout=300ms");
        try (RawClient client = RawClient.open(server.port(), "/echo?ping")) {
            RawClient.Frame ping = client.read();
            assertThat(ping.header()).isEqualTo(RawClient.PING);
            client.send(RawClient.PONG, ping.payload());
            assertThat(client.read().header()).isEqualTo(RawClient.PING);
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(server.recorder().next("ping")).isEqualTo("established");
        assertThat(server.recorder().next("ping")).isEqualTo("error");
        assertThat(server.recorder().next("ping")).isEqualTo("closed 1001");
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        EndpointServer server =
                EndpointServer.shared("ws-protocol.keepalive.mode=off", "ws-protocol.idle-timeout=300ms");
        try (RawClient client = RawClient.open(server.port(), "/echo?idle")) {
            assertThat(client.read().closeStatus()).isEqualTo(1001);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aPeerThatDoesNotAnswerOurCloseIsDropped() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.close.timeout=300ms");
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

    private static long tasksOf(EndpointServer server) {
        TomcatWebServer tomcat =
                (TomcatWebServer) ((ServletWebServerApplicationContext) server.context()).getWebServer();
        return ((ThreadPoolExecutor)
                        tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor())
                .getCompletedTaskCount();
    }
}
