package io.wsprotocol;

import io.wsprotocol.http.FieldSyntax;
import java.util.Objects;

/**
 * One HTTP header field. Immutable. What cannot stand in a header (CR, LF, other controls, a name that is no token) is refused
 * here, so that no value can inject a second field (RFC 6455 §4.1 with RFC 9110 §5.5).
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_HTTP_HEADER}.
 *
 * @param name a token, compared without case
 * @param value ISO-8859-1 text without outer white space; may be empty
 * @since 0.1.0
 */
public record HttpHeader(String name, String value) {

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException when the name is no token or the value has a character that no field value may have
     */
    public HttpHeader {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (!FieldSyntax.isToken(name)) {
            throw new IllegalArgumentException("a header's name must be a token (RFC 9110 §5.1)");
        }
        value = FieldSyntax.trim(value);
        if (!FieldSyntax.isFieldValue(value)) {
            throw new IllegalArgumentException("the value of header " + name
                    + " has a control character or one beyond ISO-8859-1 (RFC 9110 §5.5)");
        }
    }

    /**
     * {@return whether this field has that name, without regard to case}
     *
     * @param other the name to compare with
     */
    public boolean is(String other) {
        return FieldSyntax.equalsIgnoreCase(name, other);
    }
}
