package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** {@code /echo} as clients by other people see it. */
@SampleTest
class EchoTests {

    private static final int MEBIBYTE = 1024 * 1024;

    @LocalServerPort
    private int port;

    @ParameterizedTest(name = "{0}: {1} in frames of {2} B")
    @MethodSource("messages")
    void everyMessageComesBackAsItWasSent(Client kind, Message message, int fragmentBytes) throws Exception {
        try (EchoClient client = kind.connect(uri())) {
            assertThat(client.echo(message, fragmentBytes).equals(message)).isTrue();
            assertThat(client.closeNormally()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneConnectionCarriesManyMessagesOfBothTypes(Client kind) throws Exception {
        try (EchoClient client = kind.connect(uri())) {
            for (int size = 0; size < 300; size++) {
                Message message = size % 2 == 0 ? Message.text(size) : Message.binary(size);
                assertThat(client.echo(message, 100)).isEqualTo(message);
            }
            assertThat(client.closeNormally()).isEqualTo(1000);
        }
    }

    static List<Arguments> messages() {
        List<Arguments> rows = new ArrayList<>();
        for (Client client : Client.values()) {
            for (int size : new int[] {0, 125, 126, 65_535, 65_536, 16 * MEBIBYTE}) {
                int fragment = Math.max(1, Math.min(size / 7, 65_521));
                for (Message message : List.of(Message.text(size), Message.binary(size))) {
                    rows.add(Arguments.of(client, message, Math.max(size, 1)));
                    if (size > 0) {
                        rows.add(Arguments.of(client, message, fragment));
                    }
                }
            }
        }
        return rows;
    }

    private URI uri() {
        return URI.create("ws://localhost:" + port + "/echo");
    }

    enum Client {
        JDK {
            @Override
            EchoClient connect(URI uri) throws Exception {
                return new JdkEchoClient(uri);
            }
        },
        JAVA_WEBSOCKET {
            @Override
            EchoClient connect(URI uri) throws Exception {
                return new JavaWebSocketEchoClient(uri);
            }
        };

        abstract EchoClient connect(URI uri) throws Exception;
    }
}
