package io.wsprotocol.spring.actuate;

import io.wsprotocol.CloseStatus;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections and remembers the last remarkable things that happened to them: refused handshakes, failures, full queues.
 * Connections that close as they should are only counted. Bounded, and without a byte of a peer. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectionJournal implements ConnectionObserverFactory {

    private final int capacity;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<HandleRole, Counts> counts = new EnumMap<>(HandleRole.class);

    /**
     * Something remarkable. Immutable.
     *
     * @param at when
     * @param role our role
     * @param type {@code handshake-refused}, {@code closed} or {@code send-overflow}
     * @param code the close code; null when none was involved
     * @param reason the rule, limit, bound or deadline by name; null when there is none
     * @since 0.1.0
     */
    public record Event(
            Instant at,
            HandleRole role,
            String type,
            @Nullable Integer code,
            @Nullable String reason) {}

    /**
     * What happened since the start. Immutable.
     *
     * @param accepted handshakes that became connections
     * @param refused handshakes that did not
     * @param open connections open now
     * @param failed connections that a broken rule, a limit, a deadline or the network ended
     * @param overflows connections whose send queue was full at least once
     * @since 0.1.0
     */
    public record Totals(long accepted, long refused, long open, long failed, long overflows) {}

    /**
     * Makes an empty journal.
     *
     * @param capacity how many events are kept, at least 0
     * @param clock says when they happened
     */
    public ConnectionJournal(int capacity, Clock clock) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must be at least 0, was " + capacity);
        }
        this.capacity = capacity;
        this.clock = Objects.requireNonNull(clock, "clock");
        for (HandleRole role : HandleRole.values()) {
            counts.put(role, new Counts());
        }
    }

    /** {@return the last events, the newest first} */
    public List<Event> events() {
        List<Event> newestFirst;
        lock.lock();
        try {
            newestFirst = new ArrayList<>(events);
        } finally {
            lock.unlock();
        }
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    /**
     * {@return what happened since the start}
     *
     * @param role in which role
     */
    public Totals totals(HandleRole role) {
        Counts of = counts(role);
        long accepted = of.accepted.sum();
        return new Totals(
                accepted,
                of.refused.sum(),
                Math.max(0, accepted - of.closed.sum()),
                of.failed.sum(),
                of.overflows.sum());
    }

    @Override
    public ConnectionObserver connectionOpened(HandleRole role, String transport) {
        counts(role).accepted.increment();
        return new Watch(role);
    }

    @Override
    public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
        counts(role).refused.increment();
        add(role, "handshake-refused", null, violation);
    }

    @Override
    public void handshakeCapped(HandleRole role, ConnectionCap cap) {
        counts(role).refused.increment();
        add(role, "handshake-refused", null, cap);
    }

    private void add(HandleRole role, String type, @Nullable Integer code, @Nullable Enum<?> reason) {
        if (capacity == 0) {
            return;
        }
        String name = reason == null ? null : reason.name().toLowerCase(Locale.ROOT);
        Event event = new Event(clock.instant(), role, type, code, name);
        lock.lock();
        try {
            if (events.size() == capacity) {
                events.removeFirst();
            }
            events.addLast(event);
        } finally {
            lock.unlock();
        }
    }

    private Counts counts(HandleRole role) {
        return Objects.requireNonNull(counts.get(role));
    }

    /** The numbers of one role. Thread-safe. */
    private static final class Counts {
        private final LongAdder accepted = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder closed = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder overflows = new LongAdder();
    }

    /** One connection. {@link #sendOverflowed} comes from any thread, and only its first call counts. */
    private final class Watch implements ConnectionObserver {

        private final HandleRole role;
        private volatile boolean overflowed;

        Watch(HandleRole role) {
            this.role = role;
        }

        @Override
        public void sendOverflowed() {
            if (!overflowed) {
                overflowed = true;
                counts(role).overflows.increment();
                add(role, "send-overflow", null, null);
            }
        }

        @Override
        public void closed(CloseEvent event) {
            counts(role).closed.increment();
            if (event.cause() != null || event.code() == CloseStatus.ABNORMAL) {
                counts(role).failed.increment();
                add(role, "closed", event.code(), reasonOf(event.cause()));
            }
        }

        private static @Nullable Enum<?> reasonOf(@Nullable Throwable cause) {
            if (cause instanceof WebSocketProtocolException broken) {
                return broken.violation();
            }
            return cause instanceof ConnectionException failure ? failure.reason() : null;
        }
    }
}
