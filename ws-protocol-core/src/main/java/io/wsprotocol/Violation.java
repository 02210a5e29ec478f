package io.wsprotocol;

/**
 * The rules whose breach is reported, one constant each, with the id of the Windows component's diagnostic where it has one
 * ({@code V01} to {@code V45}), the section that states the rule, the Windows error, the status a Close about it carries, and the
 * rows of the requirement list. Immutable.
 *
 * @since 0.1.0
 */
public enum Violation {
    // ---- received frames ----
    /** A new data frame while the message before it is not finished. */
    DATA_FRAME_INSIDE_MESSAGE("V02", "RFC 6455 §5.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1002, "F-20 F-22"),
    /** A continuation frame without a message. */
    CONTINUATION_WITHOUT_MESSAGE("V03", "RFC 6455 §5.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1002, "F-20 F-21"),
    /** A data frame after the peer's Close. */
    DATA_AFTER_CLOSE("V04", "RFC 6455 §5.5.1", ErrorCode.INVALID_PROTOCOL_OPERATION, 1002, "K-19"),
    /** A Close body of one byte. */
    CLOSE_BODY_ONE_BYTE("V05", "RFC 6455 §5.5.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "K-01"),
    /** A control frame of more than 125 bytes. */
    CONTROL_FRAME_TOO_LONG("V06", "RFC 6455 §5.5", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-24"),
    /** A fragmented control frame. */
    CONTROL_FRAME_FRAGMENTED("V07", "RFC 6455 §5.5", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-23"),
    /** A second Close frame. */
    CLOSE_AFTER_CLOSE("V10", "RFC 6455 §5.5.1", ErrorCode.INVALID_PROTOCOL_OPERATION, 1002, "K-19"),
    /** A reserved bit that no extension gave a meaning. */
    RESERVED_BITS("V29", "RFC 6455 §5.2", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-06 F-33 P-13 P-14 P-16"),
    /** A reserved opcode. */
    RESERVED_OPCODE("V29", "RFC 6455 §5.2", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-07 F-08"),
    /** A close status that may not be sent. */
    CLOSE_STATUS_INVALID(
            "V32", "RFC 6455 §7.4", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "Z-21 Z-22 Z-23 Z-24 Z-25 Z-26 Z-29"),
    /** Text that is not UTF-8. */
    INVALID_UTF8("V35", "RFC 6455 §8.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 1007, "F-31 E-01 E-02"),
    /** A close reason that is not UTF-8. */
    CLOSE_REASON_NOT_UTF8("V35", "RFC 6455 §5.5.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 1007, "K-03"),
    /** A masked frame from a server. */
    MASK_UNEXPECTED("V36", "RFC 6455 §5.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-04"),
    /** A length that is not in its shortest form. */
    LENGTH_NOT_MINIMAL("V37", "RFC 6455 §5.2", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-11"),
    /** A 64-bit length with its top bit set. */
    LENGTH_NEGATIVE("V37", "RFC 6455 §5.2", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-10"),
    /** An unmasked frame from a client. */
    MASK_MISSING("V43", "RFC 6455 §5.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, "F-02"),

    // ---- limits of the receiver ----
    /** A frame that is longer than the receiver takes. */
    FRAME_TOO_BIG("L-02", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1009, "Q-05 Q-06"),
    /** A message that is longer than the receiver takes. */
    MESSAGE_TOO_BIG("L-01", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1009, "Q-05 Q-06"),
    /** A message of more fragments than the receiver takes. */
    TOO_MANY_FRAGMENTS("L-03", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1008, "Q-05"),
    /** More empty fragments in a row than the receiver takes. */
    TOO_MANY_EMPTY_FRAGMENTS("L-04", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1008, "Q-05"),
    /** A message that took too long from its first fragment to its last. */
    MESSAGE_TOO_SLOW("L-05", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1008, "Q-05"),
    /** More control frames in a time than the receiver takes. */
    TOO_MANY_CONTROL_FRAMES("L-06", "RFC 6455 §10.4", ErrorCode.INVALID_PROTOCOL_OPERATION, 1008, "Q-05"),

    // ---- handshake ----
    /** A header list whose elements are no tokens. */
    HEADER_BAD_TOKEN("V12", "RFC 6455 §4.3", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01 X-03"),
    /** More elements or bytes than allowed in a header list. */
    HEADER_TOO_MANY("V13", "RFC 6455 §4.3", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01"),
    /** Elements of a header list that no comma parts. */
    HEADER_COMMA_MISSING("V14", "RFC 6455 §4.3", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01 X-03"),
    /** A header list that ends too early. */
    HEADER_ENDS_EARLY("V15", "RFC 6455 §4.3", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01 X-03"),
    /** An answer with a subprotocol that was not offered, or with more than one. */
    SUBPROTOCOL_NOT_OFFERED("V16", "RFC 6455 §4.1", ErrorCode.SUBPROTOCOL_NOT_SUPPORTED, 1010, "C-38 S-32"),
    /** An answer with an extension that was not offered. */
    EXTENSION_NOT_OFFERED("V17", "RFC 6455 §4.1", ErrorCode.EXTENSIONS_NOT_SUPPORTED, 1010, "C-37"),
    /** A version other than 13. */
    VERSION_NOT_SUPPORTED("V18", "RFC 6455 §4.4", ErrorCode.VERSION_NOT_SUPPORTED, 0, "S-10 S-20 S-41"),
    /** {@code Upgrade} does not name {@code websocket}. */
    UPGRADE_NOT_WEBSOCKET("V19", "RFC 6455 §4.2.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-06 C-34"),
    /** {@code Connection} does not name {@code Upgrade}. */
    CONNECTION_NOT_UPGRADE("V20", "RFC 6455 §4.2.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-07 C-35"),
    /** The server selected none of the offered subprotocols although the client needs one. */
    SUBPROTOCOL_NOT_SELECTED("V23", "RFC 6455 §4.1", ErrorCode.SUBPROTOCOL_NOT_SUPPORTED, 1010, "C-43"),
    /** An element stands twice in a header list. */
    HEADER_ELEMENT_TWICE("V25", "RFC 6455 §4.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-13"),
    /** {@code Sec-WebSocket-Accept} does not fit the key. */
    ACCEPT_MISMATCH("V27", "RFC 6455 §4.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "C-36"),
    /** {@code Sec-WebSocket-Key} is not base64 of 16 bytes. */
    KEY_INVALID("V12", "RFC 6455 §4.2.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-08"),
    /** No header at all. */
    HEADERS_MISSING("V40", "RFC 6455 §4.2.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01"),
    /** A header that must be unique stands twice. */
    HEADER_TWICE("V41", "RFC 6455 §11.3", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-09 S-11 S-31 S-32 S-33"),
    /** A required header is missing. */
    HEADER_MISSING("V42", "RFC 6455 §4.2.1", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-05 S-06 S-07 S-08 S-10"),
    /** A field about the connection in a request of HTTP/2 or HTTP/3. */
    FIELD_OF_CONNECTION("H-08", "RFC 8441 §5", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "H-08"),
    /** An extended CONNECT to something else than a WebSocket. */
    PROTOCOL_NOT_WEBSOCKET("H-15", "RFC 9220 §3", ErrorCode.INVALID_PROTOCOL_OPERATION, 0, "H-04 H-15"),
    /** A message head that is no HTTP/1.1, or one beyond the limits. */
    HEAD_MALFORMED("L-13", "RFC 9112 §2", ErrorCode.INVALID_PROTOCOL_FORMAT, 0, "S-01 S-03 C-39"),
    /** An answer other than 101. */
    NOT_SWITCHING_PROTOCOLS("C-32", "RFC 6455 §4.1", ErrorCode.INVALID_PROTOCOL_OPERATION, 0, "C-32 C-44"),

    // ---- agreement on permessage-deflate ----
    /** An answer with a parameter of permessage-deflate that does not exist. */
    DEFLATE_PARAMETER_UNKNOWN("P-22", "RFC 7692 §7.1", ErrorCode.EXTENSIONS_NOT_SUPPORTED, 1010, "P-11 P-22"),
    /** An answer with a value that a parameter of permessage-deflate cannot have. */
    DEFLATE_VALUE_INVALID("P-23", "RFC 7692 §7.1", ErrorCode.EXTENSIONS_NOT_SUPPORTED, 1010, "P-11 P-23 P-26 P-32"),
    /** An answer with a parameter of permessage-deflate that stands twice. */
    DEFLATE_PARAMETER_TWICE("P-24", "RFC 7692 §7.1", ErrorCode.EXTENSIONS_NOT_SUPPORTED, 1010, "P-11 P-24"),
    /** An answer about permessage-deflate that does not fit what was offered. */
    DEFLATE_NOT_OFFERED(
            "P-25",
            "RFC 7692 §7.1",
            ErrorCode.EXTENSIONS_NOT_SUPPORTED,
            1010,
            "P-05 P-07 P-09 P-11 P-25 P-27 P-33 P-36 P-37");

    private final String id;
    private final String rfc;
    private final ErrorCode code;
    private final int closeStatus;
    private final String rows;

    Violation(String id, String rfc, ErrorCode code, int closeStatus, String rows) {
        this.id = id;
        this.rfc = rfc;
        this.code = code;
        this.closeStatus = closeStatus;
        this.rows = rows;
    }

    /** {@return the id in the violation catalogue, such as {@code V37}, in the list of limits, such as {@code L-02}, or of the row} */
    public String id() {
        return id;
    }

    /** {@return the section that states the rule, such as {@code RFC 6455 §5.2}} */
    public String rfc() {
        return rfc;
    }

    /** {@return the corresponding Windows error} */
    public ErrorCode code() {
        return code;
    }

    /** {@return the status of a Close about this fault; 0 where none can be sent because the handshake failed} */
    public int closeStatus() {
        return closeStatus;
    }

    /** {@return the ids of the requirement rows, parted by spaces} */
    public String rows() {
        return rows;
    }
}
