package io.wsprotocol.wire;

/**
 * The body of a Close frame: nothing, or a status in two bytes and a reason in UTF-8 (RFC 6455 §5.5.1). Thread-safe.
 *
 * @since 0.1.0
 */
public final class ClosePayload {

    /** Stands for the empty body; never on the wire (RFC 6455 §7.4.1). */
    public static final int NO_STATUS = 1005;
    /** The longest reason: a control frame's payload less the status. */
    public static final int MAX_REASON_BYTES = 123;

    private static final int STATUS_BYTES = 2;

    private ClosePayload() {}

    /**
     * Decodes the status and checks the body.
     *
     * @param array holds the unmasked body; the reason, if any, begins at {@code offset + 2}
     * @param offset where the body begins
     * @param length bytes of the body, 0 to 125
     * @param verifyReason whether a reason that is not UTF-8 is a fault
     * @return the status, {@link #NO_STATUS} when the body is empty; or {@link Fault#CLOSE_BODY_ONE_BYTE},
     *     {@link Fault#CLOSE_STATUS_INVALID} or {@link Fault#CLOSE_REASON_NOT_UTF8}
     */
    public static int decode(byte[] array, int offset, int length, boolean verifyReason) {
        if (length == 0) {
            return NO_STATUS;
        }
        // RFC 6455 §5.5.1: if there is a body, its first two bytes MUST be the status.
        if (length < STATUS_BYTES) {
            return Fault.CLOSE_BODY_ONE_BYTE;
        }
        int status = ((array[offset] & 0xFF) << 8) | (array[offset + 1] & 0xFF);
        if (!isReceivable(status)) {
            return Fault.CLOSE_STATUS_INVALID;
        }
        // RFC 6455 §8.1: bytes that are to be read as UTF-8 and are not MUST fail the connection.
        if (verifyReason && !Utf8Verifier.isValid(array, offset + STATUS_BYTES, length - STATUS_BYTES)) {
            return Fault.CLOSE_REASON_NOT_UTF8;
        }
        return status;
    }

    /**
     * Encodes a body.
     *
     * @param target has room for 2 bytes and the reason
     * @param offset where the body begins
     * @param status {@linkplain #isSendable sendable}, or {@link #NO_STATUS} for the empty body
     * @param reason holds the reason in UTF-8; not checked here
     * @param reasonOffset where the reason begins
     * @param reasonLength bytes of the reason, 0 to {@value #MAX_REASON_BYTES}; 0 without a status
     * @return how many bytes were written: 0 or 2 and the reason
     * @throws IllegalArgumentException if the status must not be sent, the reason is too long, or stands without a status;
     *     nothing was written
     */
    public static int encode(byte[] target, int offset, int status, byte[] reason, int reasonOffset, int reasonLength) {
        if (reasonLength < 0 || reasonLength > MAX_REASON_BYTES) {
            throw new IllegalArgumentException("close reason has " + reasonLength + " bytes, at most 123 fit");
        }
        if (status == NO_STATUS) {
            if (reasonLength != 0) {
                throw new IllegalArgumentException("a close reason needs a status");
            }
            return 0;
        }
        if (!isSendable(status)) {
            throw new IllegalArgumentException("close status must not be sent: " + status);
        }
        target[offset] = (byte) (status >>> 8);
        target[offset + 1] = (byte) status;
        System.arraycopy(reason, reasonOffset, target, offset + STATUS_BYTES, reasonLength);
        return STATUS_BYTES + reasonLength;
    }

    /**
     * {@return whether a peer may send this status}: 1000–1003, 1007–1014, 3000–4999 (RFC 6455 §7.4 and the IANA registry)
     *
     * @param status any int
     */
    public static boolean isReceivable(int status) {
        return isAssigned(status);
    }

    /**
     * {@return whether this status may be sent}: the same set as {@link #isReceivable}
     *
     * @param status any int
     */
    public static boolean isSendable(int status) {
        return isAssigned(status);
    }

    private static boolean isAssigned(int status) {
        // RFC 6455 §7.4.1: 1004 is reserved; 1005, 1006 and 1015 MUST NOT be set in a frame. §7.4.2: below 1000 and
        // 1016–2999 have no meaning, 3000–3999 are registered, 4000–4999 private, and nothing is defined from 5000 on.
        return (status >= 1000 && status <= 1003)
                || (status >= 1007 && status <= 1014)
                || (status >= 3000 && status <= 4999);
    }
}
