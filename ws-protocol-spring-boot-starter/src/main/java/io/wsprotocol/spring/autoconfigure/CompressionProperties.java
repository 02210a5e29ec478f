package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What {@code application.yml} says under {@code ws-protocol.compression} (RFC 7692). Immutable.
 *
 * @param enabled Whether permessage-deflate is accepted when a client offers it, and offered by a client.
 * @param level Effort, from 1 (fast) to 9 (small).
 * @param threshold Shortest message that is compressed.
 * @param serverMaxWindowBits Largest window of messages of the server, from 8 (256B) to 15 (32KB).
 * @param clientMaxWindowBits Largest window of messages of the client, from 8 (256B) to 15 (32KB).
 * @param serverContextTakeover Whether messages of the server may refer to those before them. Smaller on the wire, for a history of
 *     one window per connection.
 * @param clientContextTakeover Whether messages of the client may refer to those before them. A client that cannot do without, such as
 *     Netty's unless told, fails the handshake when this is off.
 * @param maxRatio Most bytes that one compressed byte may become in messages beyond 64KB, or 'unlimited'. More close with 1009.
 * @param maxCoders Most deflaters of the whole process, and inflaters kept, from 1 to 256. Unless set, four per processor. A message that
 *     finds no deflater goes out as it is.
 * @since 0.1.0
 */
public record CompressionProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("6") int level,
        @DefaultValue("1KB") DataSize threshold,
        @DefaultValue("15") int serverMaxWindowBits,
        @DefaultValue("15") int clientMaxWindowBits,
        @DefaultValue("false") boolean serverContextTakeover,
        @DefaultValue("false") boolean clientContextTakeover,
        @DefaultValue("200") CountLimit maxRatio,
        @Nullable Integer maxCoders) {

    private static final String PREFIX = "ws-protocol.compression.";

    /** Checks each value. */
    public CompressionProperties {
        checkLevel(PREFIX, level);
        checkThreshold(PREFIX, threshold);
        checkWindowBits(PREFIX + "server-max-window-bits", serverMaxWindowBits);
        checkWindowBits(PREFIX + "client-max-window-bits", clientMaxWindowBits);
        checkMaxRatio(PREFIX, maxRatio);
        if (maxCoders != null) {
            PropertyRange.between(PREFIX + "max-coders", maxCoders, 1, CoderPool.MOST_CODERS, "16");
        }
    }

    /** {@return a pool of the configured size} */
    CoderPool coderPool() {
        return new CoderPool(maxCoders == null ? CoderPool.defaultMaxCoders() : maxCoders);
    }

    /** {@return what a connection wants; null when it wants no compression} */
    @Nullable
    DeflateOptions wanted() {
        return enabled ? options() : null;
    }

    /** {@return what a connection would want if it were enabled} */
    DeflateOptions options() {
        return DeflateOptions.builder()
                .level(level)
                .threshold(Math.toIntExact(threshold.toBytes()))
                .serverMaxWindowBits(serverMaxWindowBits)
                .clientMaxWindowBits(clientMaxWindowBits)
                .serverContextTakeover(serverContextTakeover)
                .clientContextTakeover(clientContextTakeover)
                .maxRatio(maxRatio.count())
                .build();
    }

    private static void checkLevel(String prefix, int level) {
        PropertyRange.between(prefix + "level", level, 1, 9, "6");
    }

    private static void checkThreshold(String prefix, DataSize threshold) {
        PropertyRange.size(prefix + "threshold", threshold.toBytes(), 0, 1 << 30, "1KB");
    }

    private static void checkWindowBits(String key, int bits) {
        PropertyRange.between(key, bits, DeflateParameters.LEAST_BITS, DeflateParameters.MOST_BITS, "15");
    }

    private static void checkMaxRatio(String prefix, CountLimit ratio) {
        PropertyRange.count(prefix + "max-ratio", ratio, 1, "200");
    }

    /**
     * What a profile says otherwise; what it does not mention stays. Immutable.
     *
     * @param enabled Whether permessage-deflate is accepted when a client offers it.
     * @param level Effort, from 1 (fast) to 9 (small).
     * @param threshold Shortest message that is compressed.
     * @param serverMaxWindowBits Largest window of messages of the server, from 8 (256B) to 15 (32KB).
     * @param clientMaxWindowBits Largest window of messages of the client, from 8 (256B) to 15 (32KB).
     * @param serverContextTakeover Whether messages of the server may refer to those before them.
     * @param clientContextTakeover Whether messages of the client may refer to those before them.
     * @param maxRatio Most bytes that one compressed byte may become in messages beyond 64KB, or 'unlimited'.
     * @since 0.1.0
     */
    public record Profile(
            @Nullable Boolean enabled,
            @Nullable Integer level,
            @Nullable DataSize threshold,
            @Nullable Integer serverMaxWindowBits,
            @Nullable Integer clientMaxWindowBits,
            @Nullable Boolean serverContextTakeover,
            @Nullable Boolean clientContextTakeover,
            @Nullable CountLimit maxRatio) {

        /**
         * {@return what a connection of this profile wants; null when it wants no compression}
         *
         * @param prefix where the profile's compression stands, for what is said about mistakes
         * @param general what the others want; null when they want none
         * @param configured what they would want
         */
        @Nullable
        DeflateOptions wanted(String prefix, @Nullable DeflateOptions general, DeflateOptions configured) {
            DeflateOptions base = general == null ? configured : general;
            DeflateOptions.Builder options = base.toBuilder();
            if (level != null) {
                checkLevel(prefix, level);
                options.level(level);
            }
            if (threshold != null) {
                checkThreshold(prefix, threshold);
                options.threshold(Math.toIntExact(threshold.toBytes()));
            }
            if (maxRatio != null) {
                checkMaxRatio(prefix, maxRatio);
                options.maxRatio(maxRatio.count());
            }
            windows(prefix, options);
            options.serverContextTakeover(or(serverContextTakeover, base.serverContextTakeover()));
            options.clientContextTakeover(or(clientContextTakeover, base.clientContextTakeover()));
            return or(enabled, general != null) ? options.build() : null;
        }

        private void windows(String prefix, DeflateOptions.Builder options) {
            if (serverMaxWindowBits != null) {
                checkWindowBits(prefix + "server-max-window-bits", serverMaxWindowBits);
                options.serverMaxWindowBits(serverMaxWindowBits);
            }
            if (clientMaxWindowBits != null) {
                checkWindowBits(prefix + "client-max-window-bits", clientMaxWindowBits);
                options.clientMaxWindowBits(clientMaxWindowBits);
            }
        }

        private static boolean or(@Nullable Boolean own, boolean otherwise) {
            return own == null ? otherwise : own;
        }
    }
}
