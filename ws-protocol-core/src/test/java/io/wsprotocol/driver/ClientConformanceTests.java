package io.wsprotocol.driver;

import static io.wsprotocol.driver.ServerScript.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.driver.CloseEvent.Initiator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The client's side of what the Autobahn suite asks of a server, group by group: a scripted server sends, the client echoes, and every
 * frame of the client is compared, up to the Close and the end of the connection. Each script arrives whole, byte by byte and cut at random.
 */
class ClientConformanceTests {

    private static final int FIN = Frames.FIN;
    private static final int TEXT = Frames.TEXT;
    private static final int BINARY = Frames.BINARY;
    private static final int PING = FIN | Frames.PING;
    private static final int PONG = FIN | Frames.PONG;
    private static final int CLOSE = FIN | Frames.CLOSE;
    private static final int CONTINUATION = 0;
    private static final int RANDOM_CUTS = 3;

    @ParameterizedTest
    @MethodSource({
        "framing",
        "pingsAndPongs",
        "reservedBits",
        "reservedOpcodes",
        "fragmentation",
        "utf8",
        "closing",
        "large"
    })
    void theClientAnswersAsItMust(ServerScript script) {
        play(script, Integer.MAX_VALUE, Integer.MAX_VALUE, null);
        play(script, 1, 1, null);
        for (int seed = 0; seed < RANDOM_CUTS; seed++) {
            play(script, 0, 7, new Random(seed));
        }
    }

    /** Lets the script arrive in pieces of that size, or in random ones, and looks at all that the client does. */
    private static void play(ServerScript script, int step, int writeStep, Random random) {
        HandPlayedPeer client = HandPlayedPeer.of(false);
        client.end.echo();
        client.end.transport().chop(Integer.MAX_VALUE, writeStep);
        for (ByteBuffer part : script.sent()) {
            while (part.hasRemaining()) {
                int wanted = random == null ? step : 1 + random.nextInt(1 + part.capacity() / 4);
                int length = Math.min(wanted, part.remaining());
                client.arrives(part.slice(part.position(), length));
                part.position(part.position() + length);
            }
        }
        List<String> heard = client.heard();
        if (script.failure() != 0) {
            int last = heard.size() - 1;
            assertThat(heard.subList(0, Math.max(last, 0))).isEqualTo(script.heard());
            assertThat(heard.get(last)).startsWith("CLOSE " + script.failure());
        } else {
            assertThat(heard).isEqualTo(script.heard());
        }
        assertEnded(client, script);
    }

    /** RFC 6455 §7.1.1: the client ends its output behind its Close and leaves it to the server to close the transport. */
    private static void assertEnded(HandPlayedPeer client, ServerScript script) {
        assertThat(client.end.transport().isOutputShut()).isTrue();
        assertThat(client.end.transport().isClosed()).isFalse();
        client.ends();
        assertThat(client.end.transport().isClosed()).isTrue();
        assertThat(client.heard()).isEmpty();
        CloseEvent end = client.end.closed();
        assertThat(end.clean()).isEqualTo(script.failure() == 0);
        assertThat(end.initiator()).isEqualTo(script.failure() == 0 ? Initiator.REMOTE : Initiator.LOCAL);
        if (script.failure() != 0) {
            assertThat(end.code()).isEqualTo(script.failure());
        }
    }

    /** Group 1: every form of the length, both types. */
    static Stream<ServerScript> framing() {
        return IntStream.of(0, 1, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536)
                .boxed()
                .flatMap(size -> Stream.of(
                        script("1: text of " + size + " bytes")
                                .text("*".repeat(size))
                                .closes(1000),
                        script("1: binary of " + size + " bytes")
                                .frame(FIN | BINARY, new byte[size])
                                .hears("BINARY " + size)
                                .closes(1000)));
    }

    /** Group 2: pongs carry what the pings carried, in order; pongs are not answered. */
    static Stream<ServerScript> pingsAndPongs() {
        ServerScript ten = script("2: ten pings");
        IntStream.range(0, 10).forEach(i -> ten.frame(PING, "p" + i).hears("PONG p" + i));
        return Stream.of(
                script("2: ping without payload").frame(PING, "").hears("PONG ").closes(1000),
                script("2: ping with payload")
                        .frame(PING, "Hello")
                        .hears("PONG Hello")
                        .closes(1000),
                script("2: ping of 125 bytes")
                        .frame(PING, "x".repeat(125))
                        .hears("PONG " + "x".repeat(125))
                        .closes(1000),
                script("2: ping whose payload is no text")
                        .frame(PING, hex("00ff00"))
                        .hears("PONG " + new String(hex("00ff00"), StandardCharsets.UTF_8))
                        .closes(1000),
                script("2: ping of 126 bytes")
                        .text("good")
                        .frame(PING, "x".repeat(126))
                        .fails(1002),
                script("2: pong that nobody asked for")
                        .frame(PONG, "")
                        .frame(PONG, "odd")
                        .closes(1000),
                script("2: such a pong, then a ping")
                        .frame(PONG, "odd")
                        .frame(PING, "even")
                        .hears("PONG even")
                        .closes(1000),
                ten.closes(1000));
    }

