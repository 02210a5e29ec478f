package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.upgrade.UpgradeGroupInfo;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** That Tomcat keeps nothing of a connection that is over, however it ended (CVE-2021-42340 was such a thing). */
class TomcatRetentionTests {

    @Test
    void countersOfAConnectionAreReleasedHoweverItEnds() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.server.transport=native");
        Set<?> counters = counters(server);
        for (int i = 0; i < 10; i++) {
            try (RawClient client = RawClient.open(server.port(), "/echo?clean")) {
                client.send(RawClient.CLOSE, new byte[] {3, (byte) 0xe8});
                assertThat(client.read().closeStatus()).isEqualTo(1000);
                assertThat(client.atEnd()).isTrue();
            }
            try (RawClient client = RawClient.open(server.port(), "/echo?dropped")) {
                client.sendText("hello");
                assertThat(client.readMessage().payload()).hasSize(5);
                assertThat(counters).isNotEmpty();
            }
            try (RawClient client = RawClient.open(server.port(), "/echo?reset")) {
                client.sendText("hello");
                client.socket().setSoLinger(true, 0);
            }
        }

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!counters.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(counters).isEmpty();
    }

    private static Set<?> counters(EndpointServer server) throws Exception {
        TomcatWebServer tomcat =
                (TomcatWebServer) ((ServletWebServerApplicationContext) server.context()).getWebServer();
        AbstractHttp11Protocol<?> protocol =
                (AbstractHttp11Protocol<?>) tomcat.getTomcat().getConnector().getProtocolHandler();
        UpgradeGroupInfo group = protocol.getUpgradeGroupInfo("websocket");
        assertThat(group).isNotNull();
        Field field = UpgradeGroupInfo.class.getDeclaredField("upgradeInfos");
        field.setAccessible(true);
        return (Set<?>) field.get(group);
    }
}
