package io.wsprotocol.spring.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches its servers. Immutable.
 *
 * @param connectTimeout how long a TCP connection may take, to the server or to the proxy
 * @param handshakeTimeout how long all after it may take: proxy, TLS and opening handshake
 * @param maxRedirects how many redirects are followed, at most {@link #MOST_REDIRECTS}; 0 for none. Headers other than {@code User-Agent}, {@code Accept-Language} and {@code Origin} go no further than the origin they were meant for
 * @param proxy the proxy; null for none
 * @param tls asked for each connection, so that reloaded keys and trust count at once
 * @since 0.1.0
 */
public record ClientSettings(
        Duration connectTimeout,
        Duration handshakeTimeout,
        int maxRedirects,
        @Nullable ProxySettings proxy,
        Supplier<SSLContext> tls) {

    /** No handshake is redirected more often than this, whatever anybody wishes. */
    public static final int MOST_REDIRECTS = 5;

    /** Checks what must be there. */
    public ClientSettings {
        Objects.requireNonNull(tls, "tls");
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("handshakeTimeout", handshakeTimeout);
        if (maxRedirects < 0 || maxRedirects > MOST_REDIRECTS) {
            throw new IllegalArgumentException("maxRedirects is from 0 to " + MOST_REDIRECTS + ", was " + maxRedirects);
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 ms, was " + duration);
        }
    }
}
