package io.wsprotocol.spring.client;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and its servers. Immutable.
 *
 * @param type how it is spoken to
 * @param host where it is
 * @param port where it is
 * @param username for its Basic authentication; null for none. Only an HTTP proxy is told
 * @param password for the same
 * @param nonProxyHosts hosts that are reached without it; {@code *.example.org} means all below
 * @since 0.1.0
 */
public record ProxySettings(
        Type type,
        String host,
        int port,
        @Nullable String username,
        @Nullable String password,
        List<String> nonProxyHosts) {

    /** How a proxy is spoken to. */
    public enum Type {
        /** {@code CONNECT} of HTTP/1.1 (RFC 9110 §9.3.6), as RFC 6455 §4.1 wants it. */
        HTTP,
        /** SOCKS version 5 or 4. */
        SOCKS
    }

    /** Checks what must be there and copies the list. */
    public ProxySettings {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is from 1 to 65535, was " + port);
        }
        nonProxyHosts = List.copyOf(nonProxyHosts);
    }

    /**
     * {@return whether a host is reached through the proxy}
     *
     * @param target the host
     */
    public boolean applies(String target) {
        String name = target.toLowerCase(Locale.ROOT);
        for (String pattern : nonProxyHosts) {
            String excluded = pattern.toLowerCase(Locale.ROOT);
            boolean matches = excluded.startsWith("*") ? name.endsWith(excluded.substring(1)) : name.equals(excluded);
            if (matches) {
                return false;
            }
        }
        return true;
    }

    /** {@return all but the password} */
    @Override
    public String toString() {
        return "ProxySettings[" + type + " " + host + ":" + port + (username == null ? "" : ", with credentials") + "]";
    }
}
