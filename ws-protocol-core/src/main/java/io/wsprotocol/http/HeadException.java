package io.wsprotocol.http;

import java.util.Objects;

/**
 * A refused HTTP head: which rule it broke, where, and the status that answers it; never its bytes.
 *
 * <p>It carries no stack trace, which would say nothing about the peer. Immutable.
 *
 * @since 0.1.0
 */
public final class HeadException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Rule rule;

    private final int position;

    /** Makes the refusal of the byte or the line that begins at the position. */
    public HeadException(Rule rule, int position) {
        super(Objects.requireNonNull(rule, "rule") + " at byte " + position, null, false, false);
        this.rule = rule;
        this.position = position;
    }

    /** Returns the rule that the head broke. */
    public Rule rule() {
        return rule;
    }

    /** Returns the number of bytes before the refused byte, or before the line that is refused as a whole. */
    public int position() {
        return position;
    }

    /** Returns the status with which a server answers: 400, 414, 431 or 505. */
    public int httpStatus() {
        return rule.httpStatus;
    }

    /**
     * What can be wrong with a head.
     *
     * @since 0.1.0
     */
    public enum Rule {
        /** A line feed without a carriage return before it, or a carriage return without a line feed behind it. */
        BAD_LINE_END(400),
        /** A control character. */
        BAD_CHARACTER(400),
        /** The start line is not that of RFC 9112 §3 or §4: parts, single spaces between them, nothing else. */
        BAD_START_LINE(400),
        /** The version has the right form but is not HTTP/1.x. */
        UNSUPPORTED_VERSION(505),
        /** A field without a colon, or whose name is not a token directly before the colon. */
        BAD_FIELD_NAME(400),
        /** A line that begins with white space: obsolete line folding (RFC 9112 §5.2). */
        FOLDED_FIELD(400),
        /** The start line is longer than the limit. */
        START_LINE_TOO_LONG(414),
        /** A field line is longer than the limit. */
        FIELD_LINE_TOO_LONG(431),
        /** More fields than the limit. */
        TOO_MANY_FIELDS(431),
        /** More bytes than the limit. */
        HEAD_TOO_LARGE(431);

        private final int httpStatus;

        Rule(int httpStatus) {
            this.httpStatus = httpStatus;
        }
    }
}
