package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text to UTF-8 and back, with the JDK's strict encoder as the judge. */
class TextEncodingTests {

    private static final String[] UNITS = {"a", "?", "é", "ÿ", "漢", "\uFFFD", "\uD83D\uDE00", "\uD83D", "\uDE00"};

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "?", "plain", "Zoë?", "漢字", "\uD83D\uDE00", "a\uD83D\uDE00?"})
    void whatIsWholeIsEncoded(String text) {
        assertThat(TextEncoding.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(TextEncoding.decode(ByteBuffer.wrap(TextEncoding.encode(text))))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D",
                "\uDE00",
                "a\uD83D",
                "\uDE00a",
                "??\uD83D??",
                "\uDE00\uD83D",
                "\uD83D\uD83D\uDE00",
                "é\uD83Dé"
            })
    void halfAPairIsRefused(String text) {
        assertThatThrownBy(() -> TextEncoding.encode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyMixtureIsJudgedAsTheStrictEncoderDoes() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int kinds = 1 + random.nextInt(UNITS.length);
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(UNITS[random.nextInt(kinds)]);
            }
            byte[] expected = strict(text.toString());
            if (expected == null) {
                halfAPairIsRefused(text.toString());
            } else {
                assertThat(TextEncoding.encode(text.toString())).isEqualTo(expected);
            }
        }
    }

    private static byte @Nullable [] strict(String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Test
    void memoryOutsideTheHeapIsTextToo() {
        ByteBuffer direct = ByteBuffer.allocateDirect(10)
                .put("x\u20ac".getBytes(StandardCharsets.UTF_8))
                .flip();
        assertThat(TextEncoding.decode(direct.position(1))).isEqualTo("\u20ac");
        assertThat(direct.position()).isEqualTo(1);
    }
}
