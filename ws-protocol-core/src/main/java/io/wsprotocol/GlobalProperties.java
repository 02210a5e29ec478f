package io.wsprotocol;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What holds for all handles of a process. Immutable.
 *
 * <p>Windows counterpart: {@code WebSocketGetGlobalProperty}, which reads a machine setting; here whoever makes the object gives
 * the setting.
 *
 * @since 0.1.0
 */
public final class GlobalProperties {

    /** The keep-alive interval when nothing is set: 30 s, as in Windows. */
    public static final Duration DEFAULT_KEEPALIVE_INTERVAL = Duration.ofSeconds(30);

    /** The least keep-alive interval: 15 s, as in Windows; smaller settings are raised to it. */
    public static final Duration MINIMUM_KEEPALIVE_INTERVAL = Duration.ofSeconds(15);

    /** The one version of the protocol that this engine speaks: 13 (RFC 6455 §4.1). */
    public static final int VERSION = 13;

    private static final GlobalProperties DEFAULTS = new GlobalProperties(DEFAULT_KEEPALIVE_INTERVAL);

    private final Duration keepAliveInterval;

    private GlobalProperties(Duration keepAliveInterval) {
        this.keepAliveInterval = keepAliveInterval;
    }

    /** {@return the properties with nothing set} */
    public static GlobalProperties defaults() {
        return DEFAULTS;
    }

    /**
     * {@return properties with that interval}
     *
     * @param keepAliveInterval positive; raised to {@link #MINIMUM_KEEPALIVE_INTERVAL} when smaller, as Windows does with its
     *     setting
     * @throws IllegalArgumentException when the interval is zero or negative
     */
    public static GlobalProperties withKeepAliveInterval(Duration keepAliveInterval) {
        Objects.requireNonNull(keepAliveInterval, "keepAliveInterval");
        if (keepAliveInterval.isNegative() || keepAliveInterval.isZero()) {
            throw new IllegalArgumentException("the keep-alive interval must be positive, was " + keepAliveInterval);
        }
        return new GlobalProperties(
                keepAliveInterval.compareTo(MINIMUM_KEEPALIVE_INTERVAL) < 0
                        ? MINIMUM_KEEPALIVE_INTERVAL
                        : keepAliveInterval);
    }

    /**
     * {@return the value of a global property}
     *
     * @param type {@link PropertyType#KEEPALIVE_INTERVAL} or {@link PropertyType#SUPPORTED_VERSIONS}
     * @throws IllegalArgumentException for the others, which belong to a handle's {@link HandleOptions}
     */
    public Object get(PropertyType type) {
        return switch (type) {
            case KEEPALIVE_INTERVAL -> keepAliveInterval();
            case SUPPORTED_VERSIONS -> supportedVersions();
            default ->
                throw new IllegalArgumentException(
                        type + " is given at a handle's creation and cannot be read as a global property");
        };
    }

    /** {@return how long a connection may be silent before its driver should send something; at least 15 s} */
    public Duration keepAliveInterval() {
        return keepAliveInterval;
    }

    /** {@return the versions spoken, newest first: 13 alone (RFC 6455 §4.4)} */
    public List<Integer> supportedVersions() {
        return List.of(VERSION);
    }

    @Override
    public String toString() {
        return "GlobalProperties[keepAliveInterval=" + keepAliveInterval + ", supportedVersions=" + supportedVersions()
                + "]";
    }
}
