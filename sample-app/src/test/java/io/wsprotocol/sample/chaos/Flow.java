package io.wsprotocol.sample.chaos;

import io.wsprotocol.sample.chaos.Fault.Cut;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link Passage}: reads, holds back, and writes what is due. Not thread-safe: confined to the proxy's thread.
 */
final class Flow {

    static final long NEVER = Long.MAX_VALUE;

    private static final int MOST_HELD = 1 << 20;
    private static final int READ_BYTES = 16 << 10;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long MOST_MADE_UP = NANOS_PER_SECOND / 5;

    private final SocketChannel from;
    private final SocketChannel to;
    private final Random random;
    private final Queue<Chunk> held = new ArrayDeque<>();
    private Fault fault = Fault.NONE;
    private @Nullable Cut cut;
    private int heldBytes;
    private long position;
    private long lastDue = Long.MIN_VALUE;
    private long mayWriteAt = Long.MIN_VALUE;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean stalled;
    private boolean blocked;

    Flow(SocketChannel from, SocketChannel to, Random random) {
        this.from = from;
        this.to = to;
        this.random = random;
    }

    /** Sets what happens to the bytes, before the first of them. */
    void plan(Fault planned, @Nullable Cut planCut) {
        fault = planned;
        cut = planCut;
    }

    /** {@return whether bytes should be read} */
    boolean wantsRead() {
        return !inputEnded && !stalled && heldBytes < MOST_HELD;
    }

    /** {@return whether the receiver's socket was full} */
    boolean isBlocked() {
        return blocked && !stalled && !outputEnded;
    }

    boolean isStalled() {
        return stalled;
    }

    /** {@return whether the receiver was told that nothing more comes} */
    boolean isOver() {
        return outputEnded;
    }

    /** {@return when {@link #write} has something to do that no readiness will announce; {@link #NEVER} for never} */
    long due() {
        Chunk head = held.peek();
        if (stalled || blocked || head == null) {
            return NEVER;
        }
        return Math.max(head.due(), mayWriteAt);
    }

    /** Reads what is there. */
    void read(long now) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
        int count = from.read(bytes);
        if (count < 0) {
            inputEnded = true;
        } else if (count > 0 && !outputEnded) {
            long delay = fault.latencyMillis() * NANOS_PER_MILLI;
            if (fault.jitterMillis() > 0) {
                delay += (long) (random.nextDouble() * fault.jitterMillis() * NANOS_PER_MILLI);
            }
            lastDue = Math.max(lastDue, now + delay);
            held.add(new Chunk(lastDue, bytes.flip()));
            heldBytes += count;
        }
    }

    /** A socket that was full has room again. */
    void unblock() {
        blocked = false;
    }

    /**
     * Writes what is due.
     *
     * @return the cut that took place, or null
     */
    @Nullable
    Cut write(long now) throws IOException {
        for (long due = due(); !outputEnded && due <= now; due = due()) {
            Chunk head = held.element();
            ByteBuffer bytes = head.bytes();
            int length = most(bytes.remaining());
            Cut next = cut;
            if (next != null && position + length > next.offset()) {
                length = (int) (next.offset() - position);
                if (length == 0) {
                    cut = null;
                    happen(next, bytes);
                    return next;
                }
            }
            pass(bytes, length, Math.max(due, now - MOST_MADE_UP));
            if (!bytes.hasRemaining()) {
                held.remove();
            }
        }
        if (inputEnded && held.isEmpty() && !outputEnded) {
            outputEnded = true;
            to.shutdownOutput();
        }
        return null;
    }

    private int most(int remaining) {
        int length = fault.sliceBytes() > 0 ? Math.min(remaining, fault.sliceBytes()) : remaining;
        return fault.bytesPerSecond() > 0 ? Math.min(length, Math.max(1, fault.bytesPerSecond() / 50)) : length;
    }

    /** A proxy that comes late makes up for it, or else a busy machine would be a slower network than was planned. */
    private void pass(ByteBuffer bytes, int length, long due) throws IOException {
        int limit = bytes.limit();
        bytes.limit(bytes.position() + length);
        int written = to.write(bytes);
        blocked = bytes.hasRemaining();
        bytes.limit(limit);
        position += written;
        heldBytes -= written;
        if (fault.sliceBytes() > 0) {
            // Far enough apart that the receiver finds them apart.
            mayWriteAt = due + NANOS_PER_MILLI;
        }
        if (fault.bytesPerSecond() > 0) {
            mayWriteAt = due + written * NANOS_PER_SECOND / fault.bytesPerSecond();
        }
    }

    private void happen(Cut happening, ByteBuffer bytes) throws IOException {
        switch (happening.kind()) {
            case STALL -> stalled = true;
            case CORRUPT -> bytes.put(bytes.position(), (byte) (bytes.get(bytes.position()) ^ happening.mask()));
            case HALF_CLOSE -> {
                outputEnded = true;
                held.clear();
                heldBytes = 0;
                to.shutdownOutput();
            }
            case RESET -> {
                // The passage does that, to both ends.
            }
        }
    }

    /** Bytes and when they may go on. */
    private record Chunk(long due, ByteBuffer bytes) {}
}
