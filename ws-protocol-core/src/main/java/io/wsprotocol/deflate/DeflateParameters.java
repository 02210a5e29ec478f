package io.wsprotocol.deflate;

/**
 * What governs compression on one connection, once the extension was agreed on (RFC 7692 §7.1): the four parameters. For the direction of
 * the other end this is what the handshake says; for one's own it may be stricter, as each end is free to use less than it may.
 * Immutable.
 *
 * @param serverMaxWindowBits no message of the server refers back farther than 2 to this power, 8 to 15
 * @param clientMaxWindowBits no message of the client refers back farther than 2 to this power, 8 to 15
 * @param serverNoContextTakeover whether no message of the server refers to one before it
 * @param clientNoContextTakeover whether no message of the client refers to one before it
 * @since 0.1.0
 */
public record DeflateParameters(
        int serverMaxWindowBits,
        int clientMaxWindowBits,
        boolean serverNoContextTakeover,
        boolean clientNoContextTakeover) {

    /** The smallest window: 256 bytes (RFC 7692 §7.1.2). */
    public static final int LEAST_BITS = 8;

    /** The largest window, and the one where nothing was said: 32 KiB (RFC 7692 §7.1.2). */
    public static final int MOST_BITS = 15;

    /** What holds when the extension was agreed on without a parameter. */
    public static final DeflateParameters PLAIN = new DeflateParameters(MOST_BITS, MOST_BITS, false, false);

    /**
     * Checks the windows.
     *
     * @throws IllegalArgumentException when one is out of its range
     */
    public DeflateParameters {
        DeflateOptions.within("serverMaxWindowBits", serverMaxWindowBits, LEAST_BITS, MOST_BITS);
        DeflateOptions.within("clientMaxWindowBits", clientMaxWindowBits, LEAST_BITS, MOST_BITS);
    }

    /**
     * {@return the bits of the window that one's own messages keep to}
     *
     * @param server whether one is the server
     */
    public int outgoingWindowBits(boolean server) {
        return server ? serverMaxWindowBits : clientMaxWindowBits;
    }

    /**
     * {@return the bits of the window that the peer's messages keep to}
     *
     * @param server whether one is the server
     */
    public int incomingWindowBits(boolean server) {
        return outgoingWindowBits(!server);
    }

    /**
     * {@return whether one's own messages may refer to those before them}
     *
     * @param server whether one is the server
     */
    public boolean outgoingContextTakeover(boolean server) {
        return server ? !serverNoContextTakeover : !clientNoContextTakeover;
    }

    /**
     * {@return whether the peer's messages may refer to those before them, so that a history has to be kept}
     *
     * @param server whether one is the server
     */
    public boolean incomingContextTakeover(boolean server) {
        return outgoingContextTakeover(!server);
    }
}
