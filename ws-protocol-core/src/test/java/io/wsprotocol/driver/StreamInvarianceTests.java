package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.OpenHandle;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transport does to the stream makes no difference: how many bytes it takes at once, and how a peer cuts messages into frames. */
class StreamInvarianceTests {

    private static final int SCRIPTS = 60;

    private static WebSocketConnection open(boolean server, ConnectionOptions options) {
        HandleOptions handleOptions = options.handleOptions(
                HandleOptions.builder().maskingKeySource(() -> 0x0A0B0C0D).build());
        WebSocketHandle handle = OpenHandle.of(server, handleOptions);
        return WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
    }

    /** {@return the bytes that a script of sends comes to when the sink takes no more than that many at once} */
    private static byte[] written(boolean server, int seed, int most) {
        SplittableRandom dice = new SplittableRandom(seed);
        WebSocketConnection connection =
                open(server, ConnectionOptions.builder().sendFrameBytes(1024).build());
        for (int i = 1 + dice.nextInt(6); i > 0; i--) {
            byte[] payload = new byte[dice.nextInt(4) == 0 ? dice.nextInt(6_000) : dice.nextInt(40)];
            dice.nextBytes(payload);
            if (dice.nextInt(6) == 0) {
                connection.tryPing(ByteBuffer.wrap(payload, 0, Math.min(8, payload.length)), null);
            } else {
                connection.trySend(MessageType.BINARY, ByteBuffer.wrap(payload), true, null);
            }
        }
        connection.close(1000, "end");
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        while (connection.wantsWrite()) {
            connection.written(take(connection, most, sink));
        }
        return sink.toByteArray();
    }

    private static int take(WebSocketConnection connection, int most, ByteArrayOutputStream sink) {
        int taken = 0;
        for (int i = 0; i < connection.writeBufferCount(); i++) {
            ByteBuffer view = connection.writeBuffers()[i].duplicate();
            byte[] bytes = new byte[Math.min(most - taken, view.remaining())];
            view.get(bytes);
            sink.writeBytes(bytes);
            taken += bytes.length;
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-D-02+")
    @Tag("R6455-D-06+")
    void aSinkThatTakesFewBytesAtOnceGetsTheSameStream(boolean server) {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            byte[] all = written(server, seed, Integer.MAX_VALUE);
            assertThat(Frames.read(all, !server)).last().isEqualTo("CLOSE 1000 end");
            for (int most = 1; most <= Math.min(all.length, 150); most++) {
                if (!Arrays.equals(all, written(server, seed, most))) {
                    assertThat(written(server, seed, most))
                            .as("script %d, %d bytes at once", seed, most)
                            .isEqualTo(all);
                }
            }
        }
    }

    /** Messages as frames of any size, empty ones and pings between them. */
    private static byte[] fragmented(boolean toServer, List<String> messages, SplittableRandom dice) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (String message : messages) {
            byte[] utf8 = message.getBytes(StandardCharsets.UTF_8);
            int at = 0;
            int opcode = Frames.TEXT;
            for (boolean fin = false; !fin; opcode = 0) {
                int length = dice.nextInt(3) == 0 ? 0 : dice.nextInt(utf8.length - at + 1);
                fin = at + length == utf8.length && dice.nextBoolean();
                add(stream, toServer, opcode | (fin ? Frames.FIN : 0), Arrays.copyOfRange(utf8, at, at + length));
                at += length;
                if (dice.nextInt(4) == 0) {
                    add(stream, toServer, Frames.FIN | Frames.PING, new byte[dice.nextInt(4)]);
                }
            }
        }
        return stream.toByteArray();
    }

    private static void add(ByteArrayOutputStream stream, boolean toServer, int byte0, byte[] payload) {
        ByteBuffer frame = Frames.frame(toServer, byte0, payload);
        stream.write(frame.array(), frame.position(), frame.remaining());
    }

    private static List<String> heard(boolean server, byte[] stream, SplittableRandom dice) {
        WebSocketConnection connection = open(
                server,
                ConnectionOptions.builder()
                        .maxEmptyFragments(ConnectionOptions.UNLIMITED_COUNT)
                        .controlFrameBurst(10_000)
                        .build());
        ByteBuffer in = ByteBuffer.wrap(stream);
        List<String> heard = new ArrayList<>();
        while (in.hasRemaining()) {
            int length = Math.min(in.remaining(), 1 + dice.nextInt(80));
            ByteBuffer part = in.slice(in.position(), length);
            in.position(in.position() + length);
            while (part.hasRemaining()) {
                connection.feed(part);
                hear(connection, heard);
            }
        }
        return heard;
    }

    private static void hear(WebSocketConnection connection, List<String> heard) {
        for (ConnectionEvent event = connection.nextEvent();
                event != ConnectionEvent.NONE;
                event = connection.nextEvent()) {
            assertThat(event).isEqualTo(ConnectionEvent.TEXT);
            assertThat(connection.last()).isTrue();
            heard.add(connection.text());
        }
        while (connection.wantsWrite()) {
            connection.written(take(connection, Integer.MAX_VALUE, new ByteArrayOutputStream()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-F-20+")
    @Tag("R6455-F-25+")
    @Tag("R6455-F-26+")
    @Tag("R6455-F-27+")
    @Tag("R6455-F-29+")
    @Tag("R6455-F-31+")
    void messagesAreTheSameHoweverTheyAreFragmented(boolean server) {
        for (int seed = 0; seed < 20 * SCRIPTS; seed++) {
            SplittableRandom dice = new SplittableRandom(seed);
            List<String> messages = new ArrayList<>();
            for (int i = dice.nextInt(5); i >= 0; i--) {
                messages.add("a\u00df\u20ac\ud834\udd1e".repeat(dice.nextInt(20)) + i);
            }
            byte[] stream = fragmented(server, messages, dice);
            assertThat(heard(server, stream, dice)).as("script %d", seed).isEqualTo(messages);
        }
    }
}
