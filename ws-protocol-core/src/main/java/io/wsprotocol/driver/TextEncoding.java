package io.wsprotocol.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Text to UTF-8 and back. */
final class TextEncoding {

    private TextEncoding() {}

    /**
     * {@return the text as UTF-8}
     *
     * @throws IllegalArgumentException when the text has a surrogate without its other half, which UTF-8 cannot carry (RFC 6455 §8.1)
     */
    static byte[] encode(String text) {
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (Character.getType(codePoint) == Character.SURROGATE) {
                throw new IllegalArgumentException("the text has half of a surrogate pair at index " + i);
            }
            i += Character.charCount(codePoint);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the bytes from position to limit as text; the position does not move} */
    static String decode(ByteBuffer utf8) {
        if (utf8.hasArray()) {
            return new String(
                    utf8.array(), utf8.arrayOffset() + utf8.position(), utf8.remaining(), StandardCharsets.UTF_8);
        }
        byte[] bytes = new byte[utf8.remaining()];
        utf8.duplicate().get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
