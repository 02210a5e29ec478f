package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.BufferSource;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Lends one handle its memory and holds it to what it may have: each of its buffers once, none larger than the options say. The
 * beginning of what comes back is overwritten, so that nobody reads it any more. The buffers begin inside their arrays. Not thread-safe: confine to
 * one thread or guard with one lock.
 */
final class CountedMemory implements BufferSource {

    private static final int ARRAY_OFFSET = 5;
    private static final int OVERWRITTEN = 48;

    private final ByteBuffer[] buffers;
    private final boolean[] lent;

    /** Makes memory for a handle that needs buffers of these sizes, each different. */
    CountedMemory(int... sizes) {
        buffers = new ByteBuffer[sizes.length];
        lent = new boolean[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            buffers[i] = ByteBuffer.allocate(sizes[i] + ARRAY_OFFSET)
                    .position(ARRAY_OFFSET)
                    .slice();
        }
    }

    @Override
    public ByteBuffer acquire(int bytes) {
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i].capacity() == bytes) {
                check(!lent[i], "a handle borrows more than one buffer of a size");
                lent[i] = true;
                return buffers[i];
            }
        }
        throw new AssertionError("a handle borrows a buffer of a size that its options do not know");
    }

    @Override
    public void release(ByteBuffer buffer) {
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i] == buffer) {
                check(lent[i], "a handle gives a buffer back twice");
                lent[i] = false;
                Arrays.fill(buffer.array(), 0, Math.min(buffer.capacity(), OVERWRITTEN), (byte) 0xE7);
                return;
            }
        }
        throw new AssertionError("a handle gives back what it did not borrow");
    }

    /** {@return whether the handle owns no memory now} */
    boolean allBack() {
        for (boolean out : lent) {
            if (out) {
                return false;
            }
        }
        return true;
    }

    /** Forgets what a failed input left lent. */
    void reset() {
        Arrays.fill(lent, false);
    }
}
