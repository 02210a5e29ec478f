package io.wsprotocol.spring.server;

import io.wsprotocol.driver.CloseEvent;
import java.nio.ByteBuffer;

/**
 * Hears what arrives on a connection: {@link #opened} first, {@link #closed} last, each exactly once, never two at a time and
 * never under the connection's lock. It may block, which holds back reading from the peer. It must not throw.
 *
 * @since 0.1.0
 */
public interface ShellListener {

    /** The handshake is over; messages may be sent. */
    void opened();

    /**
     * A text message, or a part of one in partial mode.
     *
     * @param payload the text; for a part, never half a code point
     * @param last whether the message ends here
     */
    void text(String payload, boolean last);

    /** {@return whether text comes to {@link #encodedText} instead of {@link #text}; always the same} */
    default boolean takesEncodedText() {
        return false;
    }

    /**
     * A text message, or a part of one in partial mode, for a listener that {@linkplain #takesEncodedText takes it so}.
     *
     * @param payload valid UTF-8, in partial mode perhaps cut within a code point; the listener's from now on
     * @param last whether the message ends here
     */
    default void encodedText(ByteBuffer payload, boolean last) {
        throw new IllegalStateException("not asked for");
    }

    /**
     * The send queue may have room again. Unlike everything else here, called by whatever thread works on the connection then, with
     * the connection's lock held: it must neither block nor call the application.
     */
    default void roomMade() {}

    /**
     * A binary message, or a part of one in partial mode.
     *
     * @param payload the listener's from now on
     * @param last whether the message ends here
     */
    void binary(ByteBuffer payload, boolean last);

    /**
     * A pong arrived, asked for or not.
     *
     * @param payload the listener's from now on
     */
    void pong(ByteBuffer payload);

    /**
     * The connection is over.
     *
     * @param event how it ended
     */
    void closed(CloseEvent event);
}
