package io.wsprotocol.http;

import java.util.Objects;

/**
 * Refused header text: which rule it broke and where, never the text itself.
 *
 * <p>The position counts characters from 0 in the value that arises when the lines of the header are joined with one
 * comma each. It carries no stack trace, which would say nothing about the peer. Immutable.
 *
 * @since 0.1.0
 */
public final class HeaderSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Rule rule;

    private final int position;

    /** Makes the refusal of the character at the position. */
    public HeaderSyntaxException(Rule rule, int position) {
        super(Objects.requireNonNull(rule, "rule") + " at position " + position, null, false, false);
        this.rule = rule;
        this.position = position;
    }

    /** Returns the rule that the header broke. */
    public Rule rule() {
        return rule;
    }

    /** Returns the number of characters before the place where the rule was broken. */
    public int position() {
        return position;
    }

    /**
     * What can be wrong with the text of a list header.
     *
     * @since 0.1.0
     */
    public enum Rule {
        /** A character that no token may contain, or none of the separators that may follow a token. */
        BAD_TOKEN,
        /** Two elements with only white space between them. */
        MISSING_COMMA,
        /** The header ends where a name, a value or a closing quotation mark is due. */
        UNEXPECTED_END,
        /** Nothing between two commas, before the first or after the last, in a list that needs something there. */
        EMPTY_ELEMENT,
        /** More elements, or more parameters of one element, than the limit. */
        TOO_MANY,
        /** The header or one of its tokens is longer than the limit. */
        TOO_LONG,
        /** The same element twice in a list of unique elements. */
        DUPLICATE,
        /** A quoted string that is not a token when its quotation is removed (RFC 6455 §9.1). */
        BAD_QUOTED_VALUE,
        /** A parameter without a name, or with an equals sign but no value. */
        BAD_PARAMETER
    }
}
