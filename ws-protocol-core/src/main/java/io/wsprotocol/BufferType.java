package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;

/**
 * What a buffer holds: the kind of frame to send, or of what was received. Immutable.
 *
 * <p>On receive, {@code *_FRAGMENT} and {@code *_MESSAGE} speak of chunks, not of wire frames: one frame of 1,000 bytes may
 * arrive as several fragments and one message chunk; append until {@link #endsMessage()}.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_BUFFER_TYPE}. {@link #RAW} stands for its numeric extension values; the
 * header byte itself is given to {@link WebSocketHandle#sendRaw} and read from {@link Action#rawHeader()}.
 *
 * @since 0.1.0
 */
public enum BufferType {
    /** Last or only part of a text message (RFC 6455 §5.6). */
    UTF8_MESSAGE(0x8000_0000, FrameHeader.B0_FIN | Opcode.TEXT),
    /** Part of a text message that others follow. */
    UTF8_FRAGMENT(0x8000_0001, Opcode.TEXT),
    /** Last or only part of a binary message. */
    BINARY_MESSAGE(0x8000_0002, FrameHeader.B0_FIN | Opcode.BINARY),
    /** Part of a binary message that others follow. */
    BINARY_FRAGMENT(0x8000_0003, Opcode.BINARY),
    /** A Close frame (RFC 6455 §5.5.1). */
    CLOSE(0x8000_0004, FrameHeader.B0_FIN | Opcode.CLOSE),
    /** Sending: a Ping (RFC 6455 §5.5.2). Receiving: a Pong. The asymmetry is the Windows API's. */
    PING_PONG(0x8000_0005, FrameHeader.B0_FIN | Opcode.PING),
    /** Sending: a Pong that nobody asked for (RFC 6455 §5.5.3). Never received: every Pong is {@link #PING_PONG}. */
    UNSOLICITED_PONG(0x8000_0006, FrameHeader.B0_FIN | Opcode.PONG),
    /** A frame whose header bits the caller sets, or a message whose first frame carried reserved bits. */
    RAW(0, BufferType.GIVEN_BY_CALLER);

    private static final int GIVEN_BY_CALLER = -1;

    private final int nativeValue;
    private final int header;

    BufferType(int nativeValue, int header) {
        this.nativeValue = nativeValue;
        this.header = header;
    }

    /**
     * {@return the first byte of the frame to send when no message is in progress}
     *
     * @throws IllegalArgumentException for {@link #RAW}, whose header byte is given with the frame
     */
    int header() {
        if (header == GIVEN_BY_CALLER) {
            throw new IllegalArgumentException("RAW frames are sent with sendRaw, which takes their header byte");
        }
        return header;
    }

    /** {@return the number that the Windows header gives this type; 0 for {@link #RAW}} */
    public int nativeValue() {
        return nativeValue;
    }

    /** {@return whether this is a part of a text message} */
    public boolean isText() {
        return this == UTF8_MESSAGE || this == UTF8_FRAGMENT;
    }

    /** {@return whether this is a part of a binary message} */
    public boolean isBinary() {
        return this == BINARY_MESSAGE || this == BINARY_FRAGMENT;
    }

    /** {@return whether this is a control frame (RFC 6455 §5.5)} */
    public boolean isControl() {
        return this == CLOSE || this == PING_PONG || this == UNSOLICITED_PONG;
    }

    /** {@return whether a text or binary message ends with this buffer} */
    public boolean endsMessage() {
        return this == UTF8_MESSAGE || this == BINARY_MESSAGE;
    }
}
