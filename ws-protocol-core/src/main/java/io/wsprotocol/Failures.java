package io.wsprotocol;

import io.wsprotocol.wire.Fault;
import io.wsprotocol.wire.FrameHeader;

/** From what the leaves report to the exception that says rule, observed and expected; never a byte of payload. */
final class Failures {

    private Failures() {}

    /**
     * {@return the rule that a fault code of the wire leaves stands for}
     *
     * @param fault a code of {@link Fault}
     */
    static Violation violation(int fault) {
        return switch (fault) {
            case Fault.RESERVED_BITS -> Violation.RESERVED_BITS;
            case Fault.RESERVED_OPCODE -> Violation.RESERVED_OPCODE;
            case Fault.FRAGMENTED_CONTROL -> Violation.CONTROL_FRAME_FRAGMENTED;
            case Fault.CONTROL_TOO_LONG -> Violation.CONTROL_FRAME_TOO_LONG;
            case Fault.MASK_MISSING -> Violation.MASK_MISSING;
            case Fault.MASK_UNEXPECTED -> Violation.MASK_UNEXPECTED;
            case Fault.LENGTH_NOT_MINIMAL -> Violation.LENGTH_NOT_MINIMAL;
            case Fault.LENGTH_NEGATIVE -> Violation.LENGTH_NEGATIVE;
            case Fault.CLOSE_BODY_ONE_BYTE -> Violation.CLOSE_BODY_ONE_BYTE;
            case Fault.CLOSE_STATUS_INVALID -> Violation.CLOSE_STATUS_INVALID;
            case Fault.CLOSE_REASON_NOT_UTF8 -> Violation.CLOSE_REASON_NOT_UTF8;
            case Fault.INVALID_UTF8 -> Violation.INVALID_UTF8;
            default -> throw new AssertionError("no such fault: " + fault);
        };
    }

    static WebSocketProtocolException header(int fault, byte[] array, int offset, long streamOffset) {
        Violation violation = violation(fault);
        int byte0 = array[offset] & 0xFF;
        String observed = switch (violation) {
            case RESERVED_BITS ->
                "reserved bits 0x" + Integer.toHexString(byte0 & FrameHeader.B0_RSV) + " with opcode "
                        + (byte0 & FrameHeader.B0_OPCODE) + "; expected none that was not negotiated";
            case RESERVED_OPCODE -> "opcode " + (byte0 & FrameHeader.B0_OPCODE) + "; expected 0, 1, 2, 8, 9 or 10";
            case CONTROL_FRAME_FRAGMENTED -> "a control frame with FIN 0; expected FIN 1";
            case MASK_MISSING -> "MASK 0 from a client; expected MASK 1";
            case MASK_UNEXPECTED -> "MASK 1 from a server; expected MASK 0";
            case CONTROL_FRAME_TOO_LONG ->
                "a control frame with a longer length form; expected at most " + FrameHeader.MAX_CONTROL_PAYLOAD
                        + " bytes";
            case LENGTH_NOT_MINIMAL ->
                "a length in the " + lengthForm(array[offset + 1]) + " form; expected its shortest form";
            default -> "a 64-bit length with its top bit set; expected a length below 2^63";
        };
        return exception(violation, observed, streamOffset);
    }

    private static String lengthForm(byte byte1) {
        return (byte1 & FrameHeader.B1_LENGTH) == FrameHeader.LENGTH_16 ? "16-bit" : "64-bit";
    }

    static WebSocketProtocolException close(int fault, int bodyBytes, long streamOffset) {
        Violation violation = violation(fault);
        String observed = switch (violation) {
            case CLOSE_BODY_ONE_BYTE -> "a Close body of 1 byte; expected 0 or 2 to 125";
            case CLOSE_STATUS_INVALID ->
                "a close status that may not be sent; expected 1000-1003, 1007-1014 or 3000-4999";
            default -> "a close reason of " + (bodyBytes - 2) + " bytes that is not UTF-8; expected UTF-8";
        };
        return exception(violation, observed, streamOffset);
    }

    static WebSocketProtocolException exception(Violation violation, String observed, long streamOffset) {
        return new WebSocketProtocolException(
                violation,
                violation + " (" + violation.id() + ", " + violation.rfc() + ") at byte " + streamOffset + ": "
                        + observed,
                streamOffset);
    }
}