    /** Group 3: reserved bits mean nothing without an extension. */
    static Stream<ServerScript> reservedBits() {
        return IntStream.rangeClosed(1, 7)
                .boxed()
                .flatMap(bits -> Stream.of(
                        script("3: bits " + bits + " on text")
                                .frame(FIN | bits << 4 | TEXT, "bad")
                                .fails(1002),
                        script("3: bits " + bits + " behind a message")
                                .text("good")
                                .frame(FIN | bits << 4 | BINARY, "bad")
                                .fails(1002),
                        script("3: bits " + bits + " on a ping")
                                .text("good")
                                .frame(bits << 4 | PING, "")
                                .fails(1002),
                        script("3: bits " + bits + " on a Close")
                                .text("good")
                                .frame(bits << 4 | CLOSE, "")
                                .fails(1002)));
    }

    /** Group 4: opcodes that nobody has defined. */
    static Stream<ServerScript> reservedOpcodes() {
        return IntStream.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
                .boxed()
                .flatMap(opcode -> Stream.of(
                        script("4: opcode " + opcode + ", empty")
                                .frame(FIN | opcode, "")
                                .fails(1002),
                        script("4: opcode " + opcode + " with payload behind a message")
                                .text("good")
                                .frame(FIN | opcode, "bad")
                                .frame(PING, "")
                                .fails(1002)));
    }

    /** Group 5: fragments in order, control frames between them and never in pieces. */
    static Stream<ServerScript> fragmentation() {
        return Stream.of(
                script("5: ping in two").frame(Frames.PING, "a").frame(FIN, "b").fails(1002),
                script("5: pong in two").frame(Frames.PONG, "a").frame(FIN, "b").fails(1002),
                script("5: text in two")
                        .frame(TEXT, "one")
                        .frame(FIN, "two")
                        .hears("TEXT onetwo")
                        .closes(1000),
                script("5: binary in three, two of them empty")
                        .frame(BINARY, "")
                        .frame(CONTINUATION, "xyz")
                        .frame(FIN, "")
                        .hears("BINARY 3")
                        .closes(1000),
                script("5: ping between fragments")
                        .frame(TEXT, "one")
                        .frame(PING, "now")
                        .hears("PONG now")
                        .frame(FIN, "two")
                        .hears("TEXT onetwo")
                        .closes(1000),
                script("5: two pings among five fragments")
                        .frame(TEXT, "1")
                        .frame(CONTINUATION, "2")
                        .frame(PING, "p")
                        .hears("PONG p")
                        .frame(CONTINUATION, "3")
                        .frame(CONTINUATION, "4")
                        .frame(PING, "q")
                        .hears("PONG q")
                        .frame(FIN, "5")
                        .hears("TEXT 12345")
                        .closes(1000),
                script("5: nothing to continue, last")
                        .frame(FIN, "bad")
                        .frame(FIN | TEXT, "good")
                        .fails(1002),
                script("5: nothing to continue, not last")
                        .frame(CONTINUATION, "bad")
                        .fails(1002),
                script("5: nothing left to continue")
                        .frame(TEXT, "one")
                        .frame(FIN, "two")
                        .hears("TEXT onetwo")
                        .frame(CONTINUATION, "three")
                        .frame(FIN | TEXT, "four")
                        .fails(1002),
                script("5: text inside a message")
                        .frame(TEXT, "one")
                        .frame(FIN | TEXT, "two")
                        .fails(1002),
                script("5: binary begins inside a message")
                        .frame(TEXT, "one")
                        .frame(BINARY, "two")
                        .fails(1002),
                script("5: a masked frame (RFC 6455 §5.1)")
                        .text("good")
                        .raw(Frames.frame(true, FIN | TEXT, "masked"))
                        .failsAtOnce(1002),
                script("5: a length longer than need be")
                        .text("good")
                        .raw(bytes("817e0005"))
                        .failsAtOnce(1002));
    }

