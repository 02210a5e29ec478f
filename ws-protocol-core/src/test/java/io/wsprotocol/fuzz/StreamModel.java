package io.wsprotocol.fuzz;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.Violation;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What RFC 6455 wants a receiver to make of a stream, in one pass over the whole of it, without the engine's code and without
 * regard to how it is cut. Not thread-safe: confine to one thread or guard with one lock.
 */
final class StreamModel {

    private static final int FIN = 128;

    private final boolean server;
    private final PlainUtf8 utf8 = new PlainUtf8();
    private final EventLog log;

    private byte[] stream = {};
    private int origin;
    private HandleOptions options = HandleOptions.defaults();
    private int allowedRsv;

    /** Opcode of the message in progress; 0 when there is none. */
    private int message;
    /** The message's first header byte without FIN. */
    private int messageHeader;

    private boolean closed;
    private int fragments;
    private int emptyFragments;

    /** Frames whose payload the receiver began to take. */
    int frames;

    int messages;
    int payload;
    int pings;

    StreamModel(boolean server, EventLog log) {
        this.server = server;
        this.log = log;
    }

    /** Notes in the log what comes of the stream. */
    void play(byte[] bytes, int from, HandleOptions handleOptions, int rsv) {
        stream = bytes;
        origin = from;
        options = handleOptions;
        allowedRsv = rsv;
        message = 0;
        closed = false;
        frames = 0;
        messages = 0;
        payload = 0;
        pings = 0;
        int at = from;
        while (at >= 0) {
            at = frame(at);
        }
    }

    /** {@return where the next frame begins, or -1 when nothing more comes of the stream} */
    private int frame(int at) {
        int left = stream.length - at;
        if (left < 1) {
            return -1;
        }
        int byte0 = stream[at] & 0xFF;
        Violation wrong = wrongWithByte0(byte0);
        if (wrong == null && left > 1) {
            wrong = wrongWithByte1(byte0, stream[at + 1] & 0xFF);
        }
        if (wrong != null || left < 2) {
            return wrong == null ? -1 : broken(wrong, at);
        }
        return afterByte1(at, left, byte0, stream[at + 1] & 0xFF);
    }

    private @Nullable Violation wrongWithByte0(int byte0) {
        int opcode = byte0 % 16;
        int rsv = byte0 & 0x70;
        if ((rsv | allowedRsv) != allowedRsv) {
            return Violation.RESERVED_BITS;
        }
        if ((opcode > 2 && opcode < 8) || opcode > 10) {
            return Violation.RESERVED_OPCODE;
        }
        if (rsv != 0 && opcode != 1 && opcode != 2) {
            return Violation.RESERVED_BITS;
        }
        return opcode > 7 && byte0 < FIN ? Violation.CONTROL_FRAME_FRAGMENTED : null;
    }

    private @Nullable Violation wrongWithByte1(int byte0, int byte1) {
        boolean masked = byte1 > 127;
        if (server && !masked && !options.disableMasking()) {
            return Violation.MASK_MISSING;
        }
        if (!server && masked) {
            return Violation.MASK_UNEXPECTED;
        }
        return byte0 % 16 > 7 && byte1 % 128 > 125 ? Violation.CONTROL_FRAME_TOO_LONG : null;
    }

    private int afterByte1(int at, int left, int byte0, int byte1) {
        int form = byte1 % 128;
        int lengthBytes = form == 126 ? 2 : form == 127 ? 8 : 0;
        long length = lengthBytes == 0 ? form : 0;
        for (int i = 0; i < lengthBytes; i++) {
            if (left < 3 + i) {
                return -1;
            }
            length = length * 256 + (stream[at + 2 + i] & 0xFF);
            if (lengthBytes == 8 && i == 0 && length > 127) {
                return broken(Violation.LENGTH_NEGATIVE, at);
            }
            if ((lengthBytes == 8 && i == 5 && length == 0) || (lengthBytes == 2 && i == 1 && length < 126)) {
                return broken(Violation.LENGTH_NOT_MINIMAL, at);
            }
        }
        int key = byte1 > 127 ? at + 2 + lengthBytes : -1;
        int header = 2 + lengthBytes + (key < 0 ? 0 : 4);
        if (left < header) {
            return -1;
        }
        return byte0 % 16 > 7
                ? control(at, header, byte0 % 16, (int) length, key)
                : data(at, header, byte0, length, key);
    }

