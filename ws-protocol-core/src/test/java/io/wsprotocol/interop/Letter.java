package io.wsprotocol.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** A message that goes to an echo and comes back. Immutable, as long as nobody writes to the payload. */
record Letter(boolean text, byte[] payload) {

    private static final String[] WORDS = {"Grüße", "世界", "😀", "and", "plain", "words", "naïve", "Ωμέγα"};

    static Letter text(String text) {
        return new Letter(true, text.getBytes(UTF_8));
    }

    static Letter binary(ByteBuffer bytes) {
        byte[] payload = new byte[bytes.remaining()];
        bytes.get(payload);
        return new Letter(false, payload);
    }

    /** {@return text of exactly so many bytes, of words that repeat in no order} */
    static Letter words(int bytes) {
        Random random = new Random(bytes);
        StringBuilder text = new StringBuilder();
        int left = bytes;
        while (left > 0) {
            String word = WORDS[random.nextInt(WORDS.length)] + ' ';
            int length = word.getBytes(UTF_8).length;
            text.append(length <= left ? word : ".");
            left -= length <= left ? length : 1;
        }
        return text(text.toString());
    }

    /** {@return so many bytes, of which every other run of 500 is noise} */
    static Letter halfNoise(int bytes) {
        Random random = new Random(bytes);
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) (i / 500 % 2 == 0 ? i % 7 : random.nextInt());
        }
        return new Letter(false, payload);
    }

    String string() {
        return new String(payload, UTF_8);
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(payload);
    }

    boolean same(Letter other) {
        return text == other.text && Arrays.equals(payload, other.payload);
    }

    @Override
    public String toString() {
        return (text ? "text" : "binary") + " of " + payload.length + " B";
    }
}
