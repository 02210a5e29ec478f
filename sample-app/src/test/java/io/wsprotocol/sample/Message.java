package io.wsprotocol.sample;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** A whole message: its type and its bytes. */
record Message(boolean isText, byte[] payload) {

    private static final byte[] WORDS = "Grüße, 世界 😀 and plain words. ".getBytes(StandardCharsets.UTF_8);

    /** Text of exactly so many bytes, with characters of one to four bytes. */
    static Message text(int bytes) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) '.');
        for (int at = 0; at + WORDS.length <= bytes; at += WORDS.length) {
            System.arraycopy(WORDS, 0, payload, at, WORDS.length);
        }
        return new Message(true, payload);
    }

    /** Bytes of every value, the same ones in every run. */
    static Message binary(int bytes) {
        byte[] payload = new byte[bytes];
        new Random(bytes).nextBytes(payload);
        return new Message(false, payload);
    }

    String string() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Message that && isText == that.isText && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return (isText ? "text of " : "binary of ") + payload.length + " B";
    }
}
