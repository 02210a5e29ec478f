package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.spring.ConnectionObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Adds what one connection does to the meters of its role. Confined like its connection, but for {@link #sendOverflowed} and {@link #timesSend}. */
final class MeteredConnectionObserver implements ConnectionObserver {

    private final RoleMeters meters;
    private final LongAdder sessions;
    private final int sampleRate;
    private final long openedAt;
    private int queuedMessages;
    private long queuedBytes;
    private long sentBytes;
    private long receivedBytes;
    private boolean suspended;
    private boolean closed;

    // Without a fence: senders that count at the same time make the sampling a little less regular, and no message
    // slower.
    private int countdown;

    /**
     * Counts a connection that opened now.
     *
     * @param meters of its role
     * @param transport what carries it
     * @param sampleRate one of how many messages is timed
     * @param firstSample which message is timed first, 1 to sampleRate
     */
    MeteredConnectionObserver(RoleMeters meters, String transport, int sampleRate, int firstSample) {
        this.meters = meters;
        this.sessions = meters.sessions(transport);
        this.sampleRate = sampleRate;
        this.countdown = firstSample;
        this.openedAt = meters.clock.monotonicTime();
        sessions.increment();
    }

    @Override
    public boolean timesSend() {
        int left = countdown - 1;
        countdown = left > 0 ? left : sampleRate;
        return left <= 0;
    }

    @Override
    public void sendWaited(long nanos) {
        meters.queueWait.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void sendTook(long nanos) {
        meters.send.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void messageSent(long bytes, boolean endsMessage) {
        sentBytes = sized(meters.sentSizes, sentBytes + bytes, endsMessage);
    }

    @Override
    public void messageReceived(long bytes, boolean endsMessage) {
        receivedBytes = sized(meters.receivedSizes, receivedBytes + bytes, endsMessage);
    }

    @Override
    public void readingSuspended(boolean now) {
        if (!closed && now != suspended) {
            suspended = now;
            meters.suspended.add(now ? 1 : -1);
        }
    }

    @Override
    public void queueChanged(int messages, long bytes) {
        if (closed) {
            return;
        }
        if (messages != queuedMessages) {
            meters.sendQueue.changed(queuedMessages, messages);
            queuedMessages = messages;
        }
        if (bytes != queuedBytes) {
            meters.sendQueue.bytesChanged(bytes - queuedBytes);
            queuedBytes = bytes;
        }
    }

    @Override
    public void sendOverflowed() {
        meters.sendOverflowed();
    }

    @Override
    public void closed(CloseEvent event) {
        if (closed) {
            return;
        }
        queueChanged(0, 0);
        readingSuspended(false);
        closed = true;
        sessions.decrement();
        meters.closed(code(event.code()), event.initiator(), meters.clock.monotonicTime() - openedAt);
        if (event.cause() instanceof ConnectionException failure) {
            meters.error(failure.reason());
            if (failure.reason() == FailureReason.PONG_TIMEOUT) {
                meters.keepAliveTimedOut();
            }
        }
    }

    /** {@return how much of a message there is so far; nothing after its end, at which its size is recorded} */
    private static long sized(@Nullable DistributionSummary sizes, long bytes, boolean endsMessage) {
        if (!endsMessage) {
            return bytes;
        }
        if (sizes != null) {
            sizes.record((double) bytes);
        }
        return 0;
    }

    /** {@return the code as a tag: peers choose among thousands, so ranges that are free to use are folded} */
    static String code(int code) {
        if (code >= 1000 && code <= 1015 && code != 1004) {
            return Integer.toString(code);
        }
        return switch (code / 1000) {
            case 3 -> "3xxx";
            case 4 -> "4xxx";
            default -> "other";
        };
    }
}
