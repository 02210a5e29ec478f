package io.wsprotocol.spring;

/**
 * Which end of a connection a handle is; the value of the meters' tag {@code role}. Immutable.
 *
 * @since 0.1.0
 */
public enum HandleRole {
    /** The end that opened the connection. */
    CLIENT("client"),
    /** The end that accepted it. */
    SERVER("server");

    private final String tag;

    HandleRole(String tag) {
        this.tag = tag;
    }

    /** {@return the name in meters and logs} */
    public String tag() {
        return tag;
    }
}
