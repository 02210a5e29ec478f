package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that take messages in parts. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class PartialMessageTests {

    @Parameter
    String stack;

    private EndpointServer server() {
        return EndpointServer.shared(EndpointServer.on(stack, "ws-protocol.limits.max-message-size=4KB"));
    }

    @Test
    void messagesMayBeLongerThanTheLimitForWholeOnes() throws Exception {
        EndpointServer server = server();
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
        EndpointServer server = server();
        try (RawClient client = RawClient.open(server.port(), "/echo?halves")) {
            client.send(RawClient.TEXT, "halves".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(client.readMessage().payload(), StandardCharsets.UTF_8))
                    .isEqualTo("a\uD83D\uDE00b");
        }
    }
}
