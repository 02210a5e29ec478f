package io.wsprotocol.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The committed inputs of a harness: {@code corpus/<harness>/seeds.txt}, written by hand, and {@code found.txt}, what a fuzzer found
 * beyond them, minimised. One input in a line, in hexadecimal digits and quoted text, until a number sign:
 *
 * <pre>
 * 00 00 8185 37fa213d 7f9f4d5158   # RFC 6455 §5.7, a masked text message
 * 01 "chat, superchat\n"           # text knows \r, \n, \t, \", \\ and \x00 to \xff
 * </pre>
 *
 * Thread-safe.
 */
final class Corpus {

    private static final List<String> FILES = List.of("seeds.txt", "found.txt");

    private Corpus() {}

    /** {@return all inputs for that harness} */
    static List<byte[]> of(Harness harness) {
        List<byte[]> inputs = new ArrayList<>();
        for (String file : FILES) {
            for (String line : lines("/corpus/" + harness.target().getSimpleName() + '/' + file)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    inputs.add(parse(line));
                }
            }
        }
        return inputs;
    }

    private static List<String> lines(String resource) {
        try (InputStream stream = Corpus.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the bytes that a line stands for} */
    static byte[] parse(String line) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        while (at < line.length() && line.charAt(at) != '#') {
            char c = line.charAt(at);
            if (c == ' ') {
                at++;
            } else if (c == '"') {
                at = quoted(line, at + 1, bytes);
            } else {
                bytes.write(HexFormat.fromHexDigits(line, at, at + 2));
                at += 2;
            }
        }
        return bytes.toByteArray();
    }

    /** {@return the index behind the quotation mark that ends the text} */
    private static int quoted(String line, int from, ByteArrayOutputStream bytes) {
        int at = from;
        while (line.charAt(at) != '"') {
            char c = line.charAt(at++);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            char escape = line.charAt(at++);
            switch (escape) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case 'x' -> {
                    bytes.write(HexFormat.fromHexDigits(line, at, at + 2));
                    at += 2;
                }
                default -> bytes.write(escape);
            }
        }
        return at + 1;
    }

    /** {@return a line that stands for these bytes} The first, which chooses options, is always a number. */
    static String render(byte[] input, boolean text) {
        if (!text || input.length < 2) {
            return HexFormat.of().formatHex(input);
        }
        StringBuilder line = new StringBuilder(HexFormat.of().toHexDigits(input[0])).append(" \"");
        for (int i = 1; i < input.length; i++) {
            char c = (char) (input[i] & 0xFF);
            switch (c) {
                case '\r' -> line.append("\\r");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                case '"', '\\' -> line.append('\\').append(c);
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        line.append(c);
                    } else {
                        line.append("\\x").append(HexFormat.of().toHexDigits(input[i]));
                    }
                }
            }
        }
        return line.append('"').toString();
    }
}
