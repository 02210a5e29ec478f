package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Echoes on Tomcat in the spirit of groups 12 and 13 of the Autobahn suite: 18 sizes and fragmentations for each of five kinds of data, and
 * for each of seven sets of parameters, with and without context takeover at the server.
 */
class CompressionMatrixTests {

    private static final int MESSAGES = 4;
    private static final int LARGEST = 128 << 10;
    private static final String ON = "ws-protocol.compression.enabled=true";
    private static final String[] TAKEOVER = {
        ON,
        "ws-protocol.compression.server-context-takeover=true",
        "ws-protocol.compression.client-context-takeover=true",
        "ws-protocol.compression.threshold=0B"
    };

    /** How long a message is, and in how long frames its compressed form is sent. */
    private record Row(int bytes, int frameBytes) {}

    /** 10 sizes in one frame, and the largest cut into frames of 8 sizes. */
    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int bytes : new int[] {16, 64, 256, 1 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, LARGEST}) {
            rows.add(new Row(bytes, Integer.MAX_VALUE));
        }
        for (int frameBytes = 256; frameBytes <= 32 << 10; frameBytes *= 2) {
            rows.add(new Row(LARGEST, frameBytes));
        }
        assertThat(rows).hasSize(18);
        return rows;
    }

    /** What is in the messages. */
    enum Kind {
        JSON(RawClient.TEXT) {
            @Override
            byte[] data(int bytes, Random random) {
                StringBuilder json = new StringBuilder("[");
                while (json.length() < bytes) {
                    json.append("{\"id\":")
                            .append(random.nextInt(100_000))
                            .append(",\"symbol\":\"XYZ")
                            .append(random.nextInt(50))
                            .append("\",\"price\":")
                            .append(random.nextInt(10_000) / 100.0)
                            .append("},");
                }
                return ascii(json, bytes);
            }
        },
        PROSE(RawClient.TEXT) {
            @Override
            byte[] data(int bytes, Random random) {
                String[] words = {"Grüße", "世界", "😀", "and", "plain", "words", "naïve", "Ωμέγα"};
                StringBuilder prose = new StringBuilder();
                int length = 0;
                for (byte[] word; length + 16 < bytes; length += word.length) {
                    String next = words[random.nextInt(words.length)] + ' ';
                    word = utf8(next);
                    prose.append(next);
                }
                return ascii(prose.append(".".repeat(bytes - length)), bytes);
            }
        },
        SPARSE(RawClient.BINARY) {
            @Override
            byte[] data(int bytes, Random random) {
                byte[] sparse = new byte[bytes];
                for (int i = 0; i < bytes; i += 50 + random.nextInt(100)) {
                    sparse[i] = (byte) random.nextInt();
                }
                return sparse;
            }
        },
        NOISE(RawClient.BINARY) {
            @Override
            byte[] data(int bytes, Random random) {
                byte[] noise = new byte[bytes];
                random.nextBytes(noise);
                return noise;
            }
        },
        IMAGE(RawClient.BINARY) {
            @Override
            byte[] data(int bytes, Random random) {
                byte[] image = new byte[bytes];
                for (int i = 0; i < bytes; i++) {
                    image[i] = (byte) ((i % 640) / 3 + random.nextInt(4));
                }
                return image;
            }
        };

        final int header;

        Kind(int header) {
            this.header = header;
        }

        abstract byte[] data(int bytes, Random random);

        private static byte[] utf8(CharSequence text) {
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }

        private static byte[] ascii(StringBuilder text, int bytes) {
            ByteArrayOutputStream exact = new ByteArrayOutputStream();
            exact.write(utf8(text), 0, bytes);
            return exact.toByteArray();
        }
    }

    private static List<String> offers() {
        String nine = "permessage-deflate; server_no_context_takeover; server_max_window_bits=9";
        return List.of(
                "permessage-deflate",
                "permessage-deflate; server_no_context_takeover",
                "permessage-deflate; server_max_window_bits=9",
                "permessage-deflate; server_max_window_bits=15",
                nine,
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=15",
                nine + "; unknown, permessage-deflate; server_no_context_takeover; client_max_window_bits, "
                        + "permessage-deflate");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("R7692-P-10+")
    @Tag("R7692-P-12+")
    @Tag("R7692-P-15+")
    void everyKindOfDataComesBackInEverySize(Kind kind) throws Exception {
        echoAll(EndpointServer.shared(ON), kind, "permessage-deflate; client_max_window_bits");
    }

    @ParameterizedTest
    @MethodSource("offers")
    void everySetOfParametersWorksInEverySize(String offers) throws Exception {
        echoAll(EndpointServer.shared(ON), Kind.JSON, offers);
    }

    @ParameterizedTest
    @MethodSource("offers")
    void everySetOfParametersWorksWithContextTakeover(String offers) throws Exception {
        echoAll(EndpointServer.shared(TAKEOVER), Kind.JSON, offers);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfDataComesBackInParts(Kind kind) throws Exception {
        for (Row row : rows()) {
            try (DeflatingClient client =
                    DeflatingClient.open(EndpointServer.shared(ON).port(), "/partial", "permessage-deflate")) {
                byte[] data = kind.data(row.bytes, new Random(row.bytes));
                client.send(kind.header, data, row.frameBytes);
                assertThat(client.receive()).as("%s", row).isEqualTo(data);
            }
        }
    }

    private static void echoAll(EndpointServer server, Kind kind, String offers) throws Exception {
        for (Row row : rows()) {
            try (DeflatingClient client = DeflatingClient.open(server.port(), "/echo", offers)) {
                assertThat(client.agreed()).startsWith("permessage-deflate");
                for (int i = 0; i < MESSAGES; i++) {
                    byte[] data = kind.data(row.bytes, new Random(31L * row.bytes + i));
                    client.send(kind.header, data, row.frameBytes);
                    assertThat(client.receive()).as("%s", row).isEqualTo(data);
                    if (kind != Kind.NOISE && row.bytes >= 1024) {
                        assertThat(client.lastWasCompressed()).isTrue();
                    }
                }
                client.raw().sendClose(1000);
                assertThat(client.raw().read().closeStatus()).isEqualTo(1000);
            }
        }
    }
}
