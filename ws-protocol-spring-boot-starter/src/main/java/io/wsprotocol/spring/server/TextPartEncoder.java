package io.wsprotocol.spring.server;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Turns the parts of one text message after another into UTF-8. A surrogate pair that is cut by the end of a part goes out with the next
 * part: UTF-8 has no halves of it. For one sender of parts at a time, on any thread.
 *
 * @since 0.1.0
 */
public final class TextPartEncoder {

    private volatile boolean inside;
    private volatile String halfPair = "";

    /** Makes one that is between two messages. */
    public TextPartEncoder() {}

    /** {@return whether a message has begun and not ended} */
    public boolean isInside() {
        return inside;
    }

    /**
     * {@return a part as UTF-8}
     *
     * @param part of the message
     * @param last whether the message ends here
     * @throws IllegalArgumentException when half of a surrogate pair stands alone; nothing has changed
     */
    public ByteBuffer encode(String part, boolean last) {
        String text = halfPair + part;
        int end = text.length();
        if (!last && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text, 0, end));
            halfPair = text.substring(end);
            inside = !last;
            return utf8;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("half of a surrogate pair stands alone in the text", e);
        }
    }
}
