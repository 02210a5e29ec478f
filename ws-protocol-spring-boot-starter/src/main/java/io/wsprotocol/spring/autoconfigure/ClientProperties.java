package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.client.ProxySettings;
import io.wsprotocol.spring.client.ReconnectPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One client under {@code ws-protocol.client.<name>}. Immutable.
 *
 * @param url Where it connects to, ws:// or wss://.
 * @param subProtocols Sub-protocols offered, most wanted first.
 * @param headers Headers of each handshake.
 * @param connectTimeout How long a TCP connection may take.
 * @param handshakeTimeout How long proxy, TLS and opening handshake may take after that.
 * @param maxRedirects How many redirects are followed, at most 5. Of the headers, another origin gets User-Agent, Accept-Language and Origin only.
 * @param profile Name of the profile under ws-protocol.profiles with its limits and deadlines.
 * @param ssl TLS.
 * @param proxy The proxy between it and its server.
 * @param reconnect When it connects again after a connection was lost.
 * @since 0.1.0
 */
public record ClientProperties(
        URI url,
        @DefaultValue List<String> subProtocols,
        @DefaultValue Map<String, String> headers,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("10s") Duration handshakeTimeout,
        @DefaultValue("0") int maxRedirects,
        @Nullable String profile,
        @DefaultValue Ssl ssl,
        @Nullable Proxy proxy,
        @DefaultValue Reconnect reconnect) {

    /** Copies what may change. */
    public ClientProperties {
        subProtocols = List.copyOf(subProtocols);
        headers = Map.copyOf(headers);
    }

    /**
     * TLS.
     *
     * @param bundle Name of the SSL bundle with trust and keys. The JDK's unless set.
     * @since 0.1.0
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * The proxy between a client and its server.
     *
     * @param type How it is spoken to.
     * @param host Where it is.
     * @param port Where it is.
     * @param username For its Basic authentication.
     * @param password For its Basic authentication.
     * @param nonProxyHosts Hosts that are reached without it. *.example.org means all below.
     * @since 0.1.0
     */
    public record Proxy(
            @DefaultValue("http") ProxySettings.Type type,
            String host,
            int port,
            @Nullable String username,
            @Nullable String password,
            @DefaultValue List<String> nonProxyHosts) {

        /** Copies the list. */
        public Proxy {
            nonProxyHosts = List.copyOf(nonProxyHosts);
        }

        /** {@return the same for the client} */
        ProxySettings settings(String prefix) {
            if (host == null || host.isBlank()) {
                throw new InvalidPropertyValueException(
                        prefix + "host", host, "the name of a host", "proxy.example.org");
            }
            PropertyRange.between(prefix + "port", port, 1, 65_535, "3128");
            return new ProxySettings(type, host, port, username, password, nonProxyHosts);
        }
    }

    /**
     * When a client connects again after a connection was lost.
     *
     * @param initial The first wait is drawn from zero to this.
     * @param max No wait is longer.
     * @param multiplier How the wait grows with each failure.
     * @param resetAfter A connection that was open so long makes the next wait the first again.
     * @since 0.1.0
     */
    public record Reconnect(
            @DefaultValue("5s") Duration initial,
            @DefaultValue("5m") Duration max,
            @DefaultValue("2") double multiplier,
            @DefaultValue("60s") Duration resetAfter) {

        /** {@return the same for the client} */
        ReconnectPolicy policy(String prefix) {
            PropertyRange.time(prefix + "initial", initial, "5s");
            if (max.compareTo(initial) < 0) {
                throw new InvalidPropertyValueException(
                        prefix + "max", max, "at least " + prefix + "initial", initial.toString());
            }
            if (!(multiplier >= 1)) {
                throw new InvalidPropertyValueException(prefix + "multiplier", multiplier, "at least 1", "2");
            }
            return new ReconnectPolicy(initial, max, multiplier, resetAfter);
        }
    }
}
