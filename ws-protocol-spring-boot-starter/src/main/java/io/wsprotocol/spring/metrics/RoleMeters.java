package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.wsprotocol.ActionType;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.metrics.HandleMeters.Tag;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one role. What happens often is an adder or a timer that was resolved when this was made; only what ends a
 * connection is looked up by its tags. Thread-safe.
 */
final class RoleMeters {

    private static final ActionType[] COUNTED = {
        ActionType.SEND_TO_NETWORK,
        ActionType.INDICATE_SEND_COMPLETE,
        ActionType.RECEIVE_FROM_NETWORK,
        ActionType.INDICATE_RECEIVE_COMPLETE
    };

    /* 1 KiB, then four times that and so on, to 4 MiB. */
    private static final double[] SIZE_BUCKETS = {1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20};

    /** The length of an array indexed by {@link ActionType#nativeValue()}. */
    static final int ACTION_TYPES = ActionType.INDICATE_RECEIVE_COMPLETE.nativeValue() + 1;

    final QueueMeters sendQueue;
    final QueueMeters receiveQueue;
    final LongAdder handles = new LongAdder();
    final LongAdder suspended = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final Timer queueWait;
    final Timer send;
    /** Null unless asked for, as are the sizes. */
    final @Nullable Timer receiveWait;

    final @Nullable DistributionSummary sentSizes;
    final @Nullable DistributionSummary receivedSizes;
    final Clock clock;

    private final MeterRegistry registry;
    private final Tags role;
    private final Map<String, LongAdder> sessions = new ConcurrentHashMap<>();
    private final LongAdder[] actions = new LongAdder[ACTION_TYPES];
    private final @Nullable Timer[] succeeded = new Timer[ACTION_TYPES];
    private final @Nullable Timer[] failed = new Timer[ACTION_TYPES];
    private final Map<MessageKind, LongAdder> sent = new EnumMap<>(MessageKind.class);
    private final Map<MessageKind, LongAdder> received = new EnumMap<>(MessageKind.class);
    private final Timer durations;
    private final Counter overflows;
    private final Counter keepAliveTimeouts;

    RoleMeters(MeterRegistry registry, HandleRole handleRole, HandleMetrics.Settings settings) {
        this.registry = registry;
        this.clock = registry.config().clock();
        this.role = tag(Tags.empty(), Tag.ROLE, handleRole.tag());
        Tags sendTags = tag(role, Tag.QUEUE, "send");
        sendQueue = new QueueMeters(registry, sendTags).withBytes(registry, sendTags);
        receiveQueue = new QueueMeters(registry, tag(role, Tag.QUEUE, "receive"));
        QueueMeters.gauge(HandleMeters.HANDLES_ACTIVE, handles, registry, role);
        QueueMeters.gauge(HandleMeters.READS_SUSPENDED, suspended, registry, role);
        queueWait = workTimer(HandleMeters.QUEUE_WAIT, role);
        send = workTimer(HandleMeters.SEND, role);
        receiveWait = settings.receiveWait() ? workTimer(HandleMeters.RECEIVE_WAIT, role) : null;
        sentSizes = settings.messageSize() ? sizes(tag(role, Tag.DIRECTION, "sent")) : null;
        receivedSizes = settings.messageSize() ? sizes(tag(role, Tag.DIRECTION, "received")) : null;
        adder(HandleMeters.BYTES, bytesSent, tag(role, Tag.DIRECTION, "sent"));
        adder(HandleMeters.BYTES, bytesReceived, tag(role, Tag.DIRECTION, "received"));
        for (ActionType type : COUNTED) {
            registerAction(type);
        }
        registerMessages(sent, EnumSet.allOf(MessageKind.class), tag(role, Tag.DIRECTION, "sent"));
        // The engine answers a ping by itself and indicates nothing.
        Set<MessageKind> indicated = EnumSet.complementOf(EnumSet.of(MessageKind.PING));
        registerMessages(received, indicated, tag(role, Tag.DIRECTION, "received"));
        durations = timer(HandleMeters.SESSION_DURATION, role, Duration.ofMillis(1), Duration.ofDays(1));
        overflows = counter(HandleMeters.SEND_OVERFLOWS, role);
        keepAliveTimeouts = counter(HandleMeters.KEEPALIVE_TIMEOUTS, role);
    }

