package io.wsprotocol.spring;

import io.wsprotocol.BufferSource;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lends heap buffers to all handles of the application context and keeps a bounded number of those that come back. Lock-free;
 * neither lending nor taking back allocates while the pool has what is asked for. Thread-safe.
 *
 * <p>Buffers come in powers of two from {@value #SMALLEST} bytes to {@value #LARGEST} bytes. Larger ones are allocated for the
 * borrower and left to the garbage collector.
 *
 * @since 0.1.0
 */
public final class PooledBufferSource implements BufferSource {

    /** The smallest buffer lent, in bytes. */
    public static final int SMALLEST = 256;

    /** The largest buffer kept, in bytes. */
    public static final int LARGEST = 64 * 1024;

    private static final int SMALLEST_LOG2 = Integer.numberOfTrailingZeros(SMALLEST);
    private static final int SIZES = Integer.numberOfTrailingZeros(LARGEST) - SMALLEST_LOG2 + 1;

    /* How many slots one call looks at before it gives up: a miss costs an allocation, never a walk through the pool. */
    private static final int PROBES = 8;

    private final AtomicReferenceArray<@Nullable ByteBuffer>[] slots;
    private final LongAdder allocations = new LongAdder();

    /**
     * Makes an empty pool.
     *
     * @param maxBytes about how many bytes to keep at most, at least 0; each size gets an equal share of them
     */
    public PooledBufferSource(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must be at least 0, was " + maxBytes);
        }
        this.slots = slots(maxBytes / SIZES);
    }

    @Override
    public ByteBuffer acquire(int bytes) {
        int index = index(bytes);
        if (index < SIZES) {
            ByteBuffer kept = take(slots[index]);
            if (kept != null) {
                return kept.clear();
            }
            allocations.increment();
            return ByteBuffer.allocate(SMALLEST << index);
        }
        allocations.increment();
        return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {
        int capacity = buffer.capacity();
        int index = index(capacity);
        // What has no size of ours did not come from here or was too large to keep.
        if (index < SIZES && capacity == SMALLEST << index && buffer.hasArray()) {
            put(slots[index], buffer);
        }
    }

    /** {@return how many buffers were allocated because none was at hand} */
    public long allocations() {
        return allocations.sum();
    }

    /** {@return how many bytes lie in the pool now} */
    public long keptBytes() {
        long bytes = 0;
        for (int index = 0; index < SIZES; index++) {
            for (int slot = 0; slot < slots[index].length(); slot++) {
                if (slots[index].get(slot) != null) {
                    bytes += SMALLEST << index;
                }
            }
        }
        return bytes;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know nothing of type parameters
    private static AtomicReferenceArray<@Nullable ByteBuffer>[] slots(long bytesPerSize) {
        AtomicReferenceArray<@Nullable ByteBuffer>[] slots = new AtomicReferenceArray[SIZES];
        for (int index = 0; index < SIZES; index++) {
            slots[index] = new AtomicReferenceArray<>((int) Math.min(1 << 16, bytesPerSize / (SMALLEST << index)));
        }
        return slots;
    }

    /** {@return which size holds so many bytes; at least {@link #SIZES} when none does} */
    private static int index(int bytes) {
        return bytes <= SMALLEST ? 0 : 32 - Integer.numberOfLeadingZeros(bytes - 1) - SMALLEST_LOG2;
    }

    private static @Nullable ByteBuffer take(AtomicReferenceArray<@Nullable ByteBuffer> size) {
        int length = size.length();
        int slot = home(length);
        for (int probe = Math.min(PROBES, length); probe > 0; probe--) {
            if (size.getPlain(slot) != null) {
                ByteBuffer buffer = size.getAndSet(slot, null);
                if (buffer != null) {
                    return buffer;
                }
            }
            slot = slot + 1 < length ? slot + 1 : 0;
        }
        return null;
    }

    private static void put(AtomicReferenceArray<@Nullable ByteBuffer> size, ByteBuffer buffer) {
        int length = size.length();
        int slot = home(length);
        for (int probe = Math.min(PROBES, length); probe > 0; probe--) {
            if (size.getPlain(slot) == null && size.compareAndSet(slot, null, buffer)) {
                return;
            }
            slot = slot + 1 < length ? slot + 1 : 0;
        }
    }

    /** {@return where this thread starts to look, so that threads seldom meet} */
    private static int home(int length) {
        if (length == 0) {
            return 0;
        }
        long hash = Thread.currentThread().getId() * 0x9E37_79B9_7F4A_7C15L;
        return (int) ((hash >>> 33) % length);
    }
}
