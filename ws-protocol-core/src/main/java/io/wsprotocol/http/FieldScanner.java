package io.wsprotocol.http;

import io.wsprotocol.http.HeaderSyntaxException.Rule;
import java.util.List;

/**
 * A position in the text of one list header.
 *
 * <p>Moves forward only, so every scan is linear. Not thread-safe: confine to one thread or guard with one lock.
 */
final class FieldScanner {

    private final String text;

    private int index;

    private FieldScanner(String text) {
        this.text = text;
    }

    /**
     * Joins the lines of one header with commas: RFC 9110 §5.3 gives both forms the same meaning.
     *
     * @throws HeaderSyntaxException when the joined value has more than {@code maxBytes} bytes
     */
    static FieldScanner over(List<String> lines, int maxBytes) throws HeaderSyntaxException {
        long length = Math.max(0, lines.size() - 1L);
        for (String line : lines) {
            length += line.length();
        }
        if (length > maxBytes) {
            throw new HeaderSyntaxException(Rule.TOO_LONG, maxBytes);
        }
        return new FieldScanner(lines.size() == 1 ? lines.get(0) : String.join(",", lines));
    }

    /** Skips white space, then tells whether the list element ends here: at a comma or at the end of the header. */
    boolean atElementEnd() {
        skipWhitespace();
        return atEnd() || text.charAt(index) == ',';
    }

    /**
     * Moves behind the comma that ends an element.
     *
     * @return whether there was one; false at the end of the header
     * @throws HeaderSyntaxException when something else stands here
     */
    boolean nextElement() throws HeaderSyntaxException {
        skipWhitespace();
        if (atEnd()) {
            return false;
        }
        if (text.charAt(index) != ',') {
            boolean token = FieldSyntax.isTokenCharacter(text.charAt(index));
            throw refusal(token ? Rule.MISSING_COMMA : Rule.BAD_TOKEN);
        }
        index++;
        return true;
    }

    /** Moves behind the character when it is the next one. */
    boolean take(char expected) {
        if (atEnd() || text.charAt(index) != expected) {
            return false;
        }
        index++;
        return true;
    }

    /** Returns the number of characters before this position. */
    int position() {
        return index;
    }

    void skipWhitespace() {
        while (!atEnd() && FieldSyntax.isWhitespace(text.charAt(index))) {
            index++;
        }
    }

    /**
     * Reads a token.
     *
     * @param missing the rule to report when another character stands here
     */
    String token(Rule missing, int maxBytes) throws HeaderSyntaxException {
        int start = index;
        while (!atEnd() && FieldSyntax.isTokenCharacter(text.charAt(index))) {
            if (index - start == maxBytes) {
                throw refusal(Rule.TOO_LONG);
            }
            index++;
        }
        if (index == start) {
            throw refusal(atEnd() ? Rule.UNEXPECTED_END : missing);
        }
        return text.substring(start, index);
    }

    /** Reads the rest of a quoted string whose opening mark was taken and removes the quotation. */
    String quotedToken(int maxBytes) throws HeaderSyntaxException {
        StringBuilder token = new StringBuilder();
        while (!take('"')) {
            take('\\');
            if (atEnd()) {
                throw refusal(Rule.UNEXPECTED_END);
            }
            // RFC 6455 §9.1: the value after removing the quotation must be a token
            if (!FieldSyntax.isTokenCharacter(text.charAt(index))) {
                throw refusal(Rule.BAD_QUOTED_VALUE);
            }
            if (token.length() == maxBytes) {
                throw refusal(Rule.TOO_LONG);
            }
            token.append(text.charAt(index++));
        }
        if (token.length() == 0) {
            throw refusal(Rule.BAD_QUOTED_VALUE);
        }
        return token.toString();
    }

    /** Makes the refusal of what stands at this position. */
    HeaderSyntaxException refusal(Rule rule) {
        return new HeaderSyntaxException(rule, index);
    }

    private boolean atEnd() {
        return index == text.length();
    }
}
