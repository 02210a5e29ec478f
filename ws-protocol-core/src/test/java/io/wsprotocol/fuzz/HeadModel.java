package io.wsprotocol.fuzz;

import io.wsprotocol.http.HeadException.Rule;
import io.wsprotocol.http.HeadReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one reading of an HTTP/1.1 head (RFC 9112 §2 to §5), of the whole text at once, written apart from the engine's reader. Not
 * thread-safe: confine to one thread or guard with one lock.
 */
final class HeadModel {

    private final boolean request;
    private String text = "";
    private HeadReader.Limits limits = HeadReader.Limits.DEFAULT;

    /** Which rule the head breaks; null when none is broken so far. */
    @Nullable
    Rule broken;

    /** Number of bytes before the place where it is broken. */
    int position;
    /** Number of bytes up to and with the empty line; 0 when the head is not complete. */
    int length;

    /** The first, second and third part of the start line. */
    String[] start = {};
    /** Names and values in turn. */
    final List<String> fields = new ArrayList<>();

    HeadModel(boolean request) {
        this.request = request;
    }

    void read(byte[] bytes, int from, HeadReader.Limits headLimits) {
        text = new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1);
        limits = headLimits;
        broken = null;
        position = 0;
        length = 0;
        start = new String[0];
        fields.clear();
        int lineStart = 0;
        while (lineStart >= 0) {
            lineStart = line(lineStart);
        }
    }

    boolean complete() {
        return length > 0;
    }

    int minorVersion() {
        return start[request ? 2 : 0].charAt(7) - '0';
    }

    /** {@return the values of the fields with that name in small letters} */
    List<String> values(String name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).length() == name.length()
                    && HeaderModel.small(fields.get(i)).equals(name)) {
                values.add(fields.get(i + 1));
            }
        }
        return values;
    }

    /** {@return whether the lists of that header contain a name} */
    boolean names(String header, String name) {
        List<String> lines = values(header);
        List<String> names = lines.isEmpty() ? null : HeaderModel.names(lines);
        return names != null && names.contains(name);
    }

    /** {@return where the next line begins, or -1 when nothing more comes of the text} */
    private int line(int lineStart) {
        boolean first = start.length == 0;
        for (int i = lineStart; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i >= limits.maxBytes()) {
                return broken(first ? Rule.START_LINE_TOO_LONG : Rule.HEAD_TOO_LARGE, i);
            }
            boolean afterCr = i > lineStart && text.charAt(i - 1) == '\r';
            if (afterCr && c == '\n') {
                return endOfLine(lineStart, text.substring(lineStart, i - 1), i + 1);
            }
            if (afterCr || c == '\n') {
                return broken(Rule.BAD_LINE_END, i);
            }
            if (c != '\r' && ((c < 32 && c != '\t') || c == 127)) {
                return broken(Rule.BAD_CHARACTER, i);
            }
            if (c != '\r' && i - lineStart >= limits.maxLineBytes()) {
                return broken(first ? Rule.START_LINE_TOO_LONG : Rule.FIELD_LINE_TOO_LONG, i);
            }
        }
        return -1;
    }

    private int broken(Rule rule, int at) {
        broken = rule;
        position = at;
        return -1;
    }

    private int endOfLine(int lineStart, String line, int next) {
        Rule wrong = null;
        if (start.length > 0) {
            if (line.isEmpty()) {
                length = next;
                return -1;
            }
            wrong = field(line);
        } else if (!line.isEmpty() || lineStart > 0 || !request) {
            wrong = request ? requestLine(line) : statusLine(line);
        }
        return wrong == null ? next : broken(wrong, lineStart);
    }

    private @Nullable Rule requestLine(String line) {
        String[] parts = line.split(" ", 3);
        if (parts.length < 3) {
            return Rule.BAD_START_LINE;
        }
        Rule wrong = version(parts[2]);
        boolean target = !parts[1].isEmpty();
        for (char c : parts[1].toCharArray()) {
            target &= c > 32 && c < 127 && c != '#';
        }
        if (wrong == null && !(target && HeaderModel.isToken(parts[0]))) {
            return Rule.BAD_START_LINE;
        }
        start = parts;
        return wrong;
    }

    private @Nullable Rule statusLine(String line) {
        int space = line.indexOf(' ');
        if (space < 0 || line.length() < space + 5 || line.charAt(space + 4) != ' ') {
            return Rule.BAD_START_LINE;
        }
        start = new String[] {line.substring(0, space), line.substring(space + 1, space + 4), line.substring(space + 5)
        };
        Rule wrong = version(start[0]);
        return wrong == null && number(start[1]) < 100 ? Rule.BAD_START_LINE : wrong;
    }

    private static int number(String digits) {
        int number = 0;
        for (char c : digits.toCharArray()) {
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    private static @Nullable Rule version(String text) {
        boolean form = text.length() == 8
                && text.startsWith("HTTP/")
                && number(text.substring(5, 6)) >= 0
                && text.charAt(6) == '.'
                && number(text.substring(7)) >= 0;
        return !form ? Rule.BAD_START_LINE : text.charAt(5) == '1' ? null : Rule.UNSUPPORTED_VERSION;
    }

    private @Nullable Rule field(String line) {
        if (fields.size() == 2 * limits.maxFields()) {
            return Rule.TOO_MANY_FIELDS;
        }
        if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            return Rule.FOLDED_FIELD;
        }
        String[] parts = line.split(":", 2);
        if (parts.length < 2 || !HeaderModel.isToken(parts[0])) {
            return Rule.BAD_FIELD_NAME;
        }
        fields.add(parts[0]);
        fields.add(HeaderModel.parts(parts[1], '\n').get(0));
        return null;
    }
}
