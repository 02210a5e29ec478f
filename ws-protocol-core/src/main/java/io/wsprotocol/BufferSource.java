package io.wsprotocol;

import java.nio.ByteBuffer;

/**
 * Lends the memory that a handle needs while bytes are on their way, so that an idle handle owns none. Without a source a handle
 * allocates on first use and keeps. Called by the owner of a handle; one source shared by several handles must be thread-safe.
 *
 * @since 0.1.0
 */
public interface BufferSource {

    /**
     * Lends a buffer.
     *
     * @param bytes the capacity needed, in bytes
     * @return a heap buffer with an accessible array and at least that capacity; its content, position and limit may be anything
     */
    ByteBuffer acquire(int bytes);

    /**
     * Takes a buffer back. The handle does not touch it afterwards.
     *
     * @param buffer what {@link #acquire} gave, exactly once
     */
    void release(ByteBuffer buffer);
}