    private int control(int at, int header, int opcode, int length, int key) {
        if (stream.length - at < header + length) {
            return -1;
        }
        if (closed && opcode == 8) {
            return broken(Violation.CLOSE_AFTER_CLOSE, at);
        }
        frames++;
        pings += opcode == 9 ? 1 : 0;
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = unmasked(at + header, i, key);
        }
        if (opcode == 8) {
            Violation wrong = close(body);
            if (wrong != null) {
                return broken(wrong, at);
            }
        } else if (!closed) {
            log.addBytes(opcode == 9 ? EventLog.ANSWER : EventLog.PONG, body, 0, length);
        }
        return at + header + length;
    }

    private @Nullable Violation close(byte[] body) {
        if (body.length == 1) {
            return Violation.CLOSE_BODY_ONE_BYTE;
        }
        if (body.length > 1) {
            int status = (body[0] & 0xFF) * 256 + (body[1] & 0xFF);
            if (!CloseBody.isAssigned(status)) {
                return Violation.CLOSE_STATUS_INVALID;
            }
            utf8.reset();
            boolean right = true;
            for (int i = 2; right && i < body.length; i++) {
                right = utf8.take(body[i]);
            }
            if (!options.disableUtf8Verification() && !(right && utf8.complete())) {
                return Violation.CLOSE_REASON_NOT_UTF8;
            }
            log.addClose(status, new String(body, 2, body.length - 2, StandardCharsets.UTF_8));
        } else {
            log.addClose(1005, null);
        }
        closed = true;
        return null;
    }

    private int data(int at, int header, int byte0, long length, int key) {
        int opcode = byte0 % 16;
        boolean fin = byte0 >= FIN;
        Violation wrong = misplaced(opcode);
        if (wrong == null && length > options.maxFramePayload()) {
            wrong = Violation.FRAME_TOO_BIG;
        }
        if (wrong != null) {
            return broken(wrong, at);
        }
        if (opcode != 0) {
            message = opcode;
            messageHeader = byte0 % FIN;
            fragments = 0;
            emptyFragments = 0;
            utf8.reset();
        }
        fragments++;
        emptyFragments = length > 0 ? 0 : fin ? emptyFragments : emptyFragments + 1;
        if (fragments > options.maxFragments()) {
            return broken(Violation.TOO_MANY_FRAGMENTS, at);
        }
        if (emptyFragments > options.maxEmptyFragments()) {
            return broken(Violation.TOO_MANY_EMPTY_FRAGMENTS, at);
        }
        frames++;
        return payload(at + header, length, key, fin);
    }

    private @Nullable Violation misplaced(int opcode) {
        if (closed) {
            return Violation.DATA_AFTER_CLOSE;
        }
        if (opcode == 0) {
            return message == 0 ? Violation.CONTINUATION_WITHOUT_MESSAGE : null;
        }
        return message == 0 ? null : Violation.DATA_FRAME_INSIDE_MESSAGE;
    }

    private int payload(int from, long length, int key, boolean fin) {
        boolean raw = messageHeader > 15;
        boolean verify = message == 1 && !raw && !options.disableUtf8Verification();
        int kind = raw ? EventLog.RAW_BYTE : message == 1 ? EventLog.TEXT_BYTE : EventLog.BINARY_BYTE;
        int present = (int) Math.min(length, stream.length - from);
        for (int i = 0; i < present; i++) {
            byte next = unmasked(from, i, key);
            if (verify && !utf8.take(next)) {
                return broken(Violation.INVALID_UTF8, from + i);
            }
            log.add(kind | (next & 0xFF));
            payload++;
        }
        if (present < length) {
            return -1;
        }
        if (fin) {
            if (verify && !utf8.complete()) {
                return broken(Violation.INVALID_UTF8, from + present);
            }
            log.add(EventLog.MESSAGE_END | FIN | messageHeader);
            messages++;
            message = 0;
        }
        return from + present;
    }

    private byte unmasked(int from, int index, int key) {
        byte b = stream[from + index];
        return key < 0 ? b : (byte) (b ^ stream[key + index % 4]);
    }

    private int broken(Violation rule, int at) {
        log.addViolation(rule.ordinal(), at - origin);
        return -1;
    }
}
