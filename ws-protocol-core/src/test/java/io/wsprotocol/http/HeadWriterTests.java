package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWriterTests {

    private static final List<Map.Entry<String, String>> FIELDS =
            List.of(Map.entry("Host", "a"), Map.entry("X-Latin", "caf\u00e9\tb"), Map.entry("X-Empty", ""));

    @Test
    @Tag("R6455-C-15+")
    @Tag("R6455-C-16+")
    void aRequestIsWritten() {
        assertThat(text(HeadWriter.request("GET", "/chat", FIELDS)))
                .isEqualTo("GET /chat HTTP/1.1\r\nHost: a\r\nX-Latin: caf\u00e9\tb\r\nX-Empty: \r\n\r\n");
    }

    @Test
    @Tag("R6455-S-27+")
    void aResponseIsWritten() {
        assertThat(text(HeadWriter.response(101, "Switching Protocols", List.of(Map.entry("Upgrade", "websocket")))))
                .isEqualTo("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
        assertThat(text(HeadWriter.response(404, "", List.of()))).isEqualTo("HTTP/1.1 404 \r\n\r\n");
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        HeadReader request = new HeadReader(HeadReader.Kind.REQUEST, HeadReader.Limits.DEFAULT);
        assertThat(request.accept(ByteBuffer.wrap(HeadWriter.request("GET", "/chat", FIELDS))))
                .isTrue();
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        request.fields((name, value) -> fields.add(Map.entry(name, value)));
        assertThat(fields).isEqualTo(FIELDS);

        HeadReader response = new HeadReader(HeadReader.Kind.RESPONSE, HeadReader.Limits.DEFAULT);
        assertThat(response.accept(ByteBuffer.wrap(HeadWriter.response(426, "", FIELDS))))
                .isTrue();
        assertThat(response.status()).isEqualTo(426);
        assertThat(response.reason()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\rb", "a\0b", "a\u007Fb", "a\u001Bb", "a\u0100b", "\ud83d\ude00"})
    @Tag("R6455-C-15-")
    void noValueCanEndItsLineOrLeaveLatin1(String text) {
        assertRefused(() -> HeadWriter.request("GET", "/", fields("A", text)), text);
        assertRefused(() -> HeadWriter.response(101, "", fields("A", text)), text);
        assertRefused(() -> HeadWriter.request("GET", "/", fields(text, "b")), text);
        assertRefused(() -> HeadWriter.request(text, "/", List.of()), text);
        assertRefused(() -> HeadWriter.request("GET", "/" + text, List.of()), text);
        assertRefused(() -> HeadWriter.response(101, text, List.of()), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", " a", "a ", "\u00e9", "(a)"})
    @Tag("R6455-C-15-")
    void methodsAndFieldNamesAreTokens(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HeadWriter.request(text, "/", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> HeadWriter.request("GET", "/", fields(text, "b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/a b", "/ HTTP/1.1", "/\u00e9", "/a#b", "/\t"})
    @Tag("R6455-C-15+-")
    @Tag("R6455-C-17+-")
    void targetsAreVisibleAsciiWithoutFragment(String target) {
        assertThatIllegalArgumentException().isThrownBy(() -> HeadWriter.request("GET", target, List.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-101, 0, 99, 1000})
    void statusesHaveThreeDigits(int status) {
        assertThatIllegalArgumentException().isThrownBy(() -> HeadWriter.response(status, "", List.of()));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 999})
    void everyStatusOfThreeDigitsIsWritten(int status) {
        assertThat(new String(HeadWriter.response(status, "", List.of()), StandardCharsets.ISO_8859_1))
                .isEqualTo("HTTP/1.1 " + status + " \r\n\r\n");
    }

    @Test
    void messagesCountFields() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        HeadWriter.request("GET", "/", List.of(Map.entry("A", "b"), Map.entry("Cookie", "secret\n"))))
                .withMessageContaining("field 1");
    }

    private static void assertRefused(ThrowingCallable call, String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(text));
    }

    private static List<Map.Entry<String, String>> fields(String name, String value) {
        return List.of(Map.entry(name, value));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
