package io.wsprotocol.spring.server;

/**
 * A setting that an application can also have said otherwise than by the starter's properties; when they name it, they count.
 *
 * @since 0.1.0
 */
public enum ExplicitSetting {
    /** The longest message. */
    MESSAGE_SIZE("limits.max-message-size"),

    /** The longest silence. */
    IDLE_TIMEOUT("idle-timeout"),

    /** How dead peers are found. */
    KEEP_ALIVE("keepalive"),

    /** How long a send waits. */
    SEND_TIMEOUT("send.timeout");

    private final String key;

    ExplicitSetting(String key) {
        this.key = key;
    }

    /** {@return the property's name, or the beginning of the names of several} */
    public String property() {
        return "ws-protocol." + key;
    }
}
