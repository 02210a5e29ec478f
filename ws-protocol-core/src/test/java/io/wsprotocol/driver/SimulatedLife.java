package io.wsprotocol.driver;

import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The life of two connections that talk to each other over a simulated network with a virtual clock, wholly decided by a seed: what is
 * sent, how the network cuts, delays, stalls and breaks, which timers come late, when a pool is empty and a callback throws.
 * Not thread-safe.
 */
final class SimulatedLife extends SimulatedWorld {

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_IDLE_RUNS = 100;
    /** Longer than all of idle time-out, two pings and their pongs, a stalled write and the deadline of a close. */
    private static final long LONGEST_SILENCE = 200 * SECOND;

    private final SplittableRandom dice;
    /** Decides about compression alone, so that lives without it are what they would be if there were none. */
    private final SplittableRandom compressionDice;

    private final CoderPool pool;
    private final List<SimulatedLink> links;
    private final List<SimulatedEnd> ends;
    private int idleRuns;

    SimulatedLife(long seed) {
        dice = new SplittableRandom(seed);
        compressionDice = new SplittableRandom(~seed);
        pool = new CoderPool(1 + compressionDice.nextInt(2));
        DeflateParameters agreed = compressionDice.nextInt(4) == 0 ? drawCompression() : null;
        SimulatedLink up = new SimulatedLink(this, false, dice.split());
        SimulatedLink down = new SimulatedLink(this, true, dice.split());
        links = List.of(up, down);
        int largest = up.isChopped() || down.isChopped() ? 120 : dice.nextInt(6) == 0 ? 4_000 : 500;
        ends = List.of(
                new SimulatedEnd(this, false, drawOptions(agreed), agreed, down, up, dice.split(), largest),
                new SimulatedEnd(this, true, drawOptions(agreed), agreed, up, down, dice.split(), largest));
    }

    private DeflateParameters drawCompression() {
        return new DeflateParameters(
                8 + compressionDice.nextInt(8),
                8 + compressionDice.nextInt(8),
                compressionDice.nextBoolean(),
                compressionDice.nextBoolean());
    }

    private ConnectionOptions drawOptions(@Nullable DeflateParameters agreed) {
        ConnectionOptions.Builder options = ConnectionOptions.builder()
                .partialMessages(dice.nextInt(4) == 0)
                .sendFrameBytes(dice.nextBoolean() ? 1024 : 1 << 16)
                .overflowPolicy(OverflowPolicy.values()[dice.nextInt(OverflowPolicy.values().length)])
                .keepAlive(KeepAliveMode.values()[dice.nextInt(KeepAliveMode.values().length)])
                .missedPongsAllowed(dice.nextInt(2))
                .idleTimeout(seconds(60))
                .pingInterval(seconds(30))
                .pongTimeout(seconds(20))
                .writeTimeout(seconds(10))
                .messageTimeout(seconds(10))
                .closeTimeout(seconds(5));
        if (dice.nextInt(4) == 0) {
            lowerLimits(options);
        }
        if (dice.nextInt(3) == 0) {
            options.lowWaterBytes(dice.nextInt(40)).highWaterBytes(40 + dice.nextInt(60));
            options.maxQueuedBytes(100 + dice.nextInt(100)).maxQueuedMessages(1 + dice.nextInt(4));
        }
        if (agreed != null) {
            options.coderPool(pool)
                    .compression(DeflateOptions.builder()
                            .threshold(compressionDice.nextInt(60))
                            .level(1 + compressionDice.nextInt(9))
                            .build());
        }
        return options.build();
    }

    private void lowerLimits(ConnectionOptions.Builder options) {
        options.maxMessageBytes(1 + dice.nextInt(900))
                .maxFragments(1 + dice.nextInt(4))
                .controlFrameRate(1)
                .controlFrameBurst(1 + dice.nextInt(4));
    }

    private Duration seconds(int most) {
        return Duration.ofSeconds(1 + dice.nextInt(most));
    }