    /** Group 6: text is UTF-8, wherever it is cut; what cannot become UTF-8 any more fails at once. */
    static Stream<ServerScript> utf8() {
        Stream<ServerScript> valid = Stream.of(
                        "",
                        "\u03ba\u1f79\u03c3\u03bc\u03b5",
                        "\u0080",
                        "\u07ff",
                        "\u0800",
                        "\uffff",
                        "\ud7ff",
                        "\ue000",
                        "\ufffd",
                        "\ud800\udc00",
                        "\udbff\udfff",
                        "\ufdd0\ufffe")
                .map(text -> inFrames("6: valid " + escaped(text), text.getBytes(StandardCharsets.UTF_8))
                        .hears("TEXT " + text)
                        .closes(1000));
        Stream<ServerScript> invalid = Stream.of(
                        "80",
                        "bf",
                        "c0af",
                        "c1bf",
                        "e080af",
                        "f08080af",
                        "f5808080",
                        "f4908080",
                        "f888808080",
                        "fc8480808080",
                        "fe",
                        "ff",
                        "eda080",
                        "edbfbf",
                        "edaeb5eda080",
                        "c3",
                        "e282",
                        "f09f98",
                        "c328",
                        "e28241",
                        "cebae1bdb9cf83cebcceb5eda080656469746564")
                .map(payload -> script("6: invalid " + payload)
                        .text("good")
                        .frame(FIN | TEXT, hex(payload))
                        .fails(1007));
        Stream<ServerScript> early = Stream.of("c0", "eda0", "f490", "f5", "ff", "e080", "f080")
                .flatMap(start -> Stream.of(
                        script("6: invalid from its start " + start + ", in a frame that does not end")
                                .raw(unfinished(TEXT, start))
                                .failsAtOnce(1007),
                        script("6: invalid in a fragment " + start + " that does not end the message")
                                .frame(TEXT, "good ")
                                .frame(CONTINUATION, hex(start))
                                .fails(1007)));
        return Stream.of(valid, invalid, early).flatMap(scripts -> scripts);
    }

    /** Group 7: one Close each, with a code and words that may be sent. */
    static Stream<ServerScript> closing() {
        Stream<ServerScript> validCodes = IntStream.of(
                        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
                .mapToObj(code -> script("7: Close with " + code).text("good").closes(code));
        Stream<ServerScript> invalidCodes = IntStream.of(
                        0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
                .mapToObj(code -> script("7: Close with " + code)
                        .text("good")
                        .raw(Frames.close(false, code, ""))
                        .fails(1002));
        Stream<ServerScript> bodies = Stream.of(
                script("7: Close without a body")
                        .frame(CLOSE, "")
                        .hears("CLOSE")
                        .frame(FIN | TEXT, "late"),
                script("7: Close with half a code").frame(CLOSE, "x").fails(1002),
                script("7: Close with 123 bytes of words")
                        .raw(Frames.close(false, 1000, "x".repeat(123)))
                        .hears("CLOSE 1000"),
                script("7: Close with 124 bytes of words")
                        .raw(Frames.close(false, 1000, "x".repeat(124)))
                        .fails(1002),
                script("7: Close whose words are no text")
                        .frame(CLOSE, hex("03e8c328"))
                        .fails(1007),
                script("7: Close in two")
                        .frame(Frames.CLOSE, hex("03e8"))
                        .frame(FIN, "")
                        .fails(1002));
        Stream<ServerScript> behind = Stream.of(
                script("7: a second Close").closes(1000).raw(Frames.close(false, 1001, "")),
                script("7: a ping behind the Close").closes(1000).frame(PING, "late"),
                script("7: a broken frame behind the Close").closes(1000).frame(FIN | 5, "late"),
                script("7: Close inside a message")
                        .frame(TEXT, "one")
                        .closes(1000)
                        .frame(FIN, "two"));
        return Stream.of(validCodes, invalidCodes, bodies, behind).flatMap(scripts -> scripts);
    }

    /** Group 10: a large message in many fragments. */
    static Stream<ServerScript> large() {
        ServerScript script = script("10: 65,536 bytes of text in fragments of 1,300");
        String text = "*".repeat(65_536);
        for (int at = 0; at < text.length(); at += 1_300) {
            int end = Math.min(at + 1_300, text.length());
            script.frame((at == 0 ? TEXT : CONTINUATION) | (end == text.length() ? FIN : 0), text.substring(at, end));
        }
        return Stream.of(script.hears("TEXT " + text).closes(1000));
    }

    /** A text message with one byte in each frame. */
    private static ServerScript inFrames(String title, byte[] text) {
        ServerScript script = script(title);
        for (int i = 0; i < text.length; i++) {
            script.frame(i == 0 ? TEXT : CONTINUATION, new byte[] {text[i]});
        }
        return script.frame(text.length == 0 ? FIN | TEXT : FIN | CONTINUATION, "");
    }

    /** The first bytes of a frame of 100. */
    private static ByteBuffer unfinished(int opcode, String start) {
        return bytes(HexFormat.of().toHexDigits((byte) (FIN | opcode)) + "64" + start);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(unit -> escaped.append("\\u").append(HexFormat.of().toHexDigits((char) unit)));
        return escaped.toString();
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(hex(hex));
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
