package io.wsprotocol.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * One direction of a simulated network: bytes written here arrive at the other end later, in other pieces, or never. Faults are drawn
 * from the life's dice. Not thread-safe: confine to one thread or guard with one lock.
 */
final class SimulatedLink {

    /** Bytes on their way, and when they may be read. */
    private record Piece(long due, ByteBuffer bytes) {}

    private final SplittableRandom dice;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final ByteArrayOutputStream tapped = new ByteArrayOutputStream();
    private final int capacity;
    private final int mostAtOnce;
    private final long mostDelay;
    private int inFlight;
    private long moved;
    private long lastDue = Long.MIN_VALUE;
    private boolean stalled;
    private boolean ended;
    private long resetAt;

    /** Draws how this direction behaves. */
    SimulatedLink(SplittableRandom dice) {
        this.dice = dice;
        capacity = dice.nextInt(8) == 0 ? 1 + dice.nextInt(64) : 1 << dice.nextInt(8, 16);
        mostAtOnce = dice.nextInt(6) == 0 ? 1 + dice.nextInt(5) : 1 << 14;
        mostDelay = dice.nextInt(3) == 0 ? dice.nextInt(2_000_000_000) : 1_000;
        resetAt = dice.nextInt(8) == 0 ? dice.nextInt(400) : Long.MAX_VALUE;
    }

    /** {@return how many bytes the network took, 0 to all} */
    long write(ByteBuffer[] buffers, int offset, int length, long now) throws IOException {
        long taken = 0;
        for (int i = offset; i < offset + length; i++) {
            int room = stalled ? 0 : (int) Math.min(capacity - inFlight, mostAtOnce - taken);
            int count = Math.min(room, buffers[i].remaining());
            if (count > 0) {
                send(buffers[i], count, now);
                taken += count;
                moved += count;
            }
        }
        if (tapped.size() >= resetAt) {
            throw new IOException("reset");
        }
        return taken;
    }

    private void send(ByteBuffer from, int count, long now) {
        byte[] copy = new byte[count];
        from.get(copy);
        tapped.writeBytes(copy);
        if (ended) {
            return; // nobody is there any more
        }
        inFlight += count;
        lastDue = Math.max(lastDue, now + dice.nextLong(mostDelay));
        pieces.add(new Piece(lastDue, ByteBuffer.wrap(copy)));
    }

    /** {@return how many bytes were read into the target, 0 when none has arrived, or the end} */
    int read(ByteBuffer target, long now) {
        int read = 0;
        while (!pieces.isEmpty() && pieces.peek().due <= now && target.hasRemaining() && read < mostAtOnce) {
            ByteBuffer bytes = pieces.peek().bytes;
            int count = Math.min(Math.min(bytes.remaining(), target.remaining()), mostAtOnce - read);
            ByteBuffer part = bytes.slice(bytes.position(), count);
            bytes.position(bytes.position() + count);
            target.put(part);
            read += count;
            moved += count;
            inFlight -= count;
            if (!bytes.hasRemaining()) {
                pieces.remove();
            }
        }
        return read == 0 && ended && pieces.isEmpty() ? Transport.END : read;
    }

    /** {@return when the next piece arrives, or {@link Long#MAX_VALUE}} */
    long nextArrival() {
        return pieces.isEmpty() ? Long.MAX_VALUE : pieces.peek().due;
    }

    /** {@return whether a reader would find something now} */
    boolean readable(long now) {
        return nextArrival() <= now || (ended && pieces.isEmpty());
    }

    /** {@return whether the network would take a byte} */
    boolean writable() {
        return !stalled && inFlight < capacity;
    }

    /** Takes nothing more, or goes on. */
    void stall(boolean stall) {
        stalled = stall;
    }

    /** Nothing comes behind what is on its way. */
    void end() {
        ended = true;
    }

    /** What is on its way is lost, and so is what follows. */
    void cut() {
        pieces.clear();
        inFlight = 0;
        ended = true;
    }

    /** {@return how many bytes were ever taken or read} */
    long moved() {
        return moved;
    }

    /** {@return all bytes that the network ever took} */
    byte[] tapped() {
        return tapped.toByteArray();
    }
}
