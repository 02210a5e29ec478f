package io.wsprotocol.driver;

import static io.wsprotocol.driver.SimulatedEnd.require;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * The life of two connections that talk to each other over a simulated network with a virtual clock, wholly decided by a seed: what is
 * sent, how the network cuts, delays, stalls and breaks, which timers come late, when a pool is empty and a callback throws.
 */
final class SimulatedLife {

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_IDLE_RUNS = 100;

    private final SplittableRandom dice;
    private final List<SimulatedLink> links = new ArrayList<>();
    private final List<SimulatedEnd> ends = new ArrayList<>();
    private final List<ConnectionOptions> options = new ArrayList<>();
    private long now;
    private int idleRuns;

    SimulatedLife(long seed) {
        dice = new SplittableRandom(seed);
        SimulatedLink up = new SimulatedLink(dice.split());
        SimulatedLink down = new SimulatedLink(dice.split());
        links.add(up);
        links.add(down);
        options.add(drawOptions());
        options.add(drawOptions());
        ends.add(new SimulatedEnd(false, options.get(0), down, up, dice.split()));
        ends.add(new SimulatedEnd(true, options.get(1), up, down, dice.split()));
    }

    private ConnectionOptions drawOptions() {
        boolean tight = dice.nextInt(3) == 0;
        return ConnectionOptions.builder()
                .maxMessageBytes(dice.nextInt(5) == 0 ? 900 : 1 << 20)
                .partialMessages(dice.nextInt(4) == 0)
                .sendFrameBytes(dice.nextBoolean() ? 1024 : 1 << 16)
                .maxQueuedMessages(tight ? 3 : 1024)
                .overflowPolicy(OverflowPolicy.values()[dice.nextInt(OverflowPolicy.values().length)])
                .keepAlive(KeepAliveMode.values()[dice.nextInt(KeepAliveMode.values().length)])
                .idleTimeout(Duration.ofSeconds(1 + dice.nextInt(60)))
                .pingInterval(Duration.ofSeconds(1 + dice.nextInt(30)))
                .pongTimeout(Duration.ofSeconds(1 + dice.nextInt(20)))
                .writeTimeout(Duration.ofSeconds(1 + dice.nextInt(10)))
                .messageTimeout(Duration.ofSeconds(1 + dice.nextInt(10)))
                .build();
    }

    /** Lives it to its end, and judges it. */
    void live() {
        int steps = dice.nextInt(24);
        for (int i = 0; i < steps; i++) {
            ends.get(dice.nextInt(2)).act();
            fate();
            runSome();
            if (dice.nextInt(3) == 0) {
                advance(dice.nextInt(4) == 0 ? dice.nextLong(5 * SECOND) : 0);
            }
        }
        end();
        judge();
    }

    private void fate() {
        SimulatedLink link = links.get(dice.nextInt(2));
        switch (dice.nextInt(60)) {
            case 0, 1 -> link.stall(true);
            case 2, 3, 4 -> link.stall(false);
            case 5 -> link.end();
            case 6 -> link.cut();
            default -> {}
        }
    }

    private void runSome() {
        for (int i = dice.nextInt(8); i > 0; i--) {
            SimulatedEnd end = ends.get(dice.nextInt(2));
            if (end.ready(now)) {
                run(end);
            }
        }
    }

    private void run(SimulatedEnd end) {
        long moved = moved();
        end.run(now);
        idleRuns = moved == moved() ? idleRuns + 1 : 0;
        require(idleRuns < MOST_IDLE_RUNS, "an event loop spins");
    }

    private long moved() {
        return links.get(0).moved() + links.get(1).moved();
    }

