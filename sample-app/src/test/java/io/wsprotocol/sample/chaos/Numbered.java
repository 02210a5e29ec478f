package io.wsprotocol.sample.chaos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A message that says which one it is and when it was made, with a checksum over all of it. Odd numbers travel as binary, even ones as text:
 * {@code number time checksum body}, in hexadecimal.
 *
 * <p>Immutable.
 *
 * @param number counts the messages of one sender
 * @param madeAt nanoseconds of {@link System#nanoTime}
 */
record Numbered(long number, long madeAt) {

    private static final int TEXT_HEAD = 16 + 16 + 8;
    private static final int BINARY_HEAD = 8 + 8 + 4;

    boolean isText() {
        return (number & 1) == 0;
    }

    /** {@return the message with that body as text} */
    String text(String body) {
        return "%016x%016x%08x".formatted(number, madeAt, checksum(utf8(body))) + body;
    }

    /** {@return the message with that body as bytes} */
    ByteBuffer binary(byte[] body) {
        return ByteBuffer.allocate(BINARY_HEAD + body.length)
                .putLong(number)
                .putLong(madeAt)
                .putInt(checksum(body))
                .put(body)
                .flip();
    }

    /** {@return what a text says of itself} */
    static Numbered of(String text) throws ChecksumException {
        if (text.length() < TEXT_HEAD) {
            throw new ChecksumException();
        }
        try {
            Numbered claimed =
                    new Numbered(Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16));
            int checksum = Integer.parseUnsignedInt(text, 32, TEXT_HEAD, 16);
            if (checksum != claimed.checksum(utf8(text.substring(TEXT_HEAD)))) {
                throw new ChecksumException();
            }
            return claimed;
        } catch (NumberFormatException e) {
            throw new ChecksumException();
        }
    }

    /** {@return what bytes say of themselves} */
    static Numbered of(ByteBuffer bytes) throws ChecksumException {
        if (bytes.remaining() < BINARY_HEAD) {
            throw new ChecksumException();
        }
        ByteBuffer from = bytes.duplicate();
        Numbered claimed = new Numbered(from.getLong(), from.getLong());
        int checksum = from.getInt();
        byte[] body = new byte[from.remaining()];
        from.get(body);
        if (checksum != claimed.checksum(body)) {
            throw new ChecksumException();
        }
        return claimed;
    }

    private int checksum(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(16).putLong(number).putLong(madeAt).flip());
        crc.update(body);
        return (int) crc.getValue();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A message is not what was sent. */
    static final class ChecksumException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