    /** {@return how many connections of that transport are open} Made by the first, which is rare. */
    LongAdder sessions(String transport) {
        return sessions.computeIfAbsent(transport, name -> {
            LongAdder open = new LongAdder();
            QueueMeters.gauge(HandleMeters.SESSIONS_ACTIVE, open, registry, tag(role, Tag.TRANSPORT, name));
            return open;
        });
    }

    void actionCompleted(ActionType type) {
        actions[type.nativeValue()].increment();
    }

    void actionTimed(ActionType type, boolean success, long nanos) {
        Timer timer = (success ? succeeded : failed)[type.nativeValue()];
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void messageSent(MessageKind kind) {
        increment(sent.get(kind));
    }

    void messageReceived(MessageKind kind) {
        increment(received.get(kind));
    }

    void handshake(boolean accepted, @Nullable Enum<?> violation) {
        String reason = accepted ? "none" : violation == null ? "other" : lower(violation);
        Tags tags = tag(tag(role, Tag.OUTCOME, accepted ? "accepted" : "refused"), Tag.REASON, reason);
        counter(HandleMeters.HANDSHAKES, tags).increment();
    }

    void closed(String code, Enum<?> initiator, long livedNanos) {
        durations.record(livedNanos, TimeUnit.NANOSECONDS);
        counter(HandleMeters.CLOSES, tag(tag(role, Tag.CODE, code), Tag.INITIATOR, lower(initiator)))
                .increment();
    }

    void error(Enum<?> reason) {
        counter(HandleMeters.ERRORS, tag(role, Tag.REASON, lower(reason))).increment();
    }

    void sendOverflowed() {
        overflows.increment();
    }

    void keepAliveTimedOut() {
        keepAliveTimeouts.increment();
    }

    private void registerAction(ActionType type) {
        Tags tags = tag(role, Tag.ACTION, lower(type));
        actions[type.nativeValue()] = new LongAdder();
        adder(HandleMeters.ACTIONS, actions[type.nativeValue()], tags);
        // How long the peer was silent says nothing about us.
        if (type != ActionType.RECEIVE_FROM_NETWORK) {
            succeeded[type.nativeValue()] = workTimer(HandleMeters.ACTION, tag(tags, Tag.OUTCOME, "success"));
            failed[type.nativeValue()] = workTimer(HandleMeters.ACTION, tag(tags, Tag.OUTCOME, "error"));
        }
    }

    private void registerMessages(Map<MessageKind, LongAdder> messages, Set<MessageKind> kinds, Tags tags) {
        for (MessageKind kind : kinds) {
            LongAdder adder = new LongAdder();
            messages.put(kind, adder);
            adder(HandleMeters.MESSAGES, adder, tag(tags, Tag.TYPE, lower(kind)));
        }
    }

    private Timer workTimer(HandleMeters meter, Tags tags) {
        return timer(meter, tags, Duration.ofNanos(10_000), Duration.ofSeconds(10));
    }

    private DistributionSummary sizes(Tags tags) {
        return DistributionSummary.builder(HandleMeters.MESSAGE_SIZE.getName())
                .tags(tags)
                .baseUnit(HandleMeters.MESSAGE_SIZE.getBaseUnit())
                .serviceLevelObjectives(SIZE_BUCKETS)
                .register(registry);
    }

    /** Micrometer expects 1 ms to 30 s unless told. */
    private Timer timer(HandleMeters meter, Tags tags, Duration shortest, Duration longest) {
        return Timer.builder(meter.getName())
                .tags(tags)
                .minimumExpectedValue(shortest)
                .maximumExpectedValue(longest)
                .register(registry);
    }

    private void adder(HandleMeters meter, LongAdder state, Tags tags) {
        FunctionCounter.builder(meter.getName(), state, LongAdder::sum)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }

    private Counter counter(HandleMeters meter, Tags tags) {
        return Counter.builder(meter.getName())
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }

    private static void increment(@Nullable LongAdder adder) {
        if (adder != null) {
            adder.increment();
        }
    }

    private static Tags tag(Tags tags, Tag tag, String value) {
        return tags.and(tag.asString(), value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
