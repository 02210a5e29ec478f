package io.wsprotocol.driver;

import io.wsprotocol.CloseInfo;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One accepted send on its way through {@link SendQueue}, reused from message to message. Belongs to the thread that fills it until
 * the queue has it, then to the owner: the queue's atomic head publishes the plain fields.
 */
final class OutgoingEntry {

    /** What an entry asks for. */
    enum Kind {
        TEXT,
        BINARY,
        PING,
        PONG,
        CLOSE;

        static Kind of(MessageType type) {
            return type == MessageType.TEXT ? TEXT : BINARY;
        }

        boolean isControl() {
            return this == PING || this == PONG;
        }
    }

    /** The next older entry in the inbox, the next younger one in a list of the owner, the next free one in the pool. */
    @Nullable
    OutgoingEntry next;

    Kind kind = Kind.BINARY;

    @Nullable
    ByteBuffer payload;

    /** The message that the payload is a view of, if others share it. */
    @Nullable
    PreparedMessage prepared;

    @Nullable
    Object context;

    @Nullable
    CloseInfo closeInfo;

    /** Whether the message ends with this payload. */
    boolean last;
    /** Whether the message is this payload alone, so that it may be dropped without harm to another. */
    boolean whole;
    /** Whether it is a whole message for certain, and not the last part of one, which looks the same. */
    boolean complete;
    /** Whether the message may be compressed, should that be agreed on. */
    boolean compressible;
    /** Whether a frame of it has been in the handle. */
    boolean started;
    /** Whether frames of it lie in the memory of the deflater. */
    boolean deflated;
    /** Bytes that the queue reserved for this entry. */
    int reserved;
    /** In the pool: how many entries there are from here to the bottom. */
    int depth;
    /** The payload's own limit, as sending in frames moves the buffer's. */
    int end;

    void fill(Kind newKind, @Nullable ByteBuffer newPayload, boolean newLast, @Nullable Object newContext) {
        kind = newKind;
        payload = newPayload;
        last = newLast;
        context = newContext;
        complete = false;
        compressible = true;
        deflated = false;
        started = false;
        reserved = newPayload == null ? 0 : newPayload.remaining();
        end = newPayload == null ? 0 : newPayload.limit();
    }

    /** Lets go of all that belongs to somebody else. */
    void clear() {
        payload = null;
        prepared = null;
        context = null;
        closeInfo = null;
        next = null;
    }
}
