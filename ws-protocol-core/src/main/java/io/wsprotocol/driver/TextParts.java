package io.wsprotocol.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Decodes a text message part by part: the bytes of a code point that a cut runs through wait for the next part. Not thread-safe:
 * confine to one thread or guard with one lock.
 */
final class TextParts {

    /** The most bytes of an unfinished code point. */
    private static final int MOST_WAITING = 3;

    private final byte[] waiting = new byte[MOST_WAITING];
    private int waitingBytes;

    /** {@return the text of the code points that end in this part; the position does not move} */
    String decode(ByteBuffer part, boolean last) {
        byte[] bytes = new byte[waitingBytes + part.remaining()];
        System.arraycopy(waiting, 0, bytes, 0, waitingBytes);
        part.duplicate().get(bytes, waitingBytes, part.remaining());
        waitingBytes = last ? 0 : unfinished(bytes);
        int length = bytes.length - waitingBytes;
        System.arraycopy(bytes, length, waiting, 0, waitingBytes);
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** {@return how many bytes at the end belong to a code point that goes on} */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(MOST_WAITING, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b < 0x80) {
                return 0;
            }
            if (b >= 0xC0) {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
        }
        return 0;
    }
}
