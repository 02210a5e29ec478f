package io.wsprotocol.http;

/**
 * The character rules of HTTP field names and values.
 *
 * <p>All comparisons know ASCII only and no locale. Thread-safe.
 *
 * @since 0.1.0
 */
public final class FieldSyntax {

    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    private static final boolean[] TOKEN_CHARACTER = tokenCharacters();

    private static final int DELETE = 0x7F;

    private static final int MAX_LATIN_1 = 0xFF;

    private static final int MAX_VERSION = 255;

    private FieldSyntax() {}

    /** Tells whether the text is a token: one or more characters of RFC 9110 §5.6.2. */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * Tells whether the text can stand as a field value (RFC 9110 §5.5): ISO-8859-1 without control characters other
     * than the horizontal tab. The empty text is a value.
     */
    public static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isValueCharacter(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether the text is a protocol version of RFC 6455 §4.3: 0 to 255 in decimal without leading zeros. */
    public static boolean isVersion(String text) {
        if (text.isEmpty() || text.length() > 3 || (text.length() > 1 && text.charAt(0) == '0')) {
            return false;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return false;
            }
            value = value * 10 + c - '0';
        }
        return value <= MAX_VERSION;
    }

    /** Returns the text without the spaces and horizontal tabs around it (OWS of RFC 9110 §5.6.3). */
    public static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** Compares two texts; only the letters A to Z match their small forms. */
    public static boolean equalsIgnoreCase(String a, String b) {
        if (a.length() != b.length()) {
            return false;
        }
        for (int i = 0; i < a.length(); i++) {
            if (lowerCase(a.charAt(i)) != lowerCase(b.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Returns the text with A to Z in their small form and every other character as it is. */
    public static String lowerCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUpperCase(text.charAt(i))) {
                return lowerCaseFrom(text, i);
            }
        }
        return text;
    }

    static boolean isTokenCharacter(char c) {
        return c < TOKEN_CHARACTER.length && TOKEN_CHARACTER[c];
    }

    static boolean isValueCharacter(char c) {
        return c == '\t' || (c >= ' ' && c != DELETE && c <= MAX_LATIN_1);
    }

    /** Tells whether the character is printable ASCII other than the space. */
    static boolean isVisible(char c) {
        return c > ' ' && c < DELETE;
    }

    static boolean isWhitespace(char c) {
        return c == ' ' || c == '\t';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isHexDigit(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    static boolean isLetterOrDigit(char c) {
        return isDigit(c) || isUpperCase(c) || (c >= 'a' && c <= 'z');
    }

    private static boolean isUpperCase(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static String lowerCaseFrom(String text, int firstUpperCase) {
        char[] lower = text.toCharArray();
        for (int i = firstUpperCase; i < lower.length; i++) {
            lower[i] = lowerCase(lower[i]);
        }
        return new String(lower);
    }

    private static char lowerCase(char c) {
        return isUpperCase(c) ? (char) (c + ('a' - 'A')) : c;
    }

    private static boolean[] tokenCharacters() {
        boolean[] table = new boolean[DELETE + 1];
        for (char c = 0; c < table.length; c++) {
            table[c] = isLetterOrDigit(c) || TOKEN_PUNCTUATION.indexOf(c) >= 0;
        }
        return table;
    }
}
