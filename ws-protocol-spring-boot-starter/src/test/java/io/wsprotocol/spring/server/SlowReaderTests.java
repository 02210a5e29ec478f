package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import javax.net.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that read late, over each transport. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class SlowReaderTests {

    @Parameter
    String stack;

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000})
    void whatThePeerSendsWhileItDoesNotReadIsAnsweredOnceItDoes(int questions) throws Exception {
        EndpointServer server = EndpointServer.shared(
                EndpointServer.on(stack, "test.for=slow readers", "ws-protocol.send.timeout=60s"));
        String key = "late" + questions;
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 4 * 1024)) {
            client.shakeHands("/flood?" + key);
            client.sendText("1000 20000");
            assertThat(server.recorder().next(key)).isEqualTo("established");
            WsProtocolWebSocketSession session =
                    (WsProtocolWebSocketSession) server.recorder().session(key);
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(session.getNativeSession().isWritable()).isFalse());
            for (int i = 0; i < questions; i++) {
                client.sendText("1 7");
            }
            // Long enough for the server to look at them, which the test cannot see.
            Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);

            for (int i = 0; i < 1_000; i++) {
                assertThat(client.readMessage().payload()).hasSize(20_000);
            }
            for (int i = 0; i < questions; i++) {
                assertThat(client.readMessage().payload()).hasSize(7);
            }
        }
    }
}
