package io.wsprotocol.spring.client.observation;

import io.micrometer.observation.transport.SenderContext;
import io.wsprotocol.HttpHeader;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One opening handshake of a client under observation. Its carrier is the headers of the request, to which tracing adds its own. Confined to
 * the thread that connects.
 *
 * @since 0.1.0
 */
public final class ClientHandshakeContext extends SenderContext<List<HttpHeader>> {

    private final String clientName;
    private final URI uri;
    private boolean accepted;

    /**
     * Makes one.
     *
     * @param clientName of the client under {@code ws-protocol.client}, or {@code none}
     * @param uri that the client connects to
     * @param headers of the request; copied
     */
    public ClientHandshakeContext(String clientName, URI uri, List<HttpHeader> headers) {
        super(ClientHandshakeContext::set);
        this.clientName = Objects.requireNonNull(clientName, "clientName");
        this.uri = Objects.requireNonNull(uri, "uri");
        setCarrier(new ArrayList<>(headers));
        String host = uri.getHost();
        if (host != null) {
            setRemoteServiceName(host);
        }
    }

    /** In place of one of the same name: a trace has one parent. */
    private static void set(@Nullable List<HttpHeader> headers, String name, String value) {
        if (headers != null) {
            headers.removeIf(header -> header.is(name));
            headers.add(new HttpHeader(name, value));
        }
    }

    /** {@return the name of the client under {@code ws-protocol.client}, or {@code none}} */
    public String clientName() {
        return clientName;
    }

    /** {@return what the client connects to; redirects do not change it} */
    public URI uri() {
        return uri;
    }

    /** {@return the headers of the request, with what tracing added} */
    public List<HttpHeader> headers() {
        return List.copyOf(Objects.requireNonNull(getCarrier(), "carrier"));
    }

    /** {@return whether the server accepted} */
    public boolean accepted() {
        return accepted;
    }

    /** The server accepted. */
    void accept() {
        accepted = true;
    }
}
