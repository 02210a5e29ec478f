package io.wsprotocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Masking keys from a block of the {@link KeyStream} (RFC 6455 §10.3). A few blocks serve all handles, so that an idle one holds none. A
 * used key is wiped, so that a dump of memory does not reveal what was sent. Thread-safe: a block is taken for the time of one key;
 * who finds it taken goes to the next.
 */
final class SecureMaskingKeys implements MaskingKeySource {

    /** A power of two, at least the number of threads that are likely to draw a key in the same nanoseconds. */
    static final int SHARED = 16;

    private static final int BLOCK_BYTES = 1024;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(SecureMaskingKeys.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final SecureMaskingKeys[] ALL = all();
    private static final AtomicInteger TURN = new AtomicInteger();

    /** Seen by tests, too: a used key is gone from it. */
    final byte[] block = new byte[BLOCK_BYTES];

    private final int index;
    private int next = BLOCK_BYTES;

    @SuppressWarnings("unused") // through TAKEN
    private volatile boolean taken;

    private SecureMaskingKeys(int index) {
        this.index = index;
    }

    private static SecureMaskingKeys[] all() {
        SecureMaskingKeys[] all = new SecureMaskingKeys[SHARED];
        for (int i = 0; i < SHARED; i++) {
            all[i] = new SecureMaskingKeys(i);
        }
        return all;
    }

    /** {@return the next of them in turn, so that handles spread over all} */
    static SecureMaskingKeys next() {
        return ALL[TURN.getAndIncrement() & (SHARED - 1)];
    }

    @Override
    public int nextKey() {
        for (int i = 0; i < SHARED; i++) {
            SecureMaskingKeys keys = ALL[(index + i) & (SHARED - 1)];
            if (keys.take()) {
                try {
                    return keys.draw();
                } finally {
                    keys.release();
                }
            }
        }
        // More threads than blocks are in here at this moment: nobody waits
        return new SecureMaskingKeys(0).draw();
    }

    boolean take() {
        return TAKEN.compareAndSet(this, false, true);
    }

    void release() {
        TAKEN.setRelease(this, false);
    }

    /** Only for who has taken the block. */
    private int draw() {
        if (next == BLOCK_BYTES) {
            KeyStream.fill(block);
            next = 0;
        }
        int key = (int) INT.get(block, next);
        INT.set(block, next, 0);
        next += Integer.BYTES;
        return key;
    }
}
