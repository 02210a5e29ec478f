package io.wsprotocol.wire;

/**
 * The opcodes of RFC 6455 §5.2 and §11.8: the low four bits of a frame's first byte. Immutable.
 *
 * @since 0.1.0
 */
public final class Opcode {

    /** A further fragment of the message that is open. */
    public static final int CONTINUATION = 0x0;
    /** The first or only frame of a text message. */
    public static final int TEXT = 0x1;
    /** The first or only frame of a binary message. */
    public static final int BINARY = 0x2;
    /** A Close frame. */
    public static final int CLOSE = 0x8;
    /** A Ping frame. */
    public static final int PING = 0x9;
    /** A Pong frame. */
    public static final int PONG = 0xA;

    /** Bit n is set when opcode n has a meaning. */
    private static final int KNOWN = 1 << CONTINUATION | 1 << TEXT | 1 << BINARY | 1 << CLOSE | 1 << PING | 1 << PONG;

    /** RFC 6455 §5.5: control frames are those whose opcode has its highest bit set. */
    private static final int CONTROL_BIT = 0x8;

    private Opcode() {}

    /**
     * {@return whether frames of this opcode are control frames, also when the opcode is a reserved one}
     *
     * @param opcode 0 to 15
     */
    public static boolean isControl(int opcode) {
        return (opcode & CONTROL_BIT) != 0;
    }

    /**
     * {@return whether RFC 6455 gives this opcode a meaning; 3 to 7 and 11 to 15 are reserved}
     *
     * @param opcode 0 to 15
     */
    public static boolean isKnown(int opcode) {
        return (KNOWN >>> opcode & 1) != 0;
    }

    /**
     * {@return whether this opcode begins a message: {@link #TEXT} or {@link #BINARY}, not {@link #CONTINUATION}}
     *
     * @param opcode 0 to 15
     */
    public static boolean isData(int opcode) {
        return opcode == TEXT || opcode == BINARY;
    }
}
