package io.wsprotocol.spring.server;

import io.wsprotocol.BufferSource;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Knows every buffer that is lent, and that each comes back once. Thread-safe. */
public final class LedgerBufferSource implements BufferSource {

    private final BufferSource source;
    private final Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private int strangers;

    public LedgerBufferSource(BufferSource source) {
        this.source = source;
    }

    @Override
    public synchronized ByteBuffer acquire(int bytes) {
        ByteBuffer buffer = source.acquire(bytes);
        lent.add(buffer);
        return buffer;
    }

    @Override
    public synchronized void release(ByteBuffer buffer) {
        if (lent.remove(buffer)) {
            source.release(buffer);
        } else {
            strangers++;
        }
    }

    /** How many buffers are out. */
    synchronized int lent() {
        return lent.size();
    }

    /** How many came back twice, or were never lent. */
    synchronized int strangers() {
        return strangers;
    }
}
