package io.wsprotocol.driver;

import java.nio.ByteBuffer;

/**
 * Takes a connection's events from {@link ConnectionLoop}, on the owner's thread, one at a time and in order. All methods do
 * nothing unless overridden.
 *
 * @since 0.1.0
 */
public interface MessageListener {

    /**
     * A text message, or a part of one in partial mode.
     *
     * @param text the text; in partial mode a code point that is cut at the end of a part comes with the next one
     * @param last whether the message ends here
     */
    default void onText(String text, boolean last) {}

    /**
     * A binary message, or a part of one in partial mode.
     *
     * @param payload the bytes, to be read before this method returns
     * @param last whether the message ends here
     */
    default void onBinary(ByteBuffer payload, boolean last) {}

    /**
     * A Pong that does not answer the connection's own keep-alive.
     *
     * @param payload the bytes, to be read before this method returns
     */
    default void onPong(ByteBuffer payload) {}

    /**
     * The connection is over: exactly once, and last.
     *
     * @param event how it ended
     */
    default void onClosed(CloseEvent event) {}
}
