package io.wsprotocol.deflate;

/**
 * What one end wants of permessage-deflate (RFC 7692): how hard to compress, what to agree to, and how much to take from a peer.
 * Immutable.
 *
 * @param level effort of compression, 1 (fast) to 9 (small); default 6, where zlib's own balance lies
 * @param threshold shortest message that is compressed, in bytes, 0 or more; default 1,024: below it the gain rarely pays for the work
 * @param serverMaxWindowBits largest window agreed to for messages of the server, 8 to 15 for 256 bytes to 32 KiB (RFC 7692 §7.1.2.1);
 *     default 15
 * @param clientMaxWindowBits largest window agreed to for messages of the client, 8 to 15 (RFC 7692 §7.1.2.2); default 15
 * @param serverContextTakeover whether messages of the server may refer to those before them (RFC 7692 §7.1.1.1); smaller on the wire, at
 *     the price of a history of one window at each end; default false
 * @param clientContextTakeover whether messages of the client may refer to those before them (RFC 7692 §7.1.1.2); default false
 * @param maxRatio most bytes that one compressed byte may become, 1 or more, or {@link #UNLIMITED_RATIO}; counted over a message that grew
 *     beyond {@value #RATIO_FREE_BYTES} bytes; default 200, where DEFLATE itself ends at 1,032 (L-19)
 * @since 0.1.0
 */
public record DeflateOptions(
        int level,
        int threshold,
        int serverMaxWindowBits,
        int clientMaxWindowBits,
        boolean serverContextTakeover,
        boolean clientContextTakeover,
        int maxRatio) {

    /** The word for a ratio that shall not be limited. */
    public static final int UNLIMITED_RATIO = Integer.MAX_VALUE;

    /** A message that inflates to at most this many bytes may do so at any ratio (L-19): short ones are no bombs, and often repetitive. */
    public static final int RATIO_FREE_BYTES = 64 << 10;

    private static final int COMPRESSED_SLACK = 64;
    private static final DeflateOptions DEFAULTS = builder().build();

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException when a value is out of its range; the message names it
     */
    public DeflateOptions {
        within("level", level, 1, 9);
        within("threshold", threshold, 0, Integer.MAX_VALUE);
        within("serverMaxWindowBits", serverMaxWindowBits, DeflateParameters.LEAST_BITS, DeflateParameters.MOST_BITS);
        within("clientMaxWindowBits", clientMaxWindowBits, DeflateParameters.LEAST_BITS, DeflateParameters.MOST_BITS);
        within("maxRatio", maxRatio, 1, UNLIMITED_RATIO);
    }

    /** {@return the options with nothing set} */
    public static DeflateOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.level = level;
        builder.threshold = threshold;
        builder.serverMaxWindowBits = serverMaxWindowBits;
        builder.clientMaxWindowBits = clientMaxWindowBits;
        builder.serverContextTakeover = serverContextTakeover;
        builder.clientContextTakeover = clientContextTakeover;
        builder.maxRatio = maxRatio;
        return builder;
    }

    /**
     * {@return the most compressed bytes of one message (L-20)} What does not compress grows by less than a thousandth; more than that is
     * a flood of blocks that yield nothing.
     *
     * @param maxMessageBytes the most bytes of one message; {@link Long#MAX_VALUE} for no limit, which is the answer then
     */
    public static long maxCompressedBytes(long maxMessageBytes) {
        long sum = maxMessageBytes + maxMessageBytes / 1000 + COMPRESSED_SLACK;
        return sum < maxMessageBytes ? Long.MAX_VALUE : sum;
    }

    static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            String range = most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most;
            throw new IllegalArgumentException(name + " must be " + range + ", was " + value);
        }
    }

    /** Makes {@link DeflateOptions}; {@link #build} checks the values. Not thread-safe: confine to one thread or guard with one lock. */
    public static final class Builder {

        private int level = 6;
        private int threshold = 1024;
        private int serverMaxWindowBits = DeflateParameters.MOST_BITS;
        private int clientMaxWindowBits = DeflateParameters.MOST_BITS;
        private boolean serverContextTakeover;
        private boolean clientContextTakeover;
        private int maxRatio = 200;

        private Builder() {}

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#level()}
         */
        public Builder level(int value) {
            level = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#threshold()}
         */
        public Builder threshold(int value) {
            threshold = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#serverMaxWindowBits()}
         */
        public Builder serverMaxWindowBits(int value) {
            serverMaxWindowBits = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#clientMaxWindowBits()}
         */
        public Builder clientMaxWindowBits(int value) {
            clientMaxWindowBits = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#serverContextTakeover()}
         */
        public Builder serverContextTakeover(boolean value) {
            serverContextTakeover = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#clientContextTakeover()}
         */
        public Builder clientContextTakeover(boolean value) {
            clientContextTakeover = value;
            return this;
        }

        /**
         * {@return this}
         *
         * @param value see {@link DeflateOptions#maxRatio()}
         */
        public Builder maxRatio(int value) {
            maxRatio = value;
            return this;
        }

        /**
         * {@return the options}
         *
         * @throws IllegalArgumentException when a value is out of its range; the message names it
         */
        public DeflateOptions build() {
            return new DeflateOptions(
                    level,
                    threshold,
                    serverMaxWindowBits,
                    clientMaxWindowBits,
                    serverContextTakeover,
                    clientContextTakeover,
                    maxRatio);
        }
    }
}
