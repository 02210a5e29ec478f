package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sizes, limits and plug-in points of a handle, in one place. Immutable, except that {@link #allocatedBuffer()} is memory and
 * serves one handle only.
 *
 * <p>Windows counterpart: the {@code WEB_SOCKET_PROPERTY} array of the two create functions; see {@link Builder#property}.
 *
 * @param receiveBufferSize bytes of the receive buffer, at least {@value #MIN_RECEIVE_BUFFER_SIZE}, so that each control frame fits
 *     whole; default {@value #DEFAULT_RECEIVE_BUFFER_SIZE}, as in Windows. More than that is borrowed from {@code bufferSource} only once
 *     the peer has filled as much: the buffer doubles behind each loan that was filled
 * @param sendBufferSize bytes of the send buffer, at least {@value #MIN_SEND_BUFFER_SIZE}, so that each header fits whole; 0 means
 *     the role's default as in Windows: {@value #DEFAULT_CLIENT_SEND_BUFFER_SIZE} for a client, which masks through it,
 *     {@value #DEFAULT_SERVER_SEND_BUFFER_SIZE} for a server, which never copies payload unless it corks
 * @param disableMasking a client masks with a zero key, a server also takes unmasked frames; for tests and trusted links only
 *     (RFC 6455 §5.1, §10.3); default false
 * @param disableUtf8Verification received text and close reasons are not verified; default false (RFC 6455 §8.1)
 * @param allocatedBuffer memory for the receive and the send buffer: a writable heap buffer of more than their sum plus
 *     {@value #ALLOCATED_BUFFER_OVERHEAD} bytes; null lets the handle allocate or borrow
 * @param maxQueuedSends most send operations queued at a time, at least 1; default 1,024: beyond it a driver should hold back
 * @param maxQueuedReceives most receive operations queued at a time, at least 1; default 64
 * @param maxPendingPongs most pongs kept behind a blocked wire, at least 1; the oldest is dropped beyond it, which RFC 6455 §5.5.3
 *     permits; default 16, because conformance suites send bursts of ten
 * @param maxFramePayload longest payload accepted in one received frame, in bytes; default unlimited, since payload is streamed
 *     and never held
 * @param maxFragments most frames accepted in one received message; default unlimited, since frames cost no memory
 * @param maxEmptyFragments most empty non-final frames accepted in a row; default 16: they carry nothing and cost time
 * @param corking whether one {@link ActionType#SEND_TO_NETWORK} may gather many queued frames; default false: one operation at a
 *     time, as in Windows
 * @param verifyOutgoingText whether text to be sent is verified when queued; default false: it costs a pass over the payload
 * @param subprotocolRequired whether a client fails the handshake when the server selects none of the offered subprotocols; default
 *     false (RFC 6455 §4.1)
 * @param writtenElsewhere whether a short {@link WebSocketHandle#completeAction} means that the driver wrote the bytes by other
 *     means, so that the stream is not spoiled; default false
 * @param maskingKeySource where masking and handshake keys come from; null means {@link MaskingKeySource#secure()}
 * @param bufferSource who lends the buffers; null means that the handle allocates them on first use and keeps them
 * @param observer who hears what the handle does; null means nobody
 * @since 0.1.0
 */
public record HandleOptions(
        int receiveBufferSize,
        int sendBufferSize,
        boolean disableMasking,
        boolean disableUtf8Verification,
        @Nullable ByteBuffer allocatedBuffer,
        int maxQueuedSends,
        int maxQueuedReceives,
        int maxPendingPongs,
        long maxFramePayload,
        int maxFragments,
        int maxEmptyFragments,
        boolean corking,
        boolean verifyOutgoingText,
        boolean subprotocolRequired,
        boolean writtenElsewhere,
        @Nullable MaskingKeySource maskingKeySource,
        @Nullable BufferSource bufferSource,
        @Nullable HandleObserver observer) {

    /** The smallest receive buffer, in bytes. */
    public static final int MIN_RECEIVE_BUFFER_SIZE = 256;

    /** The default receive buffer, in bytes. */
    public static final int DEFAULT_RECEIVE_BUFFER_SIZE = 4096;

    /** The smallest send buffer, in bytes. */
    public static final int MIN_SEND_BUFFER_SIZE = 16;

    /** The default send buffer of a client, in bytes. */
    public static final int DEFAULT_CLIENT_SEND_BUFFER_SIZE = 4096;

    /** The default send buffer of a server, in bytes. */
    public static final int DEFAULT_SERVER_SEND_BUFFER_SIZE = 16;

    /** How much larger than both buffers together {@link #allocatedBuffer} must be, in bytes. */
    public static final int ALLOCATED_BUFFER_OVERHEAD = 256;

    /** The word for a limit that shall not exist. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final HandleOptions DEFAULTS = builder().build();

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException when a value is out of its range; the message names it
     */
    public HandleOptions {
        atLeast("receiveBufferSize", receiveBufferSize, MIN_RECEIVE_BUFFER_SIZE);
        if (sendBufferSize != 0) {
            atLeast("sendBufferSize", sendBufferSize, MIN_SEND_BUFFER_SIZE);
        }
        atLeast("maxQueuedSends", maxQueuedSends, 1);
        atLeast("maxQueuedReceives", maxQueuedReceives, 1);
        atLeast("maxPendingPongs", maxPendingPongs, 1);
        atLeast("maxFramePayload", maxFramePayload, 1);
        atLeast("maxFragments", maxFragments, 1);
        atLeast("maxEmptyFragments", maxEmptyFragments, 0);
        if (allocatedBuffer != null && !allocatedBuffer.hasArray()) {
            throw new IllegalArgumentException("allocatedBuffer must be a writable heap buffer with an array");
        }
    }

    private static void atLeast(String name, long value, long minimum) {
        if (value < minimum) {
            throw new IllegalArgumentException(name + " must be at least " + minimum + ", was " + value);
        }
    }

    /** {@return the options with nothing set} */
    public static HandleOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * {@return the bytes of the send buffer in that role}
     *
     * @param server whether the role is server
     */
    public int sendBufferSize(boolean server) {
        if (sendBufferSize != 0) {
            return sendBufferSize;
        }
        return server ? DEFAULT_SERVER_SEND_BUFFER_SIZE : DEFAULT_CLIENT_SEND_BUFFER_SIZE;
    }

    /** {@return who lends the buffers; null when they are allocated or given} */
    @Nullable
    BufferSource lender() {
        return allocatedBuffer == null ? bufferSource : null;
    }

    /** Makes {@link HandleOptions}. Not thread-safe: confine to one thread or guard with one lock. */
    public static final class Builder {

        private final Set<PropertyType> given = EnumSet.noneOf(PropertyType.class);
        private int receiveBufferSize = DEFAULT_RECEIVE_BUFFER_SIZE;
        private int sendBufferSize;
        private boolean disableMasking;
        private boolean disableUtf8Verification;
        private @Nullable ByteBuffer allocatedBuffer;
        private int maxQueuedSends = 1024;
        private int maxQueuedReceives = 64;
        private int maxPendingPongs = 16;
        private long maxFramePayload = UNLIMITED;
        private int maxFragments = Integer.MAX_VALUE;
        private int maxEmptyFragments = 16;
        private boolean corking;
        private boolean verifyOutgoingText;
        private boolean subprotocolRequired;
        private boolean writtenElsewhere;
        private @Nullable MaskingKeySource maskingKeySource;
        private @Nullable BufferSource bufferSource;
        private @Nullable HandleObserver observer;

        private Builder() {}

        private Builder(HandleOptions options) {
            receiveBufferSize = options.receiveBufferSize;
            sendBufferSize = options.sendBufferSize;
            disableMasking = options.disableMasking;
            disableUtf8Verification = options.disableUtf8Verification;
            allocatedBuffer = options.allocatedBuffer;
            maxQueuedSends = options.maxQueuedSends;
            maxQueuedReceives = options.maxQueuedReceives;
            maxPendingPongs = options.maxPendingPongs;
            maxFramePayload = options.maxFramePayload;
            maxFragments = options.maxFragments;
            maxEmptyFragments = options.maxEmptyFragments;
            corking = options.corking;
            verifyOutgoingText = options.verifyOutgoingText;
            subprotocolRequired = options.subprotocolRequired;
            writtenElsewhere = options.writtenElsewhere;
            maskingKeySource = options.maskingKeySource;
            bufferSource = options.bufferSource;
            observer = options.observer;
        }

        /**
         * Sets a property in the manner of the Windows API.
         *
         * @param type one of the five properties that are given at creation
         * @param value a value of {@link PropertyType#valueType()}
         * @return this
         * @throws IllegalArgumentException for a global property, a value of another class, or a property given twice; nothing
         *     has changed then
         */
        public Builder property(PropertyType type, Object value) {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(value, "value");
            if (!type.valueType().isInstance(value)) {
                throw new IllegalArgumentException(
                        type + " takes a " + type.valueType().getSimpleName() + ", not a "
                                + value.getClass().getSimpleName());
            }
            if (given.contains(type)) {
                throw new IllegalArgumentException(type + " is given twice");
            }
            Builder changed = switch (type) {
                case RECEIVE_BUFFER_SIZE -> receiveBufferSize((Integer) value);
                case SEND_BUFFER_SIZE -> sendBufferSize((Integer) value);
                case DISABLE_MASKING -> disableMasking((Boolean) value);
                case ALLOCATED_BUFFER -> allocatedBuffer((ByteBuffer) value);
                case DISABLE_UTF8_VERIFICATION -> disableUtf8Verification((Boolean) value);
                case KEEPALIVE_INTERVAL, SUPPORTED_VERSIONS ->
                    throw new IllegalArgumentException(
                            type + " is read from GlobalProperties, it cannot be given at creation");
            };
            given.add(type);
            return changed;
        }

        /**
         * {@return this, with that receive buffer size in bytes} With a {@link BufferSource} it is the most that is borrowed.
         *
         * @param bytes at least 256
         */
        public Builder receiveBufferSize(int bytes) {
            receiveBufferSize = bytes;
            return this;
        }

        /**
         * {@return this, with that send buffer size in bytes}
         *
         * @param bytes at least 16; 0 for the role's default
         */
        public Builder sendBufferSize(int bytes) {
            sendBufferSize = bytes;
            return this;
        }

        /**
         * {@return this, with masking reduced as the record says}
         *
         * @param disable whether to
         */
        public Builder disableMasking(boolean disable) {
            disableMasking = disable;
            return this;
        }

        /**
         * {@return this, without verification of received text}
         *
         * @param disable whether to
         */
        public Builder disableUtf8Verification(boolean disable) {
            disableUtf8Verification = disable;
            return this;
        }

        /**
         * {@return this, with that memory for the buffers}
         *
         * @param buffer a writable heap buffer, or null
         */
        public Builder allocatedBuffer(@Nullable ByteBuffer buffer) {
            allocatedBuffer = buffer;
            return this;
        }

        /**
         * {@return this, with that bound of the send queue}
         *
         * @param operations at least 1
         */
        public Builder maxQueuedSends(int operations) {
            maxQueuedSends = operations;
            return this;
        }

        /**
         * {@return this, with that bound of the receive queue}
         *
         * @param operations at least 1
         */
        public Builder maxQueuedReceives(int operations) {
            maxQueuedReceives = operations;
            return this;
        }

        /**
         * {@return this, with that bound of pending pongs}
         *
         * @param pongs at least 1
         */
        public Builder maxPendingPongs(int pongs) {
            maxPendingPongs = pongs;
            return this;
        }

        /**
         * {@return this, with that longest frame payload}
         *
         * @param bytes at least 1, or {@link #UNLIMITED}
         */
        public Builder maxFramePayload(long bytes) {
            maxFramePayload = bytes;
            return this;
        }

        /**
         * {@return this, with that bound of frames in a message}
         *
         * @param frames at least 1
         */
        public Builder maxFragments(int frames) {
            maxFragments = frames;
            return this;
        }

        /**
         * {@return this, with that bound of empty fragments in a row}
         *
         * @param frames at least 0
         */
        public Builder maxEmptyFragments(int frames) {
            maxEmptyFragments = frames;
            return this;
        }

        /**
         * {@return this, with many frames in one transfer or not}
         *
         * @param cork whether to
         */
        public Builder corking(boolean cork) {
            corking = cork;
            return this;
        }

        /**
         * {@return this, with verification of outgoing text or not}
         *
         * @param verify whether to
         */
        public Builder verifyOutgoingText(boolean verify) {
            verifyOutgoingText = verify;
            return this;
        }

        /**
         * {@return this, with a subprotocol demanded or not}
         *
         * @param required whether it is
         */
        public Builder subprotocolRequired(boolean required) {
            subprotocolRequired = required;
            return this;
        }

        /**
         * {@return this, for drivers that write by other means}
         *
         * @param elsewhere whether they do
         */
        public Builder writtenElsewhere(boolean elsewhere) {
            writtenElsewhere = elsewhere;
            return this;
        }

        /**
         * {@return this, with that source of keys}
         *
         * @param source a source of strong keys, or null
         */
        public Builder maskingKeySource(@Nullable MaskingKeySource source) {
            maskingKeySource = source;
            return this;
        }

        /**
         * {@return this, with that lender of buffers}
         *
         * @param source the lender, or null
         */
        public Builder bufferSource(@Nullable BufferSource source) {
            bufferSource = source;
            return this;
        }

        /**
         * {@return this, with that observer}
         *
         * @param handleObserver the observer, or null
         */
        public Builder observer(@Nullable HandleObserver handleObserver) {
            observer = handleObserver;
            return this;
        }

        /**
         * {@return the options}
         *
         * @throws IllegalArgumentException when a value is out of its range
         */
        public HandleOptions build() {
            return new HandleOptions(
                    receiveBufferSize,
                    sendBufferSize,
                    disableMasking,
                    disableUtf8Verification,
                    allocatedBuffer,
                    maxQueuedSends,
                    maxQueuedReceives,
                    maxPendingPongs,
                    maxFramePayload,
                    maxFragments,
                    maxEmptyFragments,
                    corking,
                    verifyOutgoingText,
                    subprotocolRequired,
                    writtenElsewhere,
                    maskingKeySource,
                    bufferSource,
                    observer);
        }
    }
}
