package io.wsprotocol.sample.chaos;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendResult;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one who speaks to all readers, at a steady rate, on a connection without a proxy. Confined to the thread of its reactor. */
final class Publisher extends Peer {

    private static final String MIXED = "aé漢😀";

    private final SoakPlan plan;
    private final Random random;
    private final Tally tally;
    private final CountDownLatch opened = new CountDownLatch(1);
    private long next;
    private boolean stopped;

    Publisher(Reactor reactor, String url, SoakPlan plan, Random random, Tally tally) {
        super(reactor, url, ConnectionOptions.defaults());
        this.plan = plan;
        this.random = random;
        this.tally = tally;
    }

    /** Waits, on another thread, until it is connected. */
    void awaitOpen() throws InterruptedException {
        if (!opened.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the publisher cannot connect");
        }
    }

    /** {@return the number of the last message; -1 before there was one} */
    long last() {
        return next - 1;
    }

    /** Speaks from now on. */
    void begin() {
        publish();
    }

    /** Speaks no more. */
    void stop() {
        stopped = true;
    }

    /** Closes in good order. */
    void leave() {
        connection().close(1000, null);
        run();
    }

    @Override
    void connected(int localPort) {}

    @Override
    void opened() {
        opened.countDown();
    }

    private void publish() {
        if (stopped) {
            return;
        }
        Numbered message = new Numbered(next, System.nanoTime());
        int length = random.nextInt(plan.broadcastBytes());
        SendResult result;
        if (message.isText()) {
            String unit = random.nextBoolean() ? MIXED : "0123456789";
            int unitBytes = 10;
            result = connection().trySendText(message.text(unit.repeat(length / unitBytes)), null);
        } else {
            byte[] body = new byte[length];
            random.nextBytes(body);
            result = connection().trySend(MessageType.BINARY, message.binary(body), true, null);
        }
        if (result == SendResult.ACCEPTED) {
            next++;
            tally.published.incrementAndGet();
        }
        run();
        reactor().after(TimeUnit.MILLISECONDS.toNanos(plan.broadcastMillis()), this::publish);
    }

    @Override
    void ended(@Nullable CloseEvent event, @Nullable Exception failure) {
        if (event == null || event.code() != 1000) {
            tally.wrongEnds.incrementAndGet();
            tally.note("the publisher ended with " + (event == null ? failure : event));
        }
        stopped = true;
    }
}
