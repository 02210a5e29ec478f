package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Handlers that take messages in parts. */
class PartialMessageTests {

    @Test
    void messagesMayBeLongerThanTheLimitForWholeOnes() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.limits.max-message-size=4KB");
        try (RawClient client = RawClient.open(server.port(), "/partial?long")) {
            client.send(RawClient.BINARY, new byte[50_000]);
            assertThat(client.readMessage().payload()).hasSize(50_000);
        }
        try (RawClient client = RawClient.open(server.port(), "/echo?long")) {
            client.send(RawClient.BINARY, new byte[5_000]);
            assertThat(client.read().closeStatus()).isEqualTo(1009);
        }
    }

    @Test
    void aSurrogatePairThatIsCutBetweenTwoPartsArrivesWhole() throws Exception {
        EndpointServer server = EndpointServer.shared("ws-protocol.limits.max-message-size=4KB");
        try (RawClient client = RawClient.open(server.port(), "/echo?halves")) {
            client.send(RawClient.TEXT, "halves".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(client.readMessage().payload(), StandardCharsets.UTF_8))
                    .isEqualTo("a\uD83D\uDE00b");
        }
    }
}
