package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.client.ClientSettings;
import io.wsprotocol.spring.client.WebSocketClientFactory.NamedClient;
import io.wsprotocol.spring.client.WsProtocolWebSocketClient;
import io.wsprotocol.spring.server.SessionSettings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Makes clients out of what the configuration says about them, and checks it. */
final class WebSocketClientsMapper {

    private final BiFunction<SessionSettings, ClientSettings, WsProtocolWebSocketClient> clients;
    private final BiFunction<String, String, SessionSettings> profiles;
    private final Function<String, Supplier<SSLContext>> bundles;
    private final SessionSettings general;
    private final Supplier<SSLContext> defaultTls;

    /**
     * @param clients makes one
     * @param profiles finds the profile of a name, which a property key asks for
     * @param bundles finds the SSL bundle of a name
     * @param general the settings of clients without a profile
     * @param defaultTls the TLS of clients without a bundle
     */
    WebSocketClientsMapper(
            BiFunction<SessionSettings, ClientSettings, WsProtocolWebSocketClient> clients,
            BiFunction<String, String, SessionSettings> profiles,
            Function<String, Supplier<SSLContext>> bundles,
            SessionSettings general,
            Supplier<SSLContext> defaultTls) {
        this.clients = clients;
        this.profiles = profiles;
        this.bundles = bundles;
        this.general = general;
        this.defaultTls = defaultTls;
    }

    Map<String, NamedClient> map(Map<String, ClientProperties> properties) {
        Map<String, NamedClient> named = new LinkedHashMap<>();
        properties.forEach((name, client) -> named.put(name, client("ws-protocol.client." + name + ".", client)));
        return named;
    }

    private NamedClient client(String prefix, ClientProperties properties) {
        requireUrl(prefix, properties.url());
        PropertyRange.time(prefix + "connect-timeout", properties.connectTimeout(), "5s");
        PropertyRange.time(prefix + "handshake-timeout", properties.handshakeTimeout(), "10s");
        PropertyRange.between(
                prefix + "max-redirects", properties.maxRedirects(), 0, ClientSettings.MOST_REDIRECTS, "5");
        String profile = properties.profile();
        String bundle = properties.ssl().bundle();
        ClientProperties.Proxy proxy = properties.proxy();
        ClientSettings reach = new ClientSettings(
                properties.connectTimeout(),
                properties.handshakeTimeout(),
                properties.maxRedirects(),
                proxy == null ? null : proxy.settings(prefix + "proxy."),
                bundle == null ? defaultTls : bundles.apply(bundle));
        SessionSettings settings = profile == null ? general : profiles.apply(prefix + "profile", profile);
        return new NamedClient(
                properties.url(),
                clients.apply(settings, reach).with(properties.headers(), properties.subProtocols()),
                properties.reconnect().policy(prefix + "reconnect."));
    }

    private static void requireUrl(String prefix, URI url) {
        boolean ok = url != null
                && url.getHost() != null
                && url.getFragment() == null
                && ("ws".equalsIgnoreCase(url.getScheme()) || "wss".equalsIgnoreCase(url.getScheme()));
        if (!ok) {
            throw new InvalidPropertyValueException(
                    prefix + "url",
                    url,
                    "a ws:// or wss:// URL without a fragment (RFC 6455 §3)",
                    "wss://example.org/ws");
        }
    }
}
