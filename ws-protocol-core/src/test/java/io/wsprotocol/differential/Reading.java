package io.wsprotocol.differential;

import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a decoder makes of a stream, up to the first Close or failure: whole messages, pongs, the Close. Pings are left out: who answers them, and
 * when, is not the decoder's to say. Not thread-safe: confine to one thread or guard with one lock.
 */
final class Reading {

    /** How a decoder stands behind the last byte. */
    enum End {
        /** It waits for more, or has seen a Close. */
        CONTENT,
        /** It refused the stream as its own rules say. */
        REFUSED,
        /** It broke: an exception that is no answer to a peer, or no end. */
        BROKEN
    }

    private static final int OPCODE = 0x0F;
    private static final int CONTROL_BIT = 0x08;

    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private End end = End.CONTENT;
    private String cause = "";
    private boolean closed;
    private String awaited = "";

    /** Takes a part of a message. */
    void part(boolean text, byte[] payload, boolean last) {
        message.writeBytes(payload);
        if (last) {
            event((text ? "text " : "binary ") + Wire.hex(message.toByteArray()));
            message.reset();
        }
    }

    void pong(byte[] payload) {
        event("pong " + Wire.hex(payload));
    }

    /** Takes the first Close; its status is 1005 when it has none. */
    void close(int status, String reason) {
        event("close " + status + " " + reason);
        closed = true;
    }

    private void event(String event) {
        if (!closed) {
            events.add(event);
        }
    }

    void refused(String why) {
        end = End.REFUSED;
        cause = why;
    }

    void broken(String how) {
        end = End.BROKEN;
        cause = how;
    }

    /** Notes the beginning of a control frame, or of a data frame's header, that is not here entirely. */
    void awaits(byte[] stream, int from) {
        if (stream.length - from < 2) {
            awaited = "a header";
        } else if ((stream[from] & CONTROL_BIT) != 0) {
            awaited = String.format(Locale.ROOT, "a frame %02x of %d", stream[from] & 0xFF, stream[from + 1] & 0x7F);
        } else {
            awaited = "the header of a " + ((stream[from] & OPCODE) == 0 ? "continuation" : "first frame");
        }
    }

    /** {@return what it waits for the rest of; empty between frames, and in a data frame's payload, which is taken as it comes} */
    String awaited() {
        return awaited;
    }

    /** {@return whether nothing that follows counts} */
    boolean isOver() {
        return closed || end != End.CONTENT;
    }

    boolean closed() {
        return closed;
    }

    End end() {
        return end;
    }

    /** {@return the rule that was broken, or the kind of exception} */
    String cause() {
        return cause;
    }

    List<String> events() {
        return events;
    }

    @Override
    public String toString() {
        return events + " " + end + " " + cause;
    }
}
