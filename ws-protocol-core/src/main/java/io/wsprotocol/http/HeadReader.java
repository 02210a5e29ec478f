package io.wsprotocol.http;

import io.wsprotocol.http.HeadException.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reader of one HTTP/1.1 head, start line and fields, from bytes that arrive in pieces of any size.
 *
 * <p>It accepts one reading of every head only, so that no proxy in front can see another one: lines end with CR LF,
 * single spaces separate the parts of the start line, no white space stands before a colon, no line is folded and no
 * control character occurs but the horizontal tab inside a field value. One empty line before a request is skipped as
 * RFC 9112 §2.2 asks; none before a response. Every limit is checked before a byte is stored. Bytes are ISO-8859-1.
 *
 * <p>A reader reads one head; after a refusal it repeats it. Not thread-safe: confine to one thread or guard with one
 * lock.
 *
 * @since 0.1.0
 */
public final class HeadReader {

    private static final int CR = '\r';

    private static final int LF = '\n';

    private static final int FIRST_LINE_CAPACITY = 256;

    private final Kind kind;

    private final Limits limits;

    /** Names and values in turn. */
    private final List<String> fields = new ArrayList<>();

    private byte[] line;

    private int lineLength;

    private int lineStart;

    private int total;

    private boolean afterCr;

    private boolean complete;

    private @Nullable StartLine startLine;

    private @Nullable HeadException refusal;

    /** Makes a reader for one head. */
    public HeadReader(Kind kind, Limits limits) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.line = new byte[Math.min(FIRST_LINE_CAPACITY, limits.maxLineBytes())];
    }

    /**
     * Consumes bytes up to and including the empty line that ends the head. What follows, the first frames, stays in
     * the buffer; further calls consume nothing.
     *
     * @return whether the head is complete
     * @throws HeadException when the head breaks the grammar or a limit; the same again on every further call
     */
    public boolean accept(ByteBuffer bytes) throws HeadException {
        if (refusal != null) {
            throw refusal;
        }
        try {
            while (!complete && bytes.hasRemaining()) {
                read(bytes.get());
            }
        } catch (HeadException e) {
            refusal = e;
            throw e;
        }
        return complete;
    }

    /**
     * Returns the method of the request; methods compare case-sensitively.
     *
     * @throws IllegalStateException before the head is complete, or for a response
     */
    public String method() {
        return completed(Kind.REQUEST).method();
    }

    /**
     * Returns the request target as it was written: visible ASCII without a fragment.
     *
     * @throws IllegalStateException before the head is complete, or for a response
     */
    public String target() {
        return completed(Kind.REQUEST).target();
    }

    /**
     * Returns the digit behind {@code HTTP/1.}, 0 to 9; a handshake needs at least 1.
     *
     * @throws IllegalStateException before the head is complete
     */
    public int minorVersion() {
        return completed(kind).minorVersion();
    }

    /**
     * Returns the status of the response, 100 to 999.
     *
     * @throws IllegalStateException before the head is complete, or for a request
     */
    public int status() {
        return completed(Kind.RESPONSE).status();
    }

    /**
     * Returns the reason phrase of the response, maybe empty.
     *
     * @throws IllegalStateException before the head is complete, or for a request
     */
    public String reason() {
        return completed(Kind.RESPONSE).reason();
    }

    /**
     * Hands over all fields in their order.
     *
     * @throws IllegalStateException before the head is complete
     */
    public void fields(FieldSink sink) {
        completed(kind);
        for (int i = 0; i < fields.size(); i += 2) {
            sink.field(fields.get(i), fields.get(i + 1));
        }
    }

    private void read(byte b) throws HeadException {
        if (total == limits.maxBytes()) {
            throw new HeadException(startLine == null ? Rule.START_LINE_TOO_LONG : Rule.HEAD_TOO_LARGE, total);
        }
        if (afterCr) {
            require(b == LF, Rule.BAD_LINE_END);
        } else if (b != CR) {
            require(b != LF, Rule.BAD_LINE_END);
            store(b);
        }
        total++;
        if (afterCr) {
            endLine();
        }
        afterCr = b == CR;
    }

    private void store(byte b) throws HeadException {
        require(FieldSyntax.isValueCharacter((char) (b & 0xFF)), Rule.BAD_CHARACTER);
        if (lineLength == line.length) {
            require(
                    lineLength < limits.maxLineBytes(),
                    startLine == null ? Rule.START_LINE_TOO_LONG : Rule.FIELD_LINE_TOO_LONG);
            line = Arrays.copyOf(line, (int) Math.min(lineLength * 2L, limits.maxLineBytes()));
        }
        line[lineLength++] = b;
    }

    private void endLine() throws HeadException {
        String text = new String(line, 0, lineLength, StandardCharsets.ISO_8859_1);
        if (startLine == null) {
            endStartLine(text);
        } else if (text.isEmpty()) {
            complete = true;
        } else {
            endField(text);
        }
        lineLength = 0;
        lineStart = total;
    }

    private void endStartLine(String text) throws HeadException {
        boolean skipped = text.isEmpty() && lineStart == 0 && kind == Kind.REQUEST;
        if (!skipped) {
            startLine = kind == Kind.REQUEST ? StartLine.request(text, lineStart) : StartLine.response(text, lineStart);
        }
    }

    private void endField(String text) throws HeadException {
        if (fields.size() / 2 == limits.maxFields()) {
            throw new HeadException(Rule.TOO_MANY_FIELDS, lineStart);
        }
        if (FieldSyntax.isWhitespace(text.charAt(0))) {
            throw new HeadException(Rule.FOLDED_FIELD, lineStart);
        }
        int colon = text.indexOf(':');
        // RFC 9112 §5.1: white space between name and colon must be refused; it is no token character
        if (colon < 0 || !FieldSyntax.isToken(text.substring(0, colon))) {
            throw new HeadException(Rule.BAD_FIELD_NAME, lineStart);
        }
        fields.add(text.substring(0, colon));
        fields.add(FieldSyntax.trim(text.substring(colon + 1)));
    }

    private void require(boolean holds, Rule rule) throws HeadException {
        if (!holds) {
            throw new HeadException(rule, total);
        }
    }

    private StartLine completed(Kind expected) {
        if (kind != expected) {
            throw new IllegalStateException("this is the head of a " + (kind == Kind.REQUEST ? "request" : "response"));
        }
        if (!complete) {
            throw new IllegalStateException("the head is not complete");
        }
        return Objects.requireNonNull(startLine);
    }

    /**
     * Which start line a head has.
     *
     * @since 0.1.0
     */
    public enum Kind {
        /** What a client sends. */
        REQUEST,
        /** What a server sends. */
        RESPONSE
    }

    /**
     * How large a head may be. Immutable.
     *
     * @param maxBytes most bytes, with all line ends
     * @param maxFields most field lines
     * @param maxLineBytes longest line without its line end
     * @since 0.1.0
     */
    public record Limits(int maxBytes, int maxFields, int maxLineBytes) {

        /** 8 KiB with 64 fields and 4 KiB per line. */
        public static final Limits DEFAULT = new Limits(8192, 64, 4096);

        /** Refuses limits below 1. */
        public Limits {
            if (maxBytes < 1 || maxFields < 1 || maxLineBytes < 1) {
                throw new IllegalArgumentException("limits must be at least 1");
            }
        }
    }
}
