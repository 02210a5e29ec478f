package io.wsprotocol.spring.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Every meter: name, type, unit and tags. Immutable. Tags have few values and are always there; nothing of a peer is in them.
 *
 * @since 0.1.0
 */
public enum HandleMeters implements MeterDocumentation {
    /** Handles made by the factory and not closed. */
    HANDLES_ACTIVE("handles.active", Meter.Type.GAUGE, "handles", Tag.ROLE),
    /** Connections open now, of one kind of transport since its first. */
    SESSIONS_ACTIVE("sessions.active", Meter.Type.GAUGE, "sessions", Tag.ROLE, Tag.TRANSPORT),
    /** How long connections lived, from the end of the handshake to the end of the transport; recorded when they end. */
    SESSION_DURATION("session.duration", Meter.Type.TIMER, null, Tag.ROLE),
    /** Opening handshakes that ended, by outcome and, for refused ones, the rule that was broken. */
    HANDSHAKES("handshakes", Meter.Type.COUNTER, "handshakes", Tag.ROLE, Tag.OUTCOME, Tag.REASON),
    /**
     * What is queued now, over all connections. {@code send}: messages accepted and not completed, wherever they wait; of handles
     * without a connection their send operations. {@code receive}: receive operations. A connection looks after each turn of writing, so
     * what the transport takes at once was never queued here.
     */
    QUEUE_DEPTH("queue.depth", Meter.Type.GAUGE, null, Tag.ROLE, Tag.QUEUE),
    /** The deepest such queue of one connection in the last minute. */
    QUEUE_DEPTH_MAX("queue.depth.max", Meter.Type.GAUGE, null, Tag.ROLE, Tag.QUEUE),
    /** Payload bytes in the send queues of connections now. */
    QUEUE_BYTES("queue.bytes", Meter.Type.GAUGE, "bytes", Tag.ROLE, Tag.QUEUE),
    /**
     * Time from the send of a message to the moment when its first bytes are handed out to be written. Of a connection one message at
     * a time is timed, also by {@link #SEND}.
     */
    QUEUE_WAIT("queue.wait", Meter.Type.TIMER, null, Tag.ROLE),
    /** Time from the send of a message to the moment when all of it is written; messages that are lost have none. */
    SEND("send", Meter.Type.TIMER, null, Tag.ROLE),
    /** Time from the wish for bytes of a peer to their arrival: the peer's silence. Off unless asked for. */
    RECEIVE_WAIT("receive.wait", Meter.Type.TIMER, null, Tag.ROLE),
    /** Connections that do not read now, because the application has not caught up. */
    READS_SUSPENDED("reads.suspended", Meter.Type.GAUGE, "sessions", Tag.ROLE),
    /** Payload of whole messages of connections, as the application sees it. Off unless asked for; the buckets are fixed. */
    MESSAGE_SIZE("message.size", Meter.Type.DISTRIBUTION_SUMMARY, "bytes", Tag.ROLE, Tag.DIRECTION),
    /**
     * Time from handing out an action to its completion, without {@code receive_from_network}, which is the peer's silence, and
     * without receives that are taken back because there is nothing to read. {@code error}: not all was written, or the operation
     * was aborted.
     */
    ACTION("action", Meter.Type.TIMER, null, Tag.ROLE, Tag.ACTION, Tag.OUTCOME),
    /** Actions completed. */
    ACTIONS("actions", Meter.Type.COUNTER, "actions", Tag.ROLE, Tag.ACTION),
    /** Messages and control frames, complete ones only. Received pings show as the pongs that answered them. */
    MESSAGES("messages", Meter.Type.COUNTER, "messages", Tag.ROLE, Tag.DIRECTION, Tag.TYPE),
    /** Bytes on the wire after the handshake, frame headers included. */
    BYTES("bytes", Meter.Type.COUNTER, "bytes", Tag.ROLE, Tag.DIRECTION),
    /** Connections that ended, by close code and by who began it. */
    CLOSES("closes", Meter.Type.COUNTER, "closes", Tag.ROLE, Tag.CODE, Tag.INITIATOR),
    /** Rules that peers broke, and limits and deadlines that ended a connection. */
    ERRORS("errors", Meter.Type.COUNTER, "errors", Tag.ROLE, Tag.REASON),
    /** Sends that found the queue full. */
    SEND_OVERFLOWS("send.overflows", Meter.Type.COUNTER, "sends", Tag.ROLE),
    /** Connections given up because the peer left pings unanswered. */
    KEEPALIVE_TIMEOUTS("keepalive.timeouts", Meter.Type.COUNTER, "connections", Tag.ROLE),
    /** Messages that went out or came in compressed. */
    COMPRESSION_MESSAGES("compression.messages", Meter.Type.COUNTER, "messages", Tag.DIRECTION),
    /** Payload of those messages: {@code payload} as applications see it, {@code wire} as it travels. */
    COMPRESSION_BYTES("compression.bytes", Meter.Type.COUNTER, "bytes", Tag.DIRECTION, Tag.LAYER),
    /** Coders at work now. */
    COMPRESSION_CODERS_ACTIVE("compression.coders.active", Meter.Type.GAUGE, "coders", Tag.CODER),
    /**
     * How often the pool of coders had none. {@code deflater}: messages sent as they were. {@code inflater}: coders made beyond the limit.
     * Nobody waits for a coder.
     */
    COMPRESSION_CODERS_EXHAUSTED("compression.coders.exhausted", Meter.Type.COUNTER, "times", Tag.CODER),
    /** Broadcasts that went to other instances or came from them, through Redis. */
    BROADCAST_MESSAGES("broadcast.messages", Meter.Type.COUNTER, "messages", Tag.DIRECTION),
    /** Broadcasts that did not go to other instances, because Redis was away. */
    BROADCAST_LOST("broadcast.lost", Meter.Type.COUNTER, "messages"),
    /** 1 while this instance hears from Redis what it publishes there, 0 while it does not. */
    BROADCAST_CONNECTED("broadcast.connected", Meter.Type.GAUGE, null),
    /** STOMP sessions open now. */
    STOMP_SESSIONS("stomp.sessions", Meter.Type.GAUGE, "sessions", Tag.TRANSPORT),
    /** STOMP sessions that were opened. */
    STOMP_SESSIONS_OPENED("stomp.sessions.opened", Meter.Type.COUNTER, "sessions"),
    /** STOMP sessions that Spring gave up. */
    STOMP_SESSIONS_FAILED("stomp.sessions.failed", Meter.Type.COUNTER, "sessions", Tag.REASON),
    /** STOMP frames that begin and end sessions of clients. */
    STOMP_FRAMES("stomp.frames", Meter.Type.COUNTER, "frames", Tag.FRAME),
    /** Connections to the broker; only with a broker relay. */
    STOMP_RELAY_CONNECTIONS("stomp.relay.connections", Meter.Type.GAUGE, "connections"),
    /** STOMP frames that begin and end sessions with the broker; only with a broker relay. */
    STOMP_RELAY_FRAMES("stomp.relay.frames", Meter.Type.COUNTER, "frames", Tag.FRAME);

