package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.client.ClientSettings;
import io.wsprotocol.spring.client.ReconnectPolicy;
import io.wsprotocol.spring.server.SessionSettings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.NoSuchSslBundleException;

/** Finds out what the configuration says about clients, and checks it. */
final class WebSocketClientsMapper {

    private final BiFunction<String, String, SessionSettings> profiles;
    private final Function<String, Supplier<SSLContext>> bundles;
    private final SessionSettings general;

    /**
     * What one client is made of. Immutable.
     *
     * @param name of the client
     * @param url where it connects to
     * @param settings what its sessions get
     * @param reach how it reaches its server
     * @param properties the rest
     * @param reconnect when it comes back
     */
    record Plan(
            String name,
            URI url,
            SessionSettings settings,
            ClientSettings reach,
            ClientProperties properties,
            ReconnectPolicy reconnect) {}

    /**
     * @param profiles finds the profile of a name, which a property key asks for
     * @param bundles finds the SSL bundle of a name
     * @param general the settings of clients without a profile
     */
    WebSocketClientsMapper(
            BiFunction<String, String, SessionSettings> profiles,
            Function<String, Supplier<SSLContext>> bundles,
            SessionSettings general) {
        this.profiles = profiles;
        this.bundles = bundles;
        this.general = general;
    }

    /** {@return what {@code make} makes of each client} */
    <T> Map<String, T> map(Map<String, ClientProperties> properties, Function<Plan, T> make) {
        Map<String, T> named = new LinkedHashMap<>();
        properties.forEach((name, client) -> named.put(name, make.apply(plan(name, client))));
        return named;
    }

    private Plan plan(String name, ClientProperties properties) {
        String prefix = "ws-protocol.client." + name + ".";
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
                bundle == null ? ClientTls::jdk : bundle(prefix + "ssl.bundle", bundle));
        return new Plan(
                name,
                properties.url(),
                profile == null ? general : profiles.apply(prefix + "profile", profile),
                reach,
                properties,
                properties.reconnect().policy(prefix + "reconnect."));
    }

    private Supplier<SSLContext> bundle(String key, String name) {
        try {
            return bundles.apply(name);
        } catch (NoSuchSslBundleException e) {
            throw new InvalidPropertyValueException(
                    key,
                    name,
                    "the name of a bundle under spring.ssl.bundle, where there is none of that name",
                    "spring.ssl.bundle.pem." + name + ".truststore.certificate",
                    "classpath:ca.pem");
        }
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
