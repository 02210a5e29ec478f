package io.wsprotocol.deflate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Deflater;

/** Payloads of all kinds, and messages made of them by the zlib of the JDK. */
final class Samples {

    private static final String[] WORDS = {
        "price",
        "order",
        "symbol",
        "volume",
        "{\"id\":",
        ",\"name\":\"",
        "true",
        "\u00e4rger",
        "\u20ac",
        "null",
        "time",
        "\"}",
        " ",
        "\n"
    };

    private Samples() {}

    /** {@return bytes of one of several kinds: text, JSON-like, runs, noise, long repeats} */
    static byte[] bytes(int length, SplittableRandom dice) {
        byte[] bytes = new byte[length];
        switch (dice.nextInt(5)) {
            case 0 -> dice.nextBytes(bytes);
            case 1 -> Arrays.fill(bytes, (byte) dice.nextInt());
            case 2 -> text(bytes, dice);
            case 3 -> {
                int period = 1 + dice.nextInt(Math.max(1, length));
                byte[] once = new byte[period];
                dice.nextBytes(once);
                for (int i = 0; i < length; i++) {
                    bytes[i] = once[i % period];
                }
            }
            default -> {
                int symbols = 1 + dice.nextInt(40);
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) (dice.nextInt(symbols) * dice.nextInt(2));
                }
            }
        }
        return bytes;
    }

    static byte[] text(int length, SplittableRandom dice) {
        byte[] bytes = new byte[length];
        text(bytes, dice);
        return bytes;
    }

    private static void text(byte[] bytes, SplittableRandom dice) {
        StringBuilder text = new StringBuilder();
        while (text.length() < bytes.length) {
            text.append(WORDS[dice.nextInt(WORDS.length)]);
            if (dice.nextInt(4) == 0) {
                text.append(dice.nextInt(10_000));
            }
        }
        byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(utf8, 0, bytes, 0, bytes.length);
    }

    /** {@return the payload as a message of RFC 7692, in one go or with flushes inside} */
    static byte[] deflate(byte[] payload, int level, int strategy, SplittableRandom dice) {
        Deflater deflater = new Deflater(level, true);
        deflater.setStrategy(strategy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        deflater.deflate(
                buffer,
                0,
                buffer.length,
                Deflater.NO_FLUSH); // the call that follows setStrategy sets it and does no more
        int at = 0;
        do {
            int length = dice.nextInt(3) == 0 ? dice.nextInt(payload.length - at + 1) : payload.length - at;
            deflater.setInput(payload, at, length);
            at += length;
            int flush = at == payload.length || dice.nextBoolean() ? Deflater.SYNC_FLUSH : Deflater.FULL_FLUSH;
            for (int n = deflater.deflate(buffer, 0, buffer.length, flush);
                    n > 0;
                    n = deflater.deflate(buffer, 0, buffer.length, flush)) {
                out.write(buffer, 0, n);
            }
        } while (at < payload.length);
        deflater.end();
        byte[] all = out.toByteArray();
        return all.length < 4 ? new byte[1] : Arrays.copyOf(all, all.length - 4);
    }
}
