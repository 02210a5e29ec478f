package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsprotocol.http.HeadException.Rule;
import io.wsprotocol.http.HeadReader.Kind;
import io.wsprotocol.http.HeadReader.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadReaderTests {

    private static final String REQUEST = "GET /chat?a=b HTTP/1.1\r\n"
            + "Host: server.example.com\r\n"
            + "Upgrade:websocket\r\n"
            + "X-Empty:\r\n"
            + "X-Padded: \t a \t b \t \r\n"
            + "X-Latin: caf\u00e9\r\n"
            + "\r\n";

    private static final String RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    @Nested
    class Requests {

        @ParameterizedTest
        @EnumSource
        @Tag("R6455-S-01+")
        void aRequestIsReadInAnyPieces(Feed feed) throws Exception {
            HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
            assertThat(feed.feed(reader, bytes(REQUEST))).isTrue();
            assertThat(reader.method()).isEqualTo("GET");
            assertThat(reader.target()).isEqualTo("/chat?a=b");
            assertThat(reader.minorVersion()).isEqualTo(1);
            assertThat(fields(reader))
                    .containsExactly(
                            "Host=server.example.com",
                            "Upgrade=websocket",
                            "X-Empty=",
                            "X-Padded=a \t b",
                            "X-Latin=caf\u00e9");
        }

        @ParameterizedTest
        @EnumSource
        @Tag("R6455-S-37+")
        void whatFollowsTheHeadStaysInTheBuffer(Feed feed) throws Exception {
            ByteBuffer bytes = bytes(REQUEST + "\u0081\u0005Hello");
            HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
            assertThat(feed.feed(reader, bytes)).isTrue();
            assertThat(bytes.remaining()).isEqualTo(7);
            assertThat(reader.accept(bytes)).isTrue();
            assertThat(bytes.remaining()).isEqualTo(7);
        }

        @ParameterizedTest
        @EnumSource
        void everyPrefixOfAHeadIsIncomplete(Feed feed) throws Exception {
            for (int length = 0; length < REQUEST.length(); length++) {
                HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
                assertThat(feed.feed(reader, bytes(REQUEST.substring(0, length))))
                        .isFalse();
                assertThatIllegalStateException().isThrownBy(reader::method);
                assertThatIllegalStateException().isThrownBy(() -> reader.fields((name, value) -> {}));
                assertThat(feed.feed(reader, bytes(REQUEST.substring(length)))).isTrue();
            }
        }

        @Test
        void directBuffersAreReadToo() throws Exception {
            ByteBuffer direct = ByteBuffer.allocateDirect(REQUEST.length())
                    .put(bytes(REQUEST))
                    .flip();
            assertThat(new HeadReader(Kind.REQUEST, Limits.DEFAULT).accept(direct))
                    .isTrue();
        }

        @Test
        void aRequestWithoutFieldsIsAHead() throws Exception {
            assertThat(fields(read(Kind.REQUEST, "GET / HTTP/1.1\r\n\r\n"))).isEmpty();
        }

        @Test
        void oneEmptyLineBeforeARequestIsSkipped() throws Exception {
            assertThat(read(Kind.REQUEST, "\r\nGET / HTTP/1.1\r\n\r\n").method())
                    .isEqualTo("GET");
            assertRefused(Kind.REQUEST, "\r\n\r\nGET / HTTP/1.1\r\n\r\n", Rule.BAD_START_LINE, 2);
        }

        @ParameterizedTest
        @CsvSource({"0,0", "1,1", "2,2", "9,9"})
        @Tag("R6455-S-03+")
        void theMinorVersionIsReported(int digit, int minorVersion) throws Exception {
            assertThat(read(Kind.REQUEST, "GET / HTTP/1." + digit + "\r\n\r\n").minorVersion())
                    .isEqualTo(minorVersion);
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET", "get", "POST", "M-SEARCH", "!#$%&'*+-.^_`|~"})
        @Tag("R6455-S-02+")
        void everyTokenIsAMethod(String method) throws Exception {
            assertThat(read(Kind.REQUEST, method + " / HTTP/1.1\r\n\r\n").method())
                    .isEqualTo(method);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"/", "*", "/a?b|c^d{e}", "http://server.example.com/chat", "server.example.com:80", "/%00"})
        @Tag("R6455-S-04+")
        void theTargetIsGivenAsWritten(String target) throws Exception {
            assertThat(read(Kind.REQUEST, "GET " + target + " HTTP/1.1\r\n\r\n").target())
                    .isEqualTo(target);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "GET",
                    "GET /",
                    "GET / ",
                    "GET /  HTTP/1.1",
                    "GET  / HTTP/1.1",
                    " GET / HTTP/1.1",
                    "\tGET / HTTP/1.1",
                    "GET\t/ HTTP/1.1",
                    "GET /\tHTTP/1.1",
                    "GET / HTTP/1.1 ",
                    "GET / HTTP/1.1 x",
                    "GET / x HTTP/1.1",
                    "GET  HTTP/1.1",
                    "GET / http/1.1",
                    "GET / HTTP/1",
                    "GET / HTTP/1.",
                    "GET / HTTP/1.10",
                    "GET / HTTP/11",
                    "GET / HTTP/+1.1",
                    "GET / HTTP/1.x",
                    "GET / HTTP/x.1",
                    "GET / HTTP/1,1",
                    "GET / HTTPS/1.1",
                    "GET / ICY/1.1",
                    "GET /#a HTTP/1.1",
                    "GET /\u00e9 HTTP/1.1",
                    "G(T / HTTP/1.1",
                    "G\u00c9T / HTTP/1.1",
                    "GET: / HTTP/1.1",
                    "Host: a b",
                    "HTTP/1.1 200 OK"
                })
        @Tag("R6455-S-01-")
        void aMalformedRequestLineIsRefused(String line) {
            int position = line.isEmpty() ? 2 : 0;
            String before = line.isEmpty() ? "\r\n" : "";
            assertRefused(Kind.REQUEST, before + line + "\r\nHost: a\r\n\r\n", Rule.BAD_START_LINE, position);
        }

        @ParameterizedTest
        @ValueSource(strings = {"GET / HTTP/2.0", "PRI * HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/3.1"})
        @Tag("R6455-S-03-")
        void anotherMajorVersionIsAnsweredWith505(String line) {
            HeadException refusal = refusal(Kind.REQUEST, line + "\r\n\r\n", Feed.WHOLE);
            assertThat(refusal.rule()).isEqualTo(Rule.UNSUPPORTED_VERSION);
            assertThat(refusal.httpStatus()).isEqualTo(505);
        }
    }

    @Nested
    class Responses {

        @ParameterizedTest
        @EnumSource
        @Tag("R6455-C-42+")
        void aResponseIsReadInAnyPiecesAndItsFramesStay(Feed feed) throws Exception {
            ByteBuffer bytes = bytes(RESPONSE + "\u0081\u0000");
            HeadReader reader = new HeadReader(Kind.RESPONSE, Limits.DEFAULT);
            assertThat(feed.feed(reader, bytes)).isTrue();
            assertThat(reader.status()).isEqualTo(101);
            assertThat(reader.reason()).isEqualTo("Switching Protocols");
            assertThat(reader.minorVersion()).isEqualTo(1);
            assertThat(fields(reader)).containsExactly("Upgrade=websocket");
            assertThat(bytes.remaining()).isEqualTo(2);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    "`HTTP/1.1 100 Continue`,100,`Continue`",
                    "`HTTP/1.1 200 `,200,``",
                    "`HTTP/1.0 404 Not  Found`,404,`Not  Found`",
                    "`HTTP/1.1 999  \u00e9\t`,999,` \u00e9\t`"
                })
        @Tag("R6455-C-32+")
        void everyStatusIsRead(String line, int status, String reason) throws Exception {
            HeadReader reader = read(Kind.RESPONSE, line + "\r\n\r\n");
            assertThat(reader.status()).isEqualTo(status);
            assertThat(reader.reason()).isEqualTo(reason);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "HTTP/1.1",
                    "HTTP/1.1 ",
                    "HTTP/1.1 10",
                    "HTTP/1.1 101",
                    "HTTP/1.1 1010 x",
                    "HTTP/1.1 10 x",
                    "HTTP/1.1  101 x",
                    "HTTP/1.1\t101 x",
                    "HTTP/1.1 101\tx",
                    "HTTP/1.1 099 x",
                    "HTTP/1.1 000 x",
                    "HTTP/1.1 +10 x",
                    "HTTP/1.1 1x1 x",
                    "HTTP/1.1 \u00b9\u00b9\u00b9 x",
                    " HTTP/1.1 101 x",
                    "http/1.1 101 x",
                    "HTTP/1.11 101 x",
                    "ICY 200 OK",
                    "GET / HTTP/1.1"
                })
        @Tag("R6455-C-39-")
        void aMalformedStatusLineIsRefused(String line) {
            assertRefused(Kind.RESPONSE, line + "\r\n\r\n", Rule.BAD_START_LINE, 0);
        }

        @Test
        @Tag("R6455-C-39-")
        void anotherMajorVersionIsRefused() {
            assertRefused(Kind.RESPONSE, "HTTP/2.0 101 x\r\n\r\n", Rule.UNSUPPORTED_VERSION, 0);
        }
    }

    @Nested
    class Fields {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Host : a",
                    "Host\t: a",
                    ": a",
                    "Host",
                    "Ho st: a",
                    "Ho(t: a",
                    "H\u00f6st: a",
                    "\"Host\": a",
                    "Host; a"
                })
        @Tag("R6455-S-01-")
        @Tag("R6455-C-39-")
        @Tag("R6455-S-15-")
        void aMalformedFieldIsRefused(String field) {
            String start = "GET / HTTP/1.1\r\nA: b\r\n";
            assertRefused(Kind.REQUEST, start + field + "\r\n\r\n", Rule.BAD_FIELD_NAME, start.length());
        }

        @ParameterizedTest
        @ValueSource(strings = {" folded", "\tfolded", " A: b", "  ", "\t"})
        @Tag("R6455-S-01-")
        void foldedLinesAreRefused(String line) {
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\n" + line + "\r\n\r\n", Rule.FOLDED_FIELD, 16);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\nA: b\r\n" + line + "\r\n\r\n", Rule.FOLDED_FIELD, 22);
        }

        @Test
        void aValueMayHaveColons() throws Exception {
            assertThat(fields(read(Kind.REQUEST, "GET / HTTP/1.1\r\nOrigin:http://a:80\r\n\r\n")))
                    .containsExactly("Origin=http://a:80");
        }

        @Test
        void repeatedFieldsAllCome() throws Exception {
            assertThat(fields(read(Kind.REQUEST, "GET / HTTP/1.1\r\nA: 1\r\na: 2\r\nA: 1\r\n\r\n")))
                    .containsExactly("A=1", "a=2", "A=1");
        }
    }

    @Nested
    class LineEnds {

        @Test
        @Tag("R6455-S-01-")
        void everyCharacterButCrLfIsRefusedAsALineEnd() {
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\nHost: a\r\n\r\n", Rule.BAD_LINE_END, 14);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\rHost: a\r\n\r\n", Rule.BAD_LINE_END, 15);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\nHost: a\n\r\n", Rule.BAD_LINE_END, 23);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\nHost: a\r\r\n", Rule.BAD_LINE_END, 24);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\n\n", Rule.BAD_LINE_END, 16);
            assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\n\rX", Rule.BAD_LINE_END, 17);
            assertRefused(Kind.REQUEST, "\nGET / HTTP/1.1\r\n\r\n", Rule.BAD_LINE_END, 0);
            assertRefused(Kind.REQUEST, "\rGET / HTTP/1.1\r\n\r\n", Rule.BAD_LINE_END, 1);
        }

        @Test
        @Tag("R6455-S-01-")
        void controlCharactersAreRefusedWhereverTheyStand() {
            for (char c = 0; c < 0x100; c++) {
                if (Character.isISOControl(c) && c < 0x80 && "\t\r\n".indexOf(c) < 0) {
                    assertRefused(Kind.REQUEST, c + "GET / HTTP/1.1\r\n\r\n", Rule.BAD_CHARACTER, 0);
                    assertRefused(Kind.REQUEST, "GET /" + c + " HTTP/1.1\r\n\r\n", Rule.BAD_CHARACTER, 5);
                    assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\nA" + c + ": b\r\n\r\n", Rule.BAD_CHARACTER, 17);
                    assertRefused(Kind.REQUEST, "GET / HTTP/1.1\r\nA: b" + c + "\r\n\r\n", Rule.BAD_CHARACTER, 20);
                }
            }
        }

        @Test
        void theFirstByteOfATlsHandshakeIsRefusedAtOnce() {
            HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
            assertThatThrownBy(() -> reader.accept(bytes("\u0016"))).isInstanceOf(HeadException.class);
        }
    }

    @Nested
    class Sizes {

        @Test
        void theHeadMayHaveExactlyItsLimit() throws Exception {
            Limits exact = new Limits(REQUEST.length(), 5, 25);
            HeadReader reader = new HeadReader(Kind.REQUEST, exact);
            assertThat(reader.accept(bytes(REQUEST + "more"))).isTrue();
            assertRefused(new Limits(REQUEST.length() - 1, 5, 25), REQUEST, Rule.HEAD_TOO_LARGE, REQUEST.length() - 1);
            assertRefused(new Limits(8192, 4, 25), REQUEST, Rule.TOO_MANY_FIELDS, REQUEST.indexOf("X-Latin"));
            assertRefused(new Limits(8192, 5, 23), REQUEST, Rule.FIELD_LINE_TOO_LONG, REQUEST.indexOf("Host") + 23);
            assertRefused(new Limits(8192, 5, 21), REQUEST, Rule.START_LINE_TOO_LONG, 21);
            assertRefused(new Limits(10, 5, 25), REQUEST, Rule.START_LINE_TOO_LONG, 10);
        }

        @Test
        void defaultsAre8KibWith64FieldsAnd4KibPerLine() {
            assertThat(Limits.DEFAULT).isEqualTo(new Limits(8192, 64, 4096));
            String start = "GET / HTTP/1.1\r\n";
            assertRefused(Limits.DEFAULT, start + "A: b\r\n".repeat(65) + "\r\n", Rule.TOO_MANY_FIELDS, 16 + 64 * 6);
            assertRefused(Limits.DEFAULT, start + "A".repeat(9000), Rule.FIELD_LINE_TOO_LONG, 16 + 4096);
            assertRefused(Limits.DEFAULT, "G".repeat(9000), Rule.START_LINE_TOO_LONG, 4096);
            String large = start + ("A: " + "b".repeat(4000) + "\r\n").repeat(3);
            assertRefused(Limits.DEFAULT, large, Rule.HEAD_TOO_LARGE, 8192);
        }

        @Test
        void aLineMayHaveExactlyItsLimit() throws Exception {
            String value = "b".repeat(4093);
            assertThat(fields(read(Kind.REQUEST, "GET / HTTP/1.1\r\nA: " + value + "\r\n\r\n")))
                    .containsExactly("A=" + value);
        }

        @ParameterizedTest
        @CsvSource({
            "START_LINE_TOO_LONG,414",
            "FIELD_LINE_TOO_LONG,431",
            "TOO_MANY_FIELDS,431",
            "HEAD_TOO_LARGE,431",
            "BAD_LINE_END,400",
            "BAD_CHARACTER,400",
            "BAD_START_LINE,400",
            "BAD_FIELD_NAME,400",
            "FOLDED_FIELD,400",
            "UNSUPPORTED_VERSION,505"
        })
        void everyRuleHasItsStatus(Rule rule, int status) {
            assertThat(new HeadException(rule, 0).httpStatus()).isEqualTo(status);
        }

        @Test
        void limitsBelowOneAreRefused() {
            assertThat(new Limits(1, 1, 1).maxBytes()).isOne();
            assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 1, 0));
        }

        @ParameterizedTest
        @ValueSource(strings = {"A", " ", ":", ",", "\"", "A: \r\n", "A\r\n", "GET ", "A:b\r\n "})
        @Tag("R6455-S-37-")
        void noEndlessInputIsReadBeyondTheLimits(String shape) {
            for (String start : List.of("", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: ")) {
                ByteBuffer bytes = bytes(start + shape.repeat(100_000));
                HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
                assertThatThrownBy(() -> reader.accept(bytes)).isInstanceOf(HeadException.class);
                assertThat(bytes.position()).isLessThanOrEqualTo(8193);
            }
        }
    }

    @Test
    void aRefusalIsRepeatedAndReadsNothingMore() {
        HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
        assertThatThrownBy(() -> reader.accept(bytes("\n"))).isInstanceOf(HeadException.class);
        ByteBuffer good = bytes(REQUEST);
        HeadException again = catchThrowableOfType(HeadException.class, () -> reader.accept(good));
        assertThat(again.rule()).isEqualTo(Rule.BAD_LINE_END);
        assertThat(good.position()).isZero();
        assertThatIllegalStateException().isThrownBy(reader::method);
    }

    @Test
    void refusalsSayRuleAndPlaceButNotTheBytes() {
        HeadException refusal = refusal(Kind.REQUEST, "GET / HTTP/1.1\r\nCookie secret\r\n\r\n", Feed.WHOLE);
        assertThat(refusal).hasMessage("BAD_FIELD_NAME at byte 16");
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    @Test
    void partsOfTheOtherKindOfHeadAreRefused() throws Exception {
        HeadReader request = read(Kind.REQUEST, REQUEST);
        assertThatIllegalStateException().isThrownBy(request::status).withMessageContaining("of a request");
        assertThatIllegalStateException().isThrownBy(request::reason);
        HeadReader response = read(Kind.RESPONSE, RESPONSE);
        assertThatIllegalStateException().isThrownBy(response::method).withMessageContaining("of a response");
        assertThatIllegalStateException().isThrownBy(response::target);
    }

    @Test
    @Tag("R6455-S-01+-")
    void changedHeadsAreReadAlikeInAnyPieces() {
        Random random = new Random(9112);
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            byte[] head = REQUEST.getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(3); change >= 0; change--) {
                head[random.nextInt(head.length)] = (byte) "\0\t\r\n :/#A1\u00e9".charAt(random.nextInt(11));
            }
            String outcome = outcome(head, Feed.WHOLE);
            assertThat(outcome(head, Feed.BYTE_BY_BYTE)).isEqualTo(outcome);
            assertThat(outcome(head, Feed.RANDOM_CUTS)).isEqualTo(outcome);
            refused += outcome.startsWith("refused") ? 1 : 0;
        }
        assertThat(refused).isBetween(1_000, 2_999);
    }

    private static String outcome(byte[] head, Feed feed) {
        HeadReader reader = new HeadReader(Kind.REQUEST, Limits.DEFAULT);
        try {
            boolean complete = feed.feed(reader, ByteBuffer.wrap(head));
            return complete ? reader.method() + reader.target() + fields(reader) : "incomplete";
        } catch (HeadException e) {
            return "refused " + e.getMessage();
        }
    }

    private static HeadReader read(Kind kind, String head) throws HeadException {
        HeadReader reader = new HeadReader(kind, Limits.DEFAULT);
        assertThat(reader.accept(bytes(head))).isTrue();
        return reader;
    }

    private static List<String> fields(HeadReader reader) {
        List<String> fields = new ArrayList<>();
        reader.fields((name, value) -> fields.add(name + "=" + value));
        return fields;
    }

    private static void assertRefused(Kind kind, String head, Rule rule, int position) {
        for (Feed feed : Feed.values()) {
            assertRefusal(refusal(kind, head, feed), rule, position);
        }
    }

    private static void assertRefused(Limits limits, String head, Rule rule, int position) {
        for (Feed feed : Feed.values()) {
            HeadReader reader = new HeadReader(Kind.REQUEST, limits);
            HeadException refusal = catchThrowableOfType(HeadException.class, () -> feed.feed(reader, bytes(head)));
            assertRefusal(refusal, rule, position);
        }
    }

    private static void assertRefusal(HeadException refusal, Rule rule, int position) {
        assertThat(refusal).isNotNull();
        assertThat(refusal.rule()).isEqualTo(rule);
        assertThat(refusal.position()).isEqualTo(position);
    }

    private static HeadException refusal(Kind kind, String head, Feed feed) {
        HeadReader reader = new HeadReader(kind, Limits.DEFAULT);
        return catchThrowableOfType(HeadException.class, () -> feed.feed(reader, bytes(head)));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The three ways in which bytes arrive. */
    enum Feed {
        WHOLE,
        BYTE_BY_BYTE,
        RANDOM_CUTS;

        boolean feed(HeadReader reader, ByteBuffer bytes) throws HeadException {
            Random random = new Random(bytes.remaining());
            int end = bytes.limit();
            boolean complete = false;
            while (!complete && bytes.position() < end) {
                int piece = this == WHOLE ? end : this == BYTE_BY_BYTE ? 1 : 1 + random.nextInt(20);
                bytes.limit(Math.min(end, bytes.position() + piece));
                complete = reader.accept(bytes);
            }
            bytes.limit(end);
            return complete;
        }
    }
}
