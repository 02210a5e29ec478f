package io.wsprotocol.wire;

/**
 * What can be wrong with received bytes: negative codes, so that they share an {@code int} with sizes and states. Immutable.
 *
 * <p>The methods of this package return them instead of throwing; what a fault costs the connection is decided above.
 *
 * @since 0.1.0
 */
public final class Fault {

    /** A reserved bit that no extension has claimed for this kind of frame (RFC 6455 §5.2, RFC 7692 §6). */
    public static final int RESERVED_BITS = -1;
    /** An opcode without a meaning (RFC 6455 §5.2). */
    public static final int RESERVED_OPCODE = -2;
    /** A control frame without FIN (RFC 6455 §5.5). */
    public static final int FRAGMENTED_CONTROL = -3;
    /** A frame from a client that is not masked (RFC 6455 §5.1). */
    public static final int MASK_MISSING = -4;
    /** A frame from a server that is masked (RFC 6455 §5.1). */
    public static final int MASK_UNEXPECTED = -5;
    /** A control frame with more than 125 bytes of payload (RFC 6455 §5.5). */
    public static final int CONTROL_TOO_LONG = -6;
    /** A payload length in more bytes than it needs (RFC 6455 §5.2). */
    public static final int LENGTH_NOT_MINIMAL = -7;
    /** A 64-bit payload length with its most significant bit set (RFC 6455 §5.2). */
    public static final int LENGTH_NEGATIVE = -8;
    /** A Close body of one byte: half a status (RFC 6455 §5.5.1). */
    public static final int CLOSE_BODY_ONE_BYTE = -9;
    /** A close status that must not stand on the wire (RFC 6455 §7.4). */
    public static final int CLOSE_STATUS_INVALID = -10;
    /** A close reason that is not UTF-8 (RFC 6455 §5.5.1). */
    public static final int CLOSE_REASON_NOT_UTF8 = -11;
    /** Text that is not UTF-8 (RFC 6455 §8.1). */
    public static final int INVALID_UTF8 = -12;

    /** Names by negated code; code 0 is no fault. */
    private static final String[] NAMES = {
        "",
        "RESERVED_BITS",
        "RESERVED_OPCODE",
        "FRAGMENTED_CONTROL",
        "MASK_MISSING",
        "MASK_UNEXPECTED",
        "CONTROL_TOO_LONG",
        "LENGTH_NOT_MINIMAL",
        "LENGTH_NEGATIVE",
        "CLOSE_BODY_ONE_BYTE",
        "CLOSE_STATUS_INVALID",
        "CLOSE_REASON_NOT_UTF8",
        "INVALID_UTF8",
    };

    private Fault() {}

    /**
     * {@return the name of the constant, for messages}
     *
     * @param fault one of the constants of this class
     * @throws IllegalArgumentException if it is none of them
     */
    public static String name(int fault) {
        if (fault >= 0 || fault <= -NAMES.length) {
            throw new IllegalArgumentException("not a fault: " + fault);
        }
        return NAMES[-fault];
    }
}