    private final String name;
    private final Meter.Type type;
    private final @Nullable String baseUnit;

    @SuppressWarnings("ImmutableEnumChecker") // never changed and never handed out
    private final KeyName[] tags;

    HandleMeters(String name, Meter.Type type, @Nullable String baseUnit, KeyName... tags) {
        this.name = "ws.protocol." + name;
        this.type = type;
        this.baseUnit = baseUnit;
        this.tags = tags;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return baseUnit;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tags.clone();
    }

    /** The tags. Immutable. */
    public enum Tag implements KeyName {
        /** {@code client} or {@code server}. */
        ROLE("role"),
        /** What carries the connection, such as {@code tomcat native}; of STOMP {@code websocket}, {@code http_streaming} or {@code http_polling}. */
        TRANSPORT("transport"),
        /** {@code send} or {@code receive}. */
        QUEUE("queue"),
        /** {@code sent} or {@code received}. */
        DIRECTION("direction"),
        /** {@code payload} or {@code wire}. */
        LAYER("layer"),
        /** {@code deflater} or {@code inflater}. */
        CODER("coder"),
        /** {@code text}, {@code binary}, {@code ping}, {@code pong}, {@code close} or {@code raw}. */
        TYPE("type"),
        /** {@code send_to_network}, {@code indicate_send_complete}, … */
        ACTION("action"),
        /** {@code success} or {@code error}; of handshakes {@code accepted} or {@code refused}. */
        OUTCOME("outcome"),
        /** A close code of RFC 6455 or the IANA registry, {@code 3xxx}, {@code 4xxx} or {@code other}. */
        CODE("code"),
        /** {@code connect}, {@code connected} or {@code disconnect}. */
        FRAME("frame"),
        /** {@code local}, {@code remote} or {@code transport}. */
        INITIATOR("initiator"),
        /** A violation or a failure reason in lower case; {@code none} or {@code other} where there is no such thing. */
        REASON("reason");

        private final String key;

        Tag(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