    /** Lives it to its end, and judges it. */
    void live() {
        int steps = dice.nextInt(24);
        for (int i = 0; i < steps; i++) {
            ends.get(dice.nextInt(2)).act();
            fate();
            runSome();
            if (dice.nextInt(3) == 0) {
                advance(lateness());
            }
        }
        if (dice.nextInt(6) == 0) {
            fallSilent();
        }
        finish();
        ends.get(0).judge(ends.get(1));
        ends.get(1).judge(ends.get(0));
        require(pool.deflatersInUse() == 0, "a deflater did not come back");
        require(pool.inflatersInUse() == 0, "an inflater did not come back");
        require(pool.frameMemoryInUse() == 0, "memory of frames did not come back");
        pool.close();
    }

    /** {@return how many messages were inflated} */
    long inflatedMessages() {
        return pool.inflatedMessages();
    }

    private long lateness() {
        if (dice.nextInt(4) != 0) {
            return 0;
        }
        count(SimulatedFault.LATE_TIMER);
        return dice.nextLong(5 * SECOND);
    }

    private void fate() {
        SimulatedLink link = links.get(dice.nextInt(2));
        SimulatedEnd end = ends.get(dice.nextInt(2));
        switch (dice.nextInt(80)) {
            case 0, 1 -> link.stall(true);
            case 2, 3, 4 -> link.stall(false);
            case 5 -> {
                count(SimulatedFault.HALF_CLOSED);
                link.end();
            }
            case 6 -> link.cut();
            case 7 -> end.jump(dice.nextBoolean());
            case 8, 9 -> end.loseTimer();
            case 10, 11 -> {
                count(SimulatedFault.DUPLICATE_TIMER);
                end.run();
                end.run();
            }
            default -> {}
        }
    }

    private void runSome() {
        for (int i = dice.nextInt(8); i > 0; i--) {
            runIfReady(ends.get(dice.nextInt(2)));
        }
    }

    private boolean runIfReady(SimulatedEnd end) {
        if (!end.ready()) {
            return false;
        }
        long moved = moved();
        end.run();
        idleRuns = moved == moved() ? idleRuns + 1 : 0;
        require(idleRuns < MOST_IDLE_RUNS, "an event loop spins");
        return true;
    }

    private long moved() {
        return links.get(0).moved() + links.get(1).moved();
    }

    @Override
    void pass(SplittableRandom callersDice) {
        moveTo(now() + callersDice.nextLong(5 * SECOND));
        for (SimulatedEnd end : ends) {
            runIfReady(end); // never the one whose callback this is
        }
    }

    private void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (SimulatedEnd end : ends) {
                moved |= runIfReady(end);
            }
        }
    }

    /** Moves the clock to what happens next, or later. */
    private void advance(long late) {
        long next = nextTime();
        if (next != Long.MAX_VALUE) {
            moveTo(Math.max(now(), next) + late);
            idleRuns = 0;
        }
    }

    private long nextTime() {
        long next = Long.MAX_VALUE;
        for (SimulatedLink link : links) {
            long arrival = link.nextArrival();
            next = arrival > now() ? Math.min(next, arrival) : next;
        }
        for (SimulatedEnd end : ends) {
            next = Math.min(next, end.nextDeadline());
        }
        return next;
    }

    /** The network swallows all, and nobody does anything: who watches for silence ends by itself. */
    private void fallSilent() {
        links.forEach(SimulatedLink::swallow);
        ends.forEach(SimulatedEnd::rest);
        long longest = now() + LONGEST_SILENCE;
        settle();
        while (nextTime() <= longest) {
            advance(0);
            settle();
        }
        for (SimulatedEnd end : ends) {
            require(end.isClosed() || !end.noticesSilence(), "a dead peer goes unnoticed");
        }
    }

    /** Both applications close: whatever the network does, both connections end within their close deadline. */
    private void finish() {
        long[] last = {ends.get(0).finish(), ends.get(1).finish()};
        settle();
        while (!ends.get(0).isClosed() || !ends.get(1).isClosed()) {
            require(nextTime() != Long.MAX_VALUE, "a connection waits for ever");
            advance(0);
            for (int i = 0; i < 2; i++) {
                require(ends.get(i).isClosed() || now() <= last[i], "a connection outlives its close deadline");
            }
            settle();
        }
    }
}
