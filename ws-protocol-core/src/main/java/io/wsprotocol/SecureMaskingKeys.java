package io.wsprotocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Masking keys from blocks of a {@link SecureRandom} (RFC 6455 §10.3): one draw of the generator costs about as much for 4 bytes as
 * for a block. A used key is wiped, so that a dump of memory does not reveal what was sent. Not thread-safe: confine to one
 * thread or guard with one lock.
 */
final class SecureMaskingKeys implements MaskingKeySource {

    private static final int BLOCK_BYTES = 128;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Shared by all handles: the generator is thread-safe. Held apart so that servers, which never mask, never seed it. */
    private static final class Generator {
        static final SecureRandom SHARED = new SecureRandom();
    }

    private final byte[] block = new byte[BLOCK_BYTES];
    private int next = BLOCK_BYTES;

    @Override
    public int nextKey() {
        if (next == BLOCK_BYTES) {
            Generator.SHARED.nextBytes(block);
            next = 0;
        }
        int key = (int) INT.get(block, next);
        INT.set(block, next, 0);
        next += Integer.BYTES;
        return key;
    }
}
