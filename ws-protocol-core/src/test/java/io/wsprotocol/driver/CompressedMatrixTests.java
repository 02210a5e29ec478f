package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compressed echoes of all sizes, cut into frames of all sizes, of all kinds of data, under all kinds of parameters, in both
 * directions; each message must come back as it went, whatever lies between. The slow form tries all kinds of data in each row.
 */
class CompressedMatrixTests {

    private static final int MESSAGES = 6;

    /** Sizes of messages, each with the most bytes of one frame; 0 for as many as there are. */
    private static final int[][] SIZES = {
        {16, 0},
        {64, 0},
        {256, 0},
        {1024, 0},
        {4096, 0},
        {8192, 0},
        {16384, 0},
        {32768, 0},
        {65536, 0},
        {131072, 0},
        {8192, 256},
        {16384, 256},
        {32768, 256},
        {65536, 256},
        {131072, 256},
        {131072, 1024},
        {131072, 4096},
        {131072, 32768}
    };

    private static final String[] PROSE = {
        "the ", "quick ", "river ", "of ", "words ", "and ", "never ", "ends ", "here. "
    };
    private static final String[] UNICODE = {
        "\u00e4", "\u20ac", "\ud834\udd1e", "stra\u00dfe ", "\u65e5\u672c\u8a9e ", "x "
    };

    private enum Data {
        JSON,
        PROSE,
        UNICODE,
        NOISE,
        PICTURE
    }

    /** Window bits of server and client, and whether each takes context over. */
    private static final List<DeflateParameters> PARAMETERS = List.of(
            new DeflateParameters(15, 15, true, true),
            new DeflateParameters(15, 15, false, false),
            new DeflateParameters(9, 9, true, true),
            new DeflateParameters(9, 9, false, false),
            new DeflateParameters(8, 15, true, false),
            new DeflateParameters(12, 8, false, true),
            new DeflateParameters(15, 10, true, false));

    static Stream<DeflateParameters> parameters() {
        return PARAMETERS.stream();
    }

    private static byte[] payload(Data data, int size, int number) {
        SplittableRandom dice = new SplittableRandom(31L * size + number);
        byte[] bytes = new byte[size];
        switch (data) {
            case NOISE -> dice.nextBytes(bytes);
            case PICTURE -> {
                for (int i = 0; i < size; i++) {
                    bytes[i] = (byte) ((i / 3 % 256) + (dice.nextInt(8) == 0 ? dice.nextInt(4) : 0));
                }
            }
            default -> {
                StringBuilder text = new StringBuilder();
                while (text.length() < size) {
                    text.append(words(data, dice));
                }
                byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
                int end = size;
                while (end > 0 && end < utf8.length && (utf8[end] & 0xC0) == 0x80) {
                    end--;
                }
                Arrays.fill(bytes, (byte) ' ');
                System.arraycopy(utf8, 0, bytes, 0, end);
            }
        }
        return bytes;
    }

    private static String words(Data data, SplittableRandom dice) {
        return switch (data) {
            case JSON ->
                "{\"id\":" + dice.nextInt(1 << 20) + ",\"name\":\"item " + dice.nextInt(50) + "\",\"on\":"
                        + dice.nextBoolean() + ",\"at\":" + dice.nextLong() + "},";
            case PROSE -> PROSE[dice.nextInt(PROSE.length)];
            default -> UNICODE[dice.nextInt(UNICODE.length)];
        };
    }

    private static boolean isText(Data data) {
        return data == Data.JSON || data == Data.PROSE || data == Data.UNICODE;
    }

    @ParameterizedTest
    @MethodSource("parameters")
    @Tag("R7692-P-10+")
    @Tag("R7692-P-12+")
    @Tag("R7692-P-15+")
    @Tag("R7692-P-17+")
    @Tag("R7692-P-38+")
    @Tag("R7692-P-39+")
    @Tag("R7692-P-43+")
    @Tag("R7692-P-44+")
    @Tag("R7692-P-47+")
    void everyMessageComesBackAsItWent(DeflateParameters parameters) {
        for (int i = 0; i < SIZES.length; i++) {
            Data data = Data.values()[(i + PARAMETERS.indexOf(parameters)) % Data.values().length];
            echo(parameters, data, SIZES[i][0], SIZES[i][1]);
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    @Tag("slow")
    void everyMessageOfEveryKindComesBackAsItWent(DeflateParameters parameters) {
        for (int[] size : SIZES) {
            for (Data data : Data.values()) {
                echo(parameters, data, size[0], size[1]);
            }
        }
    }

    private void echo(DeflateParameters parameters, Data data, int size, int frameBytes) {
        try (CoderPool pool = new CoderPool(4)) {
            ConnectionOptions.Builder builder = ConnectionOptions.builder()
                    .compression(DeflateOptions.builder().threshold(0).build())
                    .coderPool(pool)
                    .maxQueuedBytes(ConnectionOptions.UNLIMITED);
            if (frameBytes > 0) {
                builder.sendFrameBytes(Math.max(1024, frameBytes)).maxQueuedMessages(ConnectionOptions.UNLIMITED_COUNT);
            }
            ConnectionOptions options = builder.build();
            ConnectionPair pair = new ConnectionPair(options, options, HandleOptions.defaults(), parameters);
            pair.server().echo();
            List<byte[]> sent = new ArrayList<>();
            List<byte[]> back = new ArrayList<>();
            pair.client().onBinaryDo(bytes -> back.add(copy(bytes)));
            int messages = size > 20_000 ? 2 : MESSAGES;
            for (int i = 0; i < messages; i++) {
                byte[] payload = payload(data, size, i);
                sent.add(payload);
                send(pair.client().connection(), data, payload, frameBytes);
                if (i % 3 == 2) {
                    pair.settle();
                }
            }
            pair.settle();
            if (isText(data)) {
                pair.client().events().stream()
                        .filter(event -> event.startsWith("TEXT "))
                        .map(event -> event.substring("TEXT ".length()).getBytes(StandardCharsets.UTF_8))
                        .forEach(back::add);
            }
            assertThat(back).hasSameSizeAs(sent);
            for (int i = 0; i < messages; i++) {
                assertThat(Arrays.mismatch(back.get(i), sent.get(i)))
                        .as("%s of %d bytes, message %d", data, size, i)
                        .isEqualTo(-1);
            }
            pair.client().connection().close(1000, null);
            pair.settle();
            assertThat(pair.server().closed().code()).isEqualTo(1000);
            assertLedger(pool);
        }
    }

    private static void send(WebSocketConnection connection, Data data, byte[] payload, int frameBytes) {
        MessageType type = isText(data) ? MessageType.TEXT : MessageType.BINARY;
        int step = frameBytes == 0 ? payload.length : frameBytes;
        for (int at = 0; at < payload.length; at += step) {
            int length = Math.min(step, payload.length - at);
            boolean last = at + length == payload.length;
            assertThat(connection.trySend(type, ByteBuffer.wrap(payload, at, length), last, null))
                    .isEqualTo(SendResult.ACCEPTED);
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    static void assertLedger(CoderPool pool) {
        assertThat(pool.deflatersInUse()).as("deflaters not given back").isZero();
        assertThat(pool.inflatersInUse()).as("inflaters not given back").isZero();
        assertThat(pool.frameMemoryInUse()).as("frame memory not given back").isZero();
    }
}
