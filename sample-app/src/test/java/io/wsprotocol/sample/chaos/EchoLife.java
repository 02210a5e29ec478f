package io.wsprotocol.sample.chaos;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A short life of the churn: some messages to the echo, one at a time, then a close; on a network that does one {@link Harm}. */
final class EchoLife extends Peer {

    /** What a life of that kind waits for an echo before it gives up. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);
    /** A life that lasts longer hangs. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(45);

    private static final int LEAST_BYTES = 126;

    private final ChaosProxy proxy;
    private final Random random;
    private final Tally tally;
    private final Harm harm;
    private final int answer;
    private final int messages;
    private final int firstBytes;
    private Passage.@Nullable Plan plan;
    private int sent;
    private String sentText = "";
    private @Nullable ByteBuffer sentBinary;
    private long closedAt;

    /**
     * Makes a life.
     *
     * @param url of the echo, through the proxy
     * @param answer bytes of the answer's head, known from an earlier life
     */
    EchoLife(Reactor reactor, String url, ChaosProxy proxy, Random random, Tally tally, Harm harm, int answer) {
        super(reactor, url, ConnectionOptions.defaults());
        this.proxy = proxy;
        this.random = random;
        this.tally = tally;
        this.harm = harm;
        this.answer = answer;
        messages = 1 + random.nextInt(5);
        firstBytes = LEAST_BYTES + random.nextInt(2_000);
    }

    @Override
    void connected(int localPort) {
        plan = proxy.plan(localPort, harm.fault(random, requestBytes(), answer, firstBytes));
        reactor().after(LONGEST, this::hang);
    }

    @Override
    void opened() {
        next();
        if (harm.isStall()) {
            reactor().after(PATIENCE, this::giveUp);
        }
    }

    private void next() {
        if (sent == messages) {
            closedAt = System.nanoTime();
            connection().close(1000, null);
            return;
        }
        sentBinary = null;
        if (sent % 2 == 0) {
            sentText = text(sent == 0 ? firstBytes : random.nextInt(4_096));
            connection().trySendText(sentText, null);
        } else {
            byte[] bytes = new byte[random.nextInt(4_096)];
            random.nextBytes(bytes);
            sentBinary = ByteBuffer.wrap(bytes.clone());
            connection().trySend(MessageType.BINARY, ByteBuffer.wrap(bytes), true, null);
        }
        sent++;
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return text.toString();
    }

    @Override
    public void onText(String text, boolean last) {
        echoed(sentBinary == null && text.equals(sentText));
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean last) {
        echoed(payload.equals(sentBinary));
    }

    private void echoed(boolean same) {
        if (!same) {
            tally.changed.incrementAndGet();
            tally.note("an echo under " + harm + " is not what was sent");
        }
        tally.echoed.incrementAndGet();
        next();
    }

    private void giveUp() {
        if (!isOver()) {
            closedAt = System.nanoTime();
            connection().close(1000, null);
            run();
        }
    }

    private void hang() {
        if (!isOver()) {
            tally.hangs.incrementAndGet();
            tally.note("a life under " + harm + " hangs");
            drop();
        }
    }

    @Override
    void ended(@Nullable CloseEvent event, @Nullable Exception failure) {
        tally.livesOpen.decrementAndGet();
        tally.byHarm.get(harm).incrementAndGet();
        if (event == null || !harm.allows(event)) {
            tally.wrongEnds.incrementAndGet();
            tally.note("a life under " + harm + " ended with " + (event == null ? failure : event));
            return;
        }
        long since = closedAt;
        if (since == 0 && plan != null && plan.cutAt() != Passage.NOT_YET) {
            since = plan.cutAt();
        }
        if (since != 0) {
            tally.closeNanos.accumulate(System.nanoTime() - since);
        }
    }
}
