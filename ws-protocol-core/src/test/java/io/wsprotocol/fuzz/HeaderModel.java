package io.wsprotocol.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list headers of RFC 6455 §4.3 and §9.1 by cutting: at commas, at semicolons, at the equals sign. That is allowed because none of
 * them can stand inside a quoted value, which must be a token when its quotation is removed. Immutable.
 */
final class HeaderModel {

    /** RFC 9110 §5.6.2: a token has visible characters that are no delimiters. */
    private static final String DELIMITERS = "\"(),/:;<=>?@[\\]{}";

    private static final boolean[] TOKEN = tokens();

    private HeaderModel() {}

    private static boolean[] tokens() {
        boolean[] token = new boolean[256];
        Arrays.fill(token, 0x21, 0x7F, true);
        for (char delimiter : DELIMITERS.toCharArray()) {
            token[delimiter] = false;
        }
        return token;
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return text.length() > 0;
    }

    static boolean isTokenCharacter(int c) {
        return c < TOKEN.length && TOKEN[c];
    }

    /** {@return the parts between the separators, without white space around them} */
    static List<String> parts(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int to = text.indexOf(separator); to >= 0; to = text.indexOf(separator, from)) {
            parts.add(bare(text, from, to));
            from = to + 1;
        }
        parts.add(bare(text, from, text.length()));
        return parts;
    }

    private static String bare(String text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        while (from < to && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
            to--;
        }
        return text.substring(from, to);
    }

    /** {@return the tokens of a subprotocol header, or null when it is refused} */
    static @Nullable List<String> subprotocols(List<String> lines, int maxElements) {
        if (lines.isEmpty()) {
            return List.of();
        }
        String header = String.join(",", lines);
        List<String> parts = parts(header, ',');
        boolean right = header.length() <= 1024 && parts.size() <= maxElements;
        for (int i = 0; right && i < parts.size(); i++) {
            String part = parts.get(i);
            right = isToken(part) && part.length() <= 128 && parts.indexOf(part) == i;
        }
        return right ? parts : null;
    }

    /** {@return the elements of a Connection or Upgrade header in small letters, or null when it is refused} */
    static @Nullable List<String> names(List<String> lines) {
        String header = String.join(",", lines);
        List<String> names = new ArrayList<>();
        boolean right = header.length() <= 4096;
        for (String part : parts(header, ',')) {
            if (!part.isEmpty()) {
                int slash = part.indexOf('/');
                String name = slash < 0 ? part : part.substring(0, slash);
                String version = slash < 0 ? "any" : part.substring(slash + 1);
                right &= isToken(name) && isToken(version) && name.length() <= 256 && version.length() <= 256;
                names.add(small(part));
            }
        }
        return right && names.size() <= 64 ? names : null;
    }

    static String small(String text) {
        StringBuilder small = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            small.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
        }
        return small.toString();
    }

    /** {@return the extensions as {@code name;name=value;name}, one in each entry, or null when the header is refused} */
    static @Nullable List<String> extensions(List<String> lines, int maxBytes, int maxExtensions) {
        if (lines.isEmpty()) {
            return List.of();
        }
        String header = String.join(",", lines);
        List<String> parts = parts(header, ',');
        if (header.length() > maxBytes || parts.size() > maxExtensions) {
            return null;
        }
        for (int i = 0; i < parts.size(); i++) {
            String extension = extension(parts.get(i));
            if (extension == null) {
                return null;
            }
            parts.set(i, extension);
        }
        return parts;
    }

    private static @Nullable String extension(String text) {
        List<String> parts = parts(text, ';');
        if (parts.size() > 9 || !isName(parts.get(0))) {
            return null;
        }
        StringBuilder extension = new StringBuilder(parts.get(0));
        for (int i = 1; i < parts.size(); i++) {
            String part = parts.get(i);
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : bare(part, 0, equals);
            String value = equals < 0 ? null : value(bare(part, equals + 1, part.length()));
            if (!isName(name) || (equals >= 0 && (value == null || !isName(value)))) {
                return null;
            }
            extension.append(';').append(name);
            if (value != null) {
                extension.append('=').append(value);
            }
        }
        return extension.toString();
    }

    private static boolean isName(String text) {
        return isToken(text) && text.length() <= 64;
    }

    private static @Nullable String value(String text) {
        if (!text.startsWith("\"")) {
            return text;
        }
        if (text.length() < 3 || !text.endsWith("\"")) {
            return null;
        }
        StringBuilder value = new StringBuilder();
        for (int i = 1; i < text.length() - 1; i++) {
            if (text.charAt(i) == '\\' && ++i == text.length() - 1) {
                return null;
            }
            value.append(text.charAt(i));
        }
        return value.toString();
    }

    /** {@return whether the text is a number from 0 to 255 without leading zeros} */
    static boolean isVersion(String text) {
        int value = -1;
        for (int i = 0; i < text.length() && value < 256 && value != 0; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            value = Math.max(value, 0) * 10 + digit;
            if (i == text.length() - 1) {
                return value < 256;
            }
        }
        return false;
    }

    /** {@return whether the text is the one Base64 form of 16 bytes} */
    static boolean isKey(String text) {
        if (text.length() != 24 || !text.endsWith("==")) {
            return false;
        }
        for (int i = 0; i < 22; i++) {
            char c = text.charAt(i);
            boolean digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!digit && c != '+' && c != '/') {
                return false;
            }
        }
        char last = text.charAt(21);
        return last == 'A' || last == 'Q' || last == 'g' || last == 'w';
    }
}
