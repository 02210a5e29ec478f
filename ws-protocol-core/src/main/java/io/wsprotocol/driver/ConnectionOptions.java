package io.wsprotocol.driver;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limits, deadlines and choices of a {@link WebSocketConnection}. Immutable. Every limit has a default that is safe towards a
 * hostile peer; to lift one takes an explicit word, {@link #UNLIMITED}, {@link #UNLIMITED_COUNT} or {@link #OFF}, never zero or a
 * negative number. RFC 6455 §10.4 leaves the numbers to implementations; the ids (L-01 …) name the rows of the list of limits.
 *
 * @since 0.1.0
 */
public final class ConnectionOptions {

    /** No limit, for a number of bytes. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** No limit, for a number of frames or messages. */
    public static final int UNLIMITED_COUNT = Integer.MAX_VALUE;

    /** No deadline. */
    public static final Duration OFF = Duration.ofNanos(Long.MAX_VALUE);

    /** The bytes that one cork batch gathers: one TLS record, and what pong and Close wait for at most beside one large frame. */
    static final int CORK_BYTES = 16 << 10;

    /** The objects of an open connection and its handle, with views, the first slot of each ring and a pong's frame. */
    private static final long CONNECTION_OVERHEAD = 4 << 10;
    /** The places for frames of one batch in the handle, and the entries of the queue that wait to be used again. */
    private static final long BATCH_OVERHEAD = 20 << 10;
    /** A pong's place in the ring. */
    private static final int PONG_BYTES = 126;
    /** Beside its payload a send has an entry, a view and the head of an array. */
    private static final long SEND_OVERHEAD = 144;
    /** What inflates a message: its tables, a window and a slice. */
    private static final long INFLATING_BYTES = 64 << 10;
    /** Where the compressed frames of one batch lie, with a view for each, and the objects of compression. */
    private static final long DEFLATING_BYTES = 20 << 10;
    /** With context takeover: a window of what was received, and less of what was sent. */
    private static final long HISTORY_BYTES = (32 << 10) + (8 << 10);

    private static final ConnectionOptions DEFAULTS = builder().build();

    private final long maxMessageBytes;
    private final int maxFragments;
    private final int maxEmptyFragments;
    private final boolean partialMessages;
    private final int sendFrameBytes;
    private final Duration messageTimeout;
    private final int controlFrameRate;
    private final int controlFrameBurst;
    private final Duration closeTimeout;
    private final Duration failureCloseTimeout;
    private final Duration idleTimeout;
    private final Duration maxLifetime;
    private final KeepAliveMode keepAlive;
    private final Duration pingInterval;
    private final Duration pongTimeout;
    private final int missedPongsAllowed;
    private final Duration writeTimeout;
    private final long maxQueuedBytes;
    private final int maxQueuedMessages;
    private final OverflowPolicy overflowPolicy;
    private final long highWaterBytes;
    private final long lowWaterBytes;
    private final @Nullable DeflateOptions compression;
    private final @Nullable CoderPool coderPool;
    private final Timeouts timeouts;

    private ConnectionOptions(Builder builder) {
        maxMessageBytes = builder.maxMessageBytes;
        maxFragments = builder.maxFragments;
        maxEmptyFragments = builder.maxEmptyFragments;
        partialMessages = builder.partialMessages;
        sendFrameBytes = builder.sendFrameBytes;
        messageTimeout = builder.messageTimeout;
        controlFrameRate = builder.controlFrameRate;
        controlFrameBurst = builder.controlFrameBurst;
        closeTimeout = builder.closeTimeout;
        failureCloseTimeout = builder.failureCloseTimeout;
        idleTimeout = builder.idleTimeout;
        maxLifetime = builder.maxLifetime;
        keepAlive = builder.keepAlive;
        pingInterval = builder.pingInterval;
        pongTimeout = builder.pongTimeout;
        missedPongsAllowed = builder.missedPongsAllowed;
        writeTimeout = builder.writeTimeout;
        maxQueuedBytes = builder.maxQueuedBytes;
        maxQueuedMessages = builder.maxQueuedMessages;
        overflowPolicy = builder.overflowPolicy;
        highWaterBytes = builder.highWaterBytes;
        lowWaterBytes = builder.lowWaterBytes;
        compression = builder.compression;
        coderPool = builder.coderPool;
        timeouts = Timeouts.of(this);
    }

    /** {@return how long connections with these options wait} */
    Timeouts timeouts() {
        return timeouts;
    }

    /** {@return the defaults} */
    public static ConnectionOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that holds the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxMessageBytes = maxMessageBytes;
        builder.maxFragments = maxFragments;
        builder.maxEmptyFragments = maxEmptyFragments;
        builder.partialMessages = partialMessages;
        builder.sendFrameBytes = sendFrameBytes;
        builder.messageTimeout = messageTimeout;
        builder.controlFrameRate = controlFrameRate;
        builder.controlFrameBurst = controlFrameBurst;
        builder.closeTimeout = closeTimeout;
        builder.failureCloseTimeout = failureCloseTimeout;
        builder.idleTimeout = idleTimeout;
        builder.maxLifetime = maxLifetime;
        builder.keepAlive = keepAlive;
        builder.pingInterval = pingInterval;
        builder.pongTimeout = pongTimeout;
        builder.missedPongsAllowed = missedPongsAllowed;
        builder.writeTimeout = writeTimeout;
        builder.maxQueuedBytes = maxQueuedBytes;
        builder.maxQueuedMessages = maxQueuedMessages;
        builder.overflowPolicy = overflowPolicy;
        builder.highWaterBytes = highWaterBytes;
        builder.lowWaterBytes = lowWaterBytes;
        builder.compression = compression;
        builder.coderPool = coderPool;
        return builder;
    }

    /**
     * {@return options for a handle that enforces what of these limits is the handle's to enforce} Frames longer than a whole
     * message may be are refused by their header already, before a byte of payload (L-02); corking is on.
     *
     * @param base what else the handle shall be; its own stricter limits stay
     */
    public HandleOptions handleOptions(HandleOptions base) {
        long framePayload = partialMessages ? UNLIMITED : maxMessageBytes;
        if (compression != null) {
            // L-20: a frame may be a little longer than the message that it holds compressed
            framePayload = DeflateOptions.maxCompressedBytes(framePayload);
        }
        int fragments = partialMessages ? UNLIMITED_COUNT : maxFragments;
        return base.toBuilder()
                .maxFramePayload(Math.min(base.maxFramePayload(), framePayload))
                .maxFragments(Math.min(base.maxFragments(), fragments))
                .maxEmptyFragments(emptyFragments(base))
                .corking(true)
                .sendBufferSize(Math.max(base.sendBufferSize(), CORK_BYTES))
                .build();
    }

    /**
     * {@return the most bytes of heap that a connection with these options holds, whatever its peer does, or {@link #UNLIMITED}} It is
     * the sum of
     *
     * <ul>
     *   <li>24 KiB for objects,
     *   <li>the handle's receive buffer and send buffer, both lent only while bytes are on their way if there is a
     *       {@link io.wsprotocol.BufferSource},
     *   <li>126 bytes for each of {@link HandleOptions#maxPendingPongs()}, twice: while the ring grows there are two,
     *   <li>in whole-message mode {@link #maxMessageBytes()}, twice: while the array of a message grows there are two,
     *   <li>{@link #maxQueuedBytes()} and 144 bytes for each of {@link #maxQueuedMessages()}, all that twice under
     *       {@link OverflowPolicy#DROP_OLDEST},
     *   <li>where {@link #compression()} is wanted, 64 KiB while a compressed message arrives and 20 KiB while one leaves, both borrowed
     *       from {@link #coderPool()}; with context takeover of either end 40 KiB of history besides, which stay between messages.
     * </ul>
     *
     * <p>Not in it is what belongs to others: these options, a decoded text once it is delivered, a single payload larger than
     * {@link #maxQueuedBytes()}, which the queue takes when it is empty, and the deflater of a message that leaves, which holds some
     * 260 KiB outside the heap and belongs to the pool. Payload of a {@link PreparedMessage} counts, though connections share it, but
     * not what it was compressed into, which belongs to the message.
     *
     * @param handleOptions what the handle was made with, see {@link #handleOptions}
     */
    public long maxRetainedBytes(HandleOptions handleOptions) {
        int sendBytes = Math.max(handleOptions.sendBufferSize(), CORK_BYTES);
        long queues = overflowPolicy == OverflowPolicy.DROP_OLDEST ? 2 : 1;
        long bytes = CONNECTION_OVERHEAD + BATCH_OVERHEAD + handleOptions.receiveBufferSize() + sendBytes;
        bytes = sum(bytes, times(2L * PONG_BYTES, handleOptions.maxPendingPongs()));
        bytes = sum(bytes, partialMessages ? 0 : times(2, maxMessageBytes));
        bytes = sum(bytes, times(queues, maxQueuedBytes));
        bytes = sum(bytes, compressionBytes());
        return sum(
                bytes,
                maxQueuedMessages == UNLIMITED_COUNT ? UNLIMITED : times(queues * SEND_OVERHEAD, maxQueuedMessages));
    }

    private long compressionBytes() {
        DeflateOptions wanted = compression;
        if (wanted == null) {
            return 0;
        }
        boolean takeover = wanted.serverContextTakeover() || wanted.clientContextTakeover();
        return INFLATING_BYTES + DEFLATING_BYTES + (takeover ? HISTORY_BYTES : 0);
    }

    private static long sum(long a, long b) {
        return a > UNLIMITED - b ? UNLIMITED : a + b;
    }

    private static long times(long factor, long bytes) {
        return bytes > UNLIMITED / factor ? UNLIMITED : factor * bytes;
    }

    /** The only one of these limits that a handle has by itself: its default is no wish, or nobody could ask for more here. */
    private int emptyFragments(HandleOptions base) {
        return base.maxEmptyFragments() == HandleOptions.defaults().maxEmptyFragments()
                ? maxEmptyFragments
                : Math.min(base.maxEmptyFragments(), maxEmptyFragments);
    }

    /**
     * {@return the most bytes of one assembled message, 1 or more (L-01); a longer one fails the connection with
     * 1009} 1 MiB: far above chat and JSON, far below what a crowd of connections could pin. Not used in partial
     * mode. Default 1 MiB.
     */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * {@return the most frames of one assembled message (L-03); more fail the connection with 1008} 1,024: a MiB in
     * KiB pieces. Not used in partial mode. Default 1024.
     */
    public int maxFragments() {
        return maxFragments;
    }

    /**
     * {@return the most empty frames in a row that do not end a message (L-04); more fail the connection with 1008}
     * They carry nothing and cost work. Default 16.
     */
    public int maxEmptyFragments() {
        return maxEmptyFragments;
    }

    /**
     * {@return whether parts of messages are delivered as they arrive, in bounded memory, instead of whole messages}
     * Default {@code false}.
     */
    public boolean partialMessages() {
        return partialMessages;
    }

    /**
     * {@return the frame size that larger sends are cut into, 1 KiB or more, so that a pong or Close never waits
     * behind more than one frame} 64 KiB: 13 ms at 40 Mbit/s. Default 64 KiB.
     */
    public int sendFrameBytes() {
        return sendFrameBytes;
    }

    /**
     * {@return the longest time from a message's first part to its end (L-05), as idle timers are reset by a slow
     * drip; more fails the connection with 1008} In partial mode each KiB that arrives adds one second, so that a
     * message of any length may come as long as it flows. Default 30 s.
     */
    public Duration messageTimeout() {
        return messageTimeout;
    }

    /**
     * {@return pings and pongs received per second in the long run (L-06); more fail the connection with 1008} 20: no
     * honest keep-alive needs more than one. Default 20.
     */
    public int controlFrameRate() {
        return controlFrameRate;
    }

    /** {@return pings and pongs that may arrive at once (L-06)} Default 100. */
    public int controlFrameBurst() {
        return controlFrameBurst;
    }

    /**
     * {@return the longest time from the beginning of a close to its end (L-09); then the transport is dropped}
     * Default 5 s.
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * {@return the longest time for the Close after a failure (L-09): one attempt to tell a peer that broke a rule}
     * Default 1 s.
     */
    public Duration failureCloseTimeout() {
        return failureCloseTimeout;
    }

    /**
     * {@return the longest time without a byte either way (L-10); then the connection fails with 1001} Longer than
     * ping interval and pong timeout together. Default 60 s.
     */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * {@return the longest time from opening to closing, however busy the connection is (L-27); then it fails with 1008}
     * Default {@link #OFF}.
     */
    public Duration maxLifetime() {
        return maxLifetime;
    }

    /** {@return how a silent connection is kept alive (L-10)} Default {@link KeepAliveMode#PING}. */
    public KeepAliveMode keepAlive() {
        return keepAlive;
    }

    /**
     * {@return the silence after which keep-alive acts (L-10)} 25 s: below the 30 s after which the strictest common
     * proxies give up. Default 25 s.
     */
    public Duration pingInterval() {
        return pingInterval;
    }

    /** {@return how long a ping of ours may stay unanswered (L-10)} Default 20 s. */
    public Duration pongTimeout() {
        return pongTimeout;
    }

    /** {@return how many unanswered pings in a row are forgiven, 0 or more (L-10)} Default 0. */
    public int missedPongsAllowed() {
        return missedPongsAllowed;
    }

    /**
     * {@return the longest time without progress while bytes wait to be written (L-11); then the transport is
     * dropped} Default 10 s.
     */
    public Duration writeTimeout() {
        return writeTimeout;
    }

    /**
     * {@return the most payload bytes accepted and not yet sent (L-12)} A payload larger than this is taken when
     * nothing else is queued, as it is in memory anyway. Default 512 KiB.
     */
    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /** {@return the most sends accepted and not yet completed, control frames included (L-12)} Default 1024. */
    public int maxQueuedMessages() {
        return maxQueuedMessages;
    }

    /** {@return what happens to a send that does not fit (L-12)} Default {@link OverflowPolicy#REJECT}. */
    public OverflowPolicy overflowPolicy() {
        return overflowPolicy;
    }

    /**
     * {@return the queued bytes from which on the connection is not writable; at most maxQueuedBytes} Default 256
     * KiB.
     */
    public long highWaterBytes() {
        return highWaterBytes;
    }

    /** {@return the queued bytes at which it is writable again; at most highWaterBytes} Default 64 KiB. */
    public long lowWaterBytes() {
        return lowWaterBytes;
    }

    /**
     * {@return what is wanted of permessage-deflate (RFC 7692); null when it is neither offered nor accepted} It takes two: what was agreed
     * with the peer is {@link WebSocketConnection#compression()}. Default null, since compression costs time and memory, and tells the length
     * of secrets that share a message with what an attacker chooses.
     */
    public @Nullable DeflateOptions compression() {
        return compression;
    }

    /** {@return where the coders of compressed connections come from; {@link CoderPool#shared()} unless another was given} */
    public CoderPool coderPool() {
        return coderPool == null ? CoderPool.shared() : coderPool;
    }

    /** Collects options; each method checks its value at once, {@link #build} how they fit together. Not thread-safe. */
    public static final class Builder {

        private long maxMessageBytes = 1L << 20;
        private int maxFragments = 1024;
        private int maxEmptyFragments = 16;
        private boolean partialMessages = false;
        private int sendFrameBytes = 64 << 10;
        private Duration messageTimeout = Duration.ofSeconds(30);
        private int controlFrameRate = 20;
        private int controlFrameBurst = 100;
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Duration failureCloseTimeout = Duration.ofSeconds(1);
        private Duration idleTimeout = Duration.ofSeconds(60);
        private Duration maxLifetime = OFF;
        private KeepAliveMode keepAlive = KeepAliveMode.PING;
        private Duration pingInterval = Duration.ofSeconds(25);
        private Duration pongTimeout = Duration.ofSeconds(20);
        private int missedPongsAllowed = 0;
        private Duration writeTimeout = Duration.ofSeconds(10);
        private long maxQueuedBytes = 512L << 10;
        private int maxQueuedMessages = 1024;
        private OverflowPolicy overflowPolicy = OverflowPolicy.REJECT;
        private long highWaterBytes = 256L << 10;
        private long lowWaterBytes = 64L << 10;
        private @Nullable DeflateOptions compression;
        private @Nullable CoderPool coderPool;

        private Builder() {}

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxMessageBytes()}: 1 or more, or {@link #UNLIMITED}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxMessageBytes(long value) {
            atLeast("maxMessageBytes", value, 1);
            maxMessageBytes = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxFragments()}: 1 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxFragments(int value) {
            atLeast("maxFragments", value, 1);
            maxFragments = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxEmptyFragments()}: 1 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxEmptyFragments(int value) {
            atLeast("maxEmptyFragments", value, 1);
            maxEmptyFragments = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#partialMessages()}
         */
        public Builder partialMessages(boolean value) {
            partialMessages = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#sendFrameBytes()}: 1,024 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder sendFrameBytes(int value) {
            atLeast("sendFrameBytes", value, 1024);
            sendFrameBytes = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#messageTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder messageTimeout(Duration value) {
            positive("messageTimeout", value);
            messageTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#controlFrameRate()}: 1 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder controlFrameRate(int value) {
            atLeast("controlFrameRate", value, 1);
            controlFrameRate = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#controlFrameBurst()}: 1 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder controlFrameBurst(int value) {
            atLeast("controlFrameBurst", value, 1);
            controlFrameBurst = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#closeTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder closeTimeout(Duration value) {
            positive("closeTimeout", value);
            closeTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#failureCloseTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder failureCloseTimeout(Duration value) {
            positive("failureCloseTimeout", value);
            failureCloseTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#idleTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder idleTimeout(Duration value) {
            positive("idleTimeout", value);
            idleTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxLifetime()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxLifetime(Duration value) {
            positive("maxLifetime", value);
            maxLifetime = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#keepAlive()}
         */
        public Builder keepAlive(KeepAliveMode value) {
            Objects.requireNonNull(value, "keepAlive");
            keepAlive = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#pingInterval()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder pingInterval(Duration value) {
            positive("pingInterval", value);
            pingInterval = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#pongTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder pongTimeout(Duration value) {
            positive("pongTimeout", value);
            pongTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#missedPongsAllowed()}: 0 or more
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder missedPongsAllowed(int value) {
            atLeast("missedPongsAllowed", value, 0);
            missedPongsAllowed = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#writeTimeout()}: positive, or {@link #OFF}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder writeTimeout(Duration value) {
            positive("writeTimeout", value);
            writeTimeout = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxQueuedBytes()}: 1 or more, or {@link #UNLIMITED}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxQueuedBytes(long value) {
            atLeast("maxQueuedBytes", value, 1);
            maxQueuedBytes = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#maxQueuedMessages()}: 1 or more, or {@link #UNLIMITED_COUNT}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder maxQueuedMessages(int value) {
            atLeast("maxQueuedMessages", value, 1);
            maxQueuedMessages = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#overflowPolicy()}
         */
        public Builder overflowPolicy(OverflowPolicy value) {
            Objects.requireNonNull(value, "overflowPolicy");
            overflowPolicy = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#highWaterBytes()}: 0 or more, or {@link #UNLIMITED}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder highWaterBytes(long value) {
            atLeast("highWaterBytes", value, 0);
            highWaterBytes = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#lowWaterBytes()}: 0 or more, or {@link #UNLIMITED}
         * @throws IllegalArgumentException when the value is out of range
         */
        public Builder lowWaterBytes(long value) {
            atLeast("lowWaterBytes", value, 0);
            lowWaterBytes = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#compression()}: {@link DeflateOptions#defaults()} to turn it on, null for off
         */
        public Builder compression(@Nullable DeflateOptions value) {
            compression = value;
            return this;
        }

        /**
         * {@return this builder}
         *
         * @param value see {@link ConnectionOptions#coderPool()}; null for the shared one
         */
        public Builder coderPool(@Nullable CoderPool value) {
            coderPool = value;
            return this;
        }

        /**
         * {@return the options}
         *
         * @throws IllegalArgumentException when the water marks do not lie in order below the bound of the queue
         */
        public ConnectionOptions build() {
            if (lowWaterBytes > highWaterBytes || highWaterBytes > maxQueuedBytes) {
                throw new IllegalArgumentException("lowWaterBytes <= highWaterBytes <= maxQueuedBytes must hold, was "
                        + lowWaterBytes + ", " + highWaterBytes + ", " + maxQueuedBytes);
            }
            return new ConnectionOptions(this);
        }

        private static void atLeast(String name, long value, long least) {
            if (value < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
            }
        }

        private static void positive(String name, Duration value) {
            Objects.requireNonNull(value, name);
            if (value.isNegative() || value.isZero() || value.compareTo(OFF) > 0) {
                throw new IllegalArgumentException(name + " must be positive or OFF, was " + value);
            }
        }
    }
}
