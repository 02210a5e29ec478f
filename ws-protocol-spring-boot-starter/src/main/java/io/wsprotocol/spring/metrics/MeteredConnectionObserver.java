package io.wsprotocol.spring.metrics;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.spring.ConnectionObserver;

/** Adds what one connection does to the meters of its role. Confined like its connection, but for {@link #sendOverflowed}. */
final class MeteredConnectionObserver implements ConnectionObserver {

    private final RoleMeters meters;
    private final long openedAt;
    private int queuedMessages;
    private long queuedBytes;
    private boolean closed;

    MeteredConnectionObserver(RoleMeters meters) {
        this.meters = meters;
        this.openedAt = meters.clock.monotonicTime();
        meters.sessions.increment();
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
        closed = true;
        meters.sessions.decrement();
        meters.closed(code(event.code()), event.initiator(), meters.clock.monotonicTime() - openedAt);
        if (event.cause() instanceof ConnectionException failure) {
            meters.error(failure.reason());
            if (failure.reason() == FailureReason.PONG_TIMEOUT) {
                meters.keepAliveTimedOut();
            }
        }
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
