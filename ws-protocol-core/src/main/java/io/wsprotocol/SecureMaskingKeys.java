package io.wsprotocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Masking keys from blocks of the {@link KeyStream} (RFC 6455 §10.3). A used key is wiped, so that a dump of memory does not
 * reveal what was sent. Not thread-safe: confine to one thread or guard with one lock.
 */
final class SecureMaskingKeys implements MaskingKeySource {

    private static final int BLOCK_BYTES = 128;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] block = new byte[BLOCK_BYTES];
    private int next = BLOCK_BYTES;

    @Override
    public int nextKey() {
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
