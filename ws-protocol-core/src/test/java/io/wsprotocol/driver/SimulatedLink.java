package io.wsprotocol.driver;

import static io.wsprotocol.driver.SimulatedWorld.require;

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

    /** Frames that no peer may send: a reserved opcode, a reserved bit (or a block of the reserved type), a long ping, a Close with half a status, an unknown status. */
    private static final int[][] BROKEN_RULES = {
        {0x83, 0x00}, {0xC1, 0x01, 0xFF}, {0x89, 0x7E, 0x01, 0x00}, {0x88, 0x01, 0x03}, {0x88, 0x02, 0x03, 0xE7}
    };

    private static final int[] LATE_MESSAGE = {0x81, 0x04, 'l', 'a', 't', 'e'};

    private final SimulatedWorld world;
    private final boolean fromServer;
    private final SplittableRandom dice;
    private final WatchedFrames frames;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final int capacity;
    private final int mostAtOnce;
    private final long mostDelay;
    private final long resetAt;
    private int inFlight;
    private long taken;
    private long moved;
    private long lastDue;
    private boolean stalled;
    private boolean ended;
    private boolean blackHole;
    private boolean broken;
    private int breakRuleAfter;
    private int messagesBeforeBreach = -1;
    private boolean breachBeforeClose;

    /** Draws how this direction behaves. */
    SimulatedLink(SimulatedWorld world, boolean fromServer, SplittableRandom dice) {
        this.world = world;
        this.fromServer = fromServer;
        this.dice = dice;
        frames = new WatchedFrames(fromServer);
        capacity = dice.nextInt(8) == 0 ? 1 + dice.nextInt(64) : 1 << dice.nextInt(8, 14);
        mostAtOnce = dice.nextInt(8) == 0 ? 1 + dice.nextInt(5) : 1 << 14;
        mostDelay = dice.nextInt(3) == 0 ? 1 + dice.nextInt(2_000_000_000) : 1_000;
        resetAt = dice.nextInt(10) == 0 ? dice.nextInt(400) : Long.MAX_VALUE;
        breakRuleAfter = dice.nextInt(8) == 0 ? dice.nextInt(8) : Integer.MAX_VALUE;
        if (isChopped()) {
            world.count(SimulatedFault.CHOPPED);
        }
    }

    boolean isChopped() {
        return mostAtOnce < 6 || capacity < 64;
    }

    /** {@return how many bytes the network took, 0 to all} */
    long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        long before = taken;
        long offered = 0;
        for (int i = offset; i < offset + length; i++) {
            offered += buffers[i].remaining();
            long room = stalled ? 0 : Math.min(capacity - inFlight, mostAtOnce - (taken - before));
            int count = (int) Math.min(Math.min(room, resetAt - taken), buffers[i].remaining());
            if (count > 0) {
                taken += count;
                moved += count;
                send(buffers[i], count);
            }
        }
        if (taken >= resetAt) {
            reset();
            throw new IOException("reset");
        }
        if (taken - before < offered) {
            world.count(SimulatedFault.SHORT_WRITE);
        }
        return taken - before;
    }

    private void send(ByteBuffer from, int count) {
        byte[] copy = new byte[count];
        from.get(copy);
        frames.watch(copy);
        carry(copy);
        if (frames.betweenFrames() && breakRuleAfter-- <= 0 && messagesBeforeBreach < 0) {
            breakRule();
        }
    }

    private void carry(byte[] bytes) {
        if (ended || blackHole) {
            return; // nobody is there any more
        }
        inFlight += bytes.length;
        long delay = dice.nextLong(mostDelay);
        if (delay > 1_000_000) {
            world.count(SimulatedFault.DELAYED);
        }
        lastDue = Math.max(lastDue, world.now() + delay);
        pieces.add(new Piece(lastDue, ByteBuffer.wrap(bytes)));
    }

    /** From here on nothing may be delivered, and no Close be heard. */
    private void breakRule() {
        world.count(SimulatedFault.RULE_BROKEN);
        messagesBeforeBreach = frames.messages();
        breachBeforeClose = !frames.closed();
        carry(frame(frames.closed() ? LATE_MESSAGE : BROKEN_RULES[dice.nextInt(BROKEN_RULES.length)]));
    }

    private byte[] frame(int[] plain) {
        int head = plain[1] == 0x7E ? 4 : 2;
        ByteBuffer frame = ByteBuffer.allocate(plain.length + 4);
        for (int i = 0; i < plain.length; i++) {
            if (i == head && !fromServer) {
                frame.putInt(0); // a masking key that changes nothing
            }
            frame.put((byte) (i == 1 && !fromServer ? plain[i] | 0x80 : plain[i]));
        }
        if (plain.length == head && !fromServer) {
            frame.putInt(0);
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** What is on its way is lost, or not, and the reader may hear of it. */
    private void reset() {
        if (!broken) {
            world.count(SimulatedFault.RESET);
            broken = dice.nextBoolean();
            cutOff(dice.nextBoolean());
        }
    }

    /** {@return how many bytes were read into the target, 0 when none has arrived, or the end} */
    int read(ByteBuffer target) throws IOException {
        if (broken) {
            throw new IOException("reset");
        }
        int read = 0;
        int sources = 0;
        while (!pieces.isEmpty() && pieces.peek().due <= world.now() && target.hasRemaining() && read < mostAtOnce) {
            ByteBuffer bytes = pieces.peek().bytes;
            int count = Math.min(Math.min(bytes.remaining(), target.remaining()), mostAtOnce - read);
            target.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            read += count;
            sources++;
            if (!bytes.hasRemaining()) {
                pieces.remove();
            }
        }
        moved += read;
        inFlight -= read;
        if (sources > 1) {
            world.count(SimulatedFault.COALESCED);
        }
        return read == 0 && ended && pieces.isEmpty() ? Transport.END : read;
    }

    /** {@return when the next piece arrives, or {@link Long#MAX_VALUE}} */
    long nextArrival() {
        return pieces.isEmpty() ? Long.MAX_VALUE : pieces.peek().due;
    }

    /** {@return whether a reader would find something now} */
    boolean readable() {
        return broken || nextArrival() <= world.now() || (ended && pieces.isEmpty());
    }

    /** {@return whether the network would take a byte} */
    boolean writable() {
        return broken || (!stalled && inFlight < capacity);
    }

    /** Takes nothing more, or goes on. */
    void stall(boolean stall) {
        if (stall) {
            world.count(SimulatedFault.STALLED);
        }
        stalled = stall;
    }

    /** Nothing comes behind what is on its way. */
    void end() {
        ended = true;
    }

    /** What is on its way is lost, and so is what follows. */
    void cut() {
        world.count(SimulatedFault.CUT);
        cutOff(true);
    }

    private void cutOff(boolean losing) {
        if (losing) {
            pieces.clear();
            inFlight = 0;
        }
        ended = true;
    }

    /** All is lost from now on, and nobody is told. */
    void swallow() {
        world.count(SimulatedFault.BLACK_HOLE);
        blackHole = true;
        stalled = false;
        pieces.clear();
        inFlight = 0;
    }

    /** {@return how many bytes were ever taken or read} */
    long moved() {
        return moved;
    }

    /** A message was delivered at the other end: so many must have left whole, ahead of any broken rule. */
    void requireSent(int messages) {
        int possible = messagesBeforeBreach < 0 ? frames.messages() : messagesBeforeBreach;
        require(messages <= possible, "more was delivered than was sent by the rules");
    }

    /** {@return whether the other end cannot have heard a Close} */
    boolean breachBeforeClose() {
        return messagesBeforeBreach >= 0 && breachBeforeClose;
    }

    /** {@return the status of the Close that this end wrote; 0 before it, and when it has none} */
    int closeStatus() {
        return frames.closeStatus();
    }
}
