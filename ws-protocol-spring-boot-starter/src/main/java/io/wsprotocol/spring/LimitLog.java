package io.wsprotocol.spring;

import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says in the log which limit ended a connection or refused one, and which property sets it. One line per limit and minute with the
 * number of cases, so that who breaks limits cannot fill a disk; at debug level one for each case. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LimitLog implements ConnectionObserverFactory {

    private static final Log LOG = LogFactory.getLog(LimitLog.class);

    private static final long SILENCE_NANOS = 60_000_000_000L;

    private final Map<String, Cases> cases = new ConcurrentHashMap<>();

    /* One for all connections: it keeps nothing of theirs. */
    private final ConnectionObserver ends = new ConnectionObserver() {
        @Override
        public void closed(CloseEvent event) {
            ended(event);
        }
    };

    /** Makes a log in which nothing stands yet. */
    public LimitLog() {}

    /**
     * {@return the property that sets the limit; null for a reason that is no limit of the configuration}
     *
     * @param reason why a connection failed
     */
    public static @Nullable String propertyOf(FailureReason reason) {
        return switch (reason) {
            case MESSAGE_TOO_BIG, COMPRESSED_TOO_BIG -> "ws-protocol.limits.max-message-size";
            case COMPRESSION_RATIO -> "ws-protocol.compression.max-ratio";
            case MESSAGE_TOO_SLOW -> "ws-protocol.limits.message-timeout";
            case TOO_MANY_CONTROL_FRAMES -> "ws-protocol.limits.control-frame-rate";
            case IDLE_TIMEOUT -> "ws-protocol.idle-timeout";
            case PONG_TIMEOUT -> "ws-protocol.keepalive.timeout";
            case LIFETIME_OVER -> "ws-protocol.limits.max-session-age";
            case SEND_QUEUE_OVERFLOW -> "ws-protocol.send.queue-bytes";
            case WRITE_TIMEOUT -> "ws-protocol.send.timeout";
            case CLOSE_TIMEOUT -> "ws-protocol.close.timeout";
            default -> null;
        };
    }

    /**
     * {@return the property that sets the limit; null for a rule that is no limit of the configuration}
     *
     * @param violation the rule that a peer broke
     */
    public static @Nullable String propertyOf(Violation violation) {
        return switch (violation) {
            case FRAME_TOO_BIG, MESSAGE_TOO_BIG -> "ws-protocol.limits.max-message-size";
            case TOO_MANY_FRAGMENTS -> "ws-protocol.limits.max-fragments";
            case TOO_MANY_EMPTY_FRAGMENTS -> "ws-protocol.limits.max-empty-fragments";
            case MESSAGE_TOO_SLOW -> "ws-protocol.limits.message-timeout";
            case TOO_MANY_CONTROL_FRAMES -> "ws-protocol.limits.control-frame-rate";
            default -> null;
        };
    }

    @Override
    public ConnectionObserver connectionOpened(HandleRole role, String transport) {
        return ends;
    }

    @Override
    public void handshakeCapped(HandleRole role, ConnectionCap cap) {
        breached("handshakes refused with " + cap.httpStatus(), cap.name(), cap.property());
    }

    private void ended(CloseEvent event) {
        Throwable cause = event.cause();
        if (cause instanceof ConnectionException failure) {
            breached("connections ended", failure.reason().name(), propertyOf(failure.reason()));
        } else if (cause instanceof WebSocketProtocolException broken) {
            breached("connections ended", broken.violation().name(), propertyOf(broken.violation()));
        }
    }

    private void breached(String what, String limit, @Nullable String property) {
        if (property == null) {
            return;
        }
        LOG.debug(limit + ": " + property);
        long number = cases.computeIfAbsent(limit, key -> new Cases()).next(System.nanoTime());
        if (number > 0) {
            LOG.warn(what + " by the limit " + limit + ": " + number + " (" + property + ")");
        }
    }

    /** How often one limit was broken since that was last said. Thread-safe. */
    private static final class Cases {

        private final AtomicLong untold = new AtomicLong();
        private final AtomicLong silentUntil = new AtomicLong(System.nanoTime());

        /** {@return the number to tell now; 0 for none} */
        long next(long now) {
            untold.incrementAndGet();
            long until = silentUntil.get();
            boolean due = now - until >= 0 && silentUntil.compareAndSet(until, now + SILENCE_NANOS);
            return due ? untold.getAndSet(0) : 0;
        }
    }
}
