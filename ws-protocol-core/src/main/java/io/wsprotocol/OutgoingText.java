package io.wsprotocol;

import io.wsprotocol.wire.Utf8Verifier;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies text before it is queued (RFC 6455 §5.6), across the fragments of a message, without changing anything when it refuses.
 * Not thread-safe: confine to one thread or guard with one lock.
 */
final class OutgoingText {

    private final Utf8Verifier verifier = new Utf8Verifier();
    /** Bytes of a code point that the accepted fragments left open. */
    private byte[] tail = {};

    /** {@return whether the message is right so far, and whole if this is its last part} */
    boolean accept(@Nullable ByteBuffer payload, boolean last) {
        byte[] part = payload == null ? new byte[0] : new byte[payload.remaining()];
        if (payload != null) {
            payload.get(payload.position(), part);
        }
        verifier.reset();
        verifier.accept(tail, 0, tail.length); // the beginning of a code point, right so far
        if (verifier.accept(part, 0, part.length) != Utf8Verifier.VALID || (last && !verifier.atBoundary())) {
            return false;
        }
        tail = verifier.atBoundary() ? new byte[0] : openTail(part);
        return true;
    }

    /** {@return the bytes from the last lead byte on, which is there: a code point is open} */
    private byte[] openTail(byte[] part) {
        int joined = tail.length + part.length;
        int kept = 1;
        while ((at(part, joined - kept) & 0xC0) == 0x80) {
            kept++;
        }
        byte[] open = new byte[kept];
        for (int i = 0; i < kept; i++) {
            open[i] = at(part, joined - kept + i);
        }
        return open;
    }

    private byte at(byte[] part, int index) {
        return index < tail.length ? tail[index] : part[index - tail.length];
    }
}
