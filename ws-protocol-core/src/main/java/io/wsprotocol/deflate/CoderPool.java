package io.wsprotocol.deflate;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the coders of all connections that share it: a connection borrows one for the length of a message, so that an idle connection
 * has none. Lock-free; nobody waits, and borrowing allocates nothing while a coder is at hand. Thread-safe.
 *
 * <p>Deflaters are zlib's and cost some 260 KiB outside the heap each: there are never more than the limit. Who finds none sends his
 * message as it is (L-21). Inflaters are ours and cost some 60 KiB of heap: as a received message must be inflated, more than the limit
 * are made when needed, and not kept.
 *
 * @since 0.1.0
 */
public final class CoderPool implements AutoCloseable {

    /** The most coders of a kind that a pool can be told to keep. */
    public static final int MOST_CODERS = 256;

    private static final int CODERS_PER_PROCESSOR = 4;

    private final int maxCoders;
    private final AtomicReferenceArray<@Nullable MessageCoder> idleDeflaters;
    private final AtomicReferenceArray<@Nullable BlockDecoder> idleInflaters;
    private final AtomicReferenceArray<@Nullable FrameMemory> idleMemory;
    private final AtomicInteger deflatersInUse = new AtomicInteger();
    private final AtomicInteger inflatersInUse = new AtomicInteger();
    private final AtomicInteger memoryInUse = new AtomicInteger();
    private final LongAdder deflatersRefused = new LongAdder();
    private final LongAdder inflatersBeyond = new LongAdder();
    private final LongAdder deflatedMessages = new LongAdder();
    private final LongAdder bytesBeforeDeflate = new LongAdder();
    private final LongAdder bytesAfterDeflate = new LongAdder();
    private final LongAdder inflatedMessages = new LongAdder();
    private final LongAdder bytesBeforeInflate = new LongAdder();
    private final LongAdder bytesAfterInflate = new LongAdder();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes an empty pool.
     *
     * @param maxCoders how many deflaters there may be, and how many inflaters are kept; 1 to {@value #MOST_CODERS}
     * @throws IllegalArgumentException when it is out of range
     */
    public CoderPool(int maxCoders) {
        DeflateOptions.within("maxCoders", maxCoders, 1, MOST_CODERS);
        this.maxCoders = maxCoders;
        this.idleDeflaters = new AtomicReferenceArray<>(maxCoders);
        this.idleInflaters = new AtomicReferenceArray<>(maxCoders);
        this.idleMemory = new AtomicReferenceArray<>(maxCoders);
    }

    /** {@return the pool of connections that were given none; one for the whole process} */
    public static CoderPool shared() {
        return Shared.POOL;
    }

    /** {@return four coders for each processor, at most {@value #MOST_CODERS} (L-21)} */
    public static int defaultMaxCoders() {
        return Math.min(MOST_CODERS, CODERS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    /** Ends the coders that are not borrowed; those that are, end when they come back. The pool goes on to lend, and keeps nothing. */
    @Override
    public void close() {
        closed.set(true);
        endIdle();
    }

    private void endIdle() {
        for (int i = 0; i < maxCoders; i++) {
            MessageCoder coder = idleDeflaters.getAndSet(i, null);
            if (coder != null) {
                coder.deflater.end();
            }
            idleInflaters.set(i, null);
            idleMemory.set(i, null);
        }
    }

    // ---- figures ----

    /** {@return how many deflaters there may be} */
    public int maxCoders() {
        return maxCoders;
    }

    /** {@return the deflaters lent now} */
    public int deflatersInUse() {
        return deflatersInUse.get();
    }

    /** {@return the inflaters lent now} */
    public int inflatersInUse() {
        return inflatersInUse.get();
    }

    /** {@return the pieces of memory for compressed frames lent now} */
    public int frameMemoryInUse() {
        return memoryInUse.get();
    }

    /** {@return the messages that were sent as they are because all deflaters were in use} */
    public long deflatersRefused() {
        return deflatersRefused.sum();
    }

    /** {@return the inflaters that were made beyond the limit, and not kept} */
    public long inflatersBeyond() {
        return inflatersBeyond.sum();
    }

    /** {@return the messages that were sent compressed} */
    public long deflatedMessages() {
        return deflatedMessages.sum();
    }

    /** {@return the payload of messages that were sent compressed, in bytes, as the application gave it} */
    public long bytesBeforeDeflate() {
        return bytesBeforeDeflate.sum();
    }

    /** {@return the payload of messages that were sent compressed, in bytes, as it went out} */
    public long bytesAfterDeflate() {
        return bytesAfterDeflate.sum();
    }

    /** {@return the compressed messages that were received whole} */
    public long inflatedMessages() {
        return inflatedMessages.sum();
    }

    /** {@return the payload of compressed messages that were received whole, in bytes, as it came in} */
    public long bytesBeforeInflate() {
        return bytesBeforeInflate.sum();
    }

    /** {@return the payload of compressed messages that were received whole, in bytes, as the application got it} */
    public long bytesAfterInflate() {
        return bytesAfterInflate.sum();
    }

    // ---- coders ----

    /** {@return a deflater of that level with nothing in it; null when all are in use} */
    @Nullable
    MessageCoder takeDeflater(int level) {
        int inUse;
        do {
            inUse = deflatersInUse.get();
            if (inUse >= maxCoders) {
                deflatersRefused.increment();
                return null;
            }
        } while (!deflatersInUse.compareAndSet(inUse, inUse + 1));
        MessageCoder coder = take(idleDeflaters);
        if (coder != null && coder.level != level) {
            // zlib changes levels in mid-stream only with side effects, so one that fits replaces it
            coder.deflater.end();
            coder = null;
        }
        return coder == null ? new MessageCoder(level) : coder;
    }

    void giveDeflater(MessageCoder coder) {
        coder.deflater.reset(); // also lets go of the payload
        if (!put(idleDeflaters, coder)) {
            coder.deflater.end();
        }
        deflatersInUse.decrementAndGet();
        keepNothingIfClosed();
    }

    BlockDecoder takeInflater() {
        if (inflatersInUse.getAndIncrement() >= maxCoders) {
            inflatersBeyond.increment();
        }
        BlockDecoder decoder = take(idleInflaters);
        return decoder == null ? new BlockDecoder() : decoder;
    }

    void giveInflater(BlockDecoder decoder) {
        put(idleInflaters, decoder);
        inflatersInUse.decrementAndGet();
        keepNothingIfClosed();
    }

    FrameMemory takeFrameMemory() {
        memoryInUse.incrementAndGet();
        FrameMemory memory = take(idleMemory);
        return memory == null ? new FrameMemory() : memory;
    }

    void giveFrameMemory(FrameMemory memory) {
        memory.clear();
        put(idleMemory, memory);
        memoryInUse.decrementAndGet();
        keepNothingIfClosed();
    }

    /** To be asked behind a {@link #put}: asked before it, the pool could close in between and never see what was put. */
    private void keepNothingIfClosed() {
        if (closed.get()) {
            endIdle();
        }
    }

    void countDeflated(long before, long after) {
        deflatedMessages.increment();
        bytesBeforeDeflate.add(before);
        bytesAfterDeflate.add(after);
    }

    void countInflated(long before, long after) {
        inflatedMessages.increment();
        bytesBeforeInflate.add(before);
        bytesAfterInflate.add(after);
    }

    /* The first slots are looked at first, so that few coders are kept busy, and warm, while there is little to do. */
    private static <T> @Nullable T take(AtomicReferenceArray<@Nullable T> slots) {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) != null) {
                T found = slots.getAndSet(i, null);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static <T> boolean put(AtomicReferenceArray<@Nullable T> slots, T coder) {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) == null && slots.compareAndSet(i, null, coder)) {
                return true;
            }
        }
        return false;
    }

    /** A deflater and the level it was made with. Belongs to who borrowed it. */
    static final class MessageCoder {

        final Deflater deflater;
        final int level;

        MessageCoder(int level) {
            this.level = level;
            this.deflater = new Deflater(level, true);
        }
    }

    /** Made when first asked for. */
    private static final class Shared {

        static final CoderPool POOL = new CoderPool(defaultMaxCoders());
    }
}
