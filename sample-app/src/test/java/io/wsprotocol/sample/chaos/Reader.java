package io.wsprotocol.sample.chaos;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.sample.chaos.Numbered.ChecksumException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One who listens to the broadcast and checks that it hears everything, once, in order. Confined to the thread of its reactor. */
final class Reader extends Peer {

    /** The network is at fault here, so only the server shall notice. */
    private static final ConnectionOptions PATIENT = ConnectionOptions.builder()
            .keepAlive(KeepAliveMode.OFF)
            .idleTimeout(ConnectionOptions.OFF)
            .build();

    private static final long NONE = -1;

    private final ChaosProxy proxy;
    private final Fault fault;
    private final Tally tally;
    private final Histogram latency;
    private final Runnable onEnd;
    private Passage.@Nullable Plan plan;
    private long last = NONE;
    private boolean open;
    private boolean leaving;

    /**
     * Makes a reader.
     *
     * @param url of the broadcast, through the proxy
     * @param latency takes how long each message took, in microseconds
     * @param onEnd called when the reader is over
     */
    Reader(Reactor reactor, String url, ChaosProxy proxy, Fault fault, Tally tally, Histogram latency, Runnable onEnd) {
        super(reactor, url, PATIENT);
        this.proxy = proxy;
        this.fault = fault;
        this.tally = tally;
        this.latency = latency;
        this.onEnd = onEnd;
    }

    @Override
    void connected(int localPort) {
        plan = proxy.plan(localPort, fault);
    }

    @Override
    void opened() {
        open = true;
    }

    boolean isOpen() {
        return open && !isOver();
    }

    /** {@return whether this one stops to read one day} */
    boolean stalls() {
        return fault.toClient() != null;
    }

    /** {@return what the proxy knows of it; null before it has connected} */
    Passage.@Nullable Plan plan() {
        return plan;
    }

    /** {@return the number of the last message heard} */
    long last() {
        return last;
    }

    /** Closes in good order. */
    void leave() {
        leaving = true;
        connection().close(1000, null);
        run();
    }

    /** Forgets it: the server has. */
    void forget() {
        leaving = true;
        drop();
    }

    @Override
    public void onText(String text, boolean lastPart) {
        try {
            heard(Numbered.of(text), true);
        } catch (ChecksumException e) {
            changed();
        }
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean lastPart) {
        try {
            heard(Numbered.of(payload), false);
        } catch (ChecksumException e) {
            changed();
        }
    }

    private void heard(Numbered message, boolean text) {
        if (message.isText() != text) {
            changed();
        }
        if (last != NONE && message.number() <= last) {
            tally.repeated.incrementAndGet();
            tally.note("heard " + message.number() + " after " + last);
            return;
        }
        if (last != NONE && message.number() != last + 1) {
            tally.lost.addAndGet(message.number() - last - 1);
            tally.note("heard " + message.number() + " next to " + last);
        }
        last = message.number();
        tally.delivered.incrementAndGet();
        latency.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - message.madeAt())));
    }

    private void changed() {
        tally.changed.incrementAndGet();
        tally.note("a broadcast is not what was sent");
    }

    @Override
    void ended(@Nullable CloseEvent event, @Nullable Exception failure) {
        boolean right = leaving && (stalls() || (event != null && event.clean() && event.code() == 1000));
        if (!right && !(stalls() && open)) {
            tally.wrongEnds.incrementAndGet();
            tally.note("a reader with " + fault + " ended with " + (event == null ? failure : event));
        }
        onEnd.run();
    }
}
