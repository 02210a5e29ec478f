package io.wsprotocol.sample.chaos;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Begins {@link EchoLife}s at a steady rate. Confined to the thread of its reactor. */
final class Churn {

    /** A machine that is busy otherwise gets fewer lives, not a heap of them. */
    private static final int MOST_OPEN = 600;

    private final Reactor reactor;
    private final String url;
    private final ChaosProxy proxy;
    private final Random random;
    private final Tally tally;
    private final int answer;
    private Function<Random, Harm> harms = Harm::draw;
    private long nanosBetween;
    private long nextAt;
    private boolean stopped = true;

    Churn(Reactor reactor, String url, ChaosProxy proxy, Random random, Tally tally, int answer) {
        this.reactor = reactor;
        this.url = url;
        this.proxy = proxy;
        this.random = random;
        this.tally = tally;
        this.answer = answer;
    }

    /** Begins now and goes on until {@link #stop}, each life under a harm that is drawn. */
    void begin(int livesPerSecond, Function<Random, Harm> draw) {
        harms = draw;
        nanosBetween = TimeUnit.SECONDS.toNanos(1) / livesPerSecond;
        nextAt = System.nanoTime();
        stopped = false;
        begin();
    }

    void stop() {
        stopped = true;
    }

    /** Those whose time has come; a late timer is made up for. */
    private void begin() {
        if (stopped) {
            return;
        }
        long now = System.nanoTime();
        while (nextAt <= now) {
            nextAt += nanosBetween;
            if (tally.livesOpen.get() >= MOST_OPEN) {
                tally.skipped.incrementAndGet();
                continue;
            }
            tally.lives.incrementAndGet();
            tally.livesOpen.incrementAndGet();
            new EchoLife(reactor, url, proxy, random, tally, harms.apply(random), answer).connect();
        }
        reactor.at(nextAt, this::begin);
    }
}