    private void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (SimulatedEnd end : ends) {
                if (end.ready(now)) {
                    run(end);
                    moved = true;
                }
            }
        }
    }

    /** Moves the clock to what happens next, or later. */
    private void advance(long late) {
        long next = nextTime();
        if (next != Long.MAX_VALUE) {
            now = Math.max(now, next) + late;
            idleRuns = 0;
        }
    }

    private long nextTime() {
        long next = Long.MAX_VALUE;
        for (SimulatedLink link : links) {
            long arrival = link.nextArrival();
            next = arrival > now ? Math.min(next, arrival) : next;
        }
        for (SimulatedEnd end : ends) {
            next = end.isClosed() ? next : Math.min(next, end.connection.nextDeadline());
        }
        return next;
    }

    /** Both applications close: whatever the network does, both connections end within their close deadline. */
    private void end() {
        for (SimulatedEnd end : ends) {
            end.connection.close(1000, null);
            end.resume();
        }
        long closing = now;
        settle();
        while (!ends.get(0).isClosed() || !ends.get(1).isClosed()) {
            require(nextTime() != Long.MAX_VALUE, "a connection waits for ever");
            advance(0);
            for (int i = 0; i < 2; i++) {
                long last = closing + options.get(i).closeTimeout().toNanos();
                require(ends.get(i).isClosed() || now <= last, "a connection outlives its close deadline");
                ends.get(i).resume(); // a callback may have paused
            }
            settle();
        }
    }

    private void judge() {
        judge(ends.get(0), ends.get(1));
        judge(ends.get(1), ends.get(0));
        for (SimulatedEnd end : ends) {
            end.run(now);
            end.run(now + 100 * SECOND); // nothing comes after the end
            end.verifyMemory();
            require(!end.connection.isOpen(), "open after its end");
            require(end.connection.nextDeadline() == WebSocketConnection.NO_DEADLINE, "a deadline after the end");
            require(
                    end.connection.queuedMessages() == 0 && end.connection.queuedBytes() == 0,
                    "a queue that is not empty");
        }
    }

    private static void judge(SimulatedEnd sender, SimulatedEnd receiver) {
        List<String> wentOut = new ArrayList<>();
        List<String> certain = new ArrayList<>();
        sender.sent.forEach((id, message) -> {
            SendOutcome outcome = sender.outcome(id);
            if (outcome != SendOutcome.DROPPED) {
                wentOut.add(message);
            }
            if (outcome == SendOutcome.SENT) {
                certain.add(message);
            }
        });
        Iterator<String> candidates = wentOut.iterator();
        for (String message : receiver.received) {
            boolean found = false;
            while (!found && candidates.hasNext()) {
                found = candidates.next().equals(message);
            }
            require(found, "a message was received twice, out of order, changed, or although it was dropped");
        }
        if (Objects.requireNonNull(receiver.closeEvent()).clean()) {
            require(
                    receiver.received.containsAll(certain), // and more, when the transport failed as it took them
                    "a clean close, but of " + certain.size() + " messages sent " + receiver.received.size()
                            + " arrived");
        }
        judgeFrames(sender.out.tapped(), sender.server);
    }

    /** At most one Close, no data behind it (RFC 6455 §5.5.1), and masked by clients only (§5.1). */
    private static void judgeFrames(byte[] tapped, boolean server) {
        ByteBuffer wire = ByteBuffer.wrap(tapped);
        boolean closed = false;
        while (wire.remaining() >= 2) {
            int opcode = wire.get() & 0x0F;
            int byte1 = wire.get();
            long length = byte1 & 0x7F;
            boolean masked = (byte1 & 0x80) != 0;
            require(masked != server, server ? "a server masks" : "a client does not mask");
            int more = masked ? 4 : 0;
            if (length == 126) {
                length = wire.remaining() < 2 ? Integer.MAX_VALUE : wire.getShort() & 0xFFFF;
            } else if (length == 127) {
                length = wire.remaining() < 8 ? Integer.MAX_VALUE : wire.getLong();
            }
            require(!closed || opcode == 0xA, "a frame with opcode " + opcode + " behind the Close");
            closed |= opcode == 0x8;
            wire.position((int) Math.min(wire.limit(), wire.position() + more + length));
        }
    }
}
