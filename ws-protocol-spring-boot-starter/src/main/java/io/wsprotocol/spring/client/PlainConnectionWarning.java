package io.wsprotocol.spring.client;

import io.wsprotocol.HttpHeader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Says once that connections of a client leave this machine without TLS (RFC 6455 §10.6). Thread-safe. */
final class PlainConnectionWarning {

    private static final Log LOG = LogFactory.getLog(PlainConnectionWarning.class);

    /* What is meant for one origin and no other. */
    private static final List<String> CREDENTIALS = List.of("Authorization", "Cookie", "Proxy-Authorization");

    private final AtomicBoolean said = new AtomicBoolean();

    /** {@return whether a header says who asks} */
    private static boolean isCredential(HttpHeader header) {
        return CREDENTIALS.stream().anyMatch(header::is);
    }

    /**
     * Looks at a connection that is about to be opened.
     *
     * @param asked the URL that the application named, not one that a server redirected to: it goes into the log
     * @param secure whether there is TLS
     * @param remote where it goes
     * @param headers of the request
     */
    void check(URI asked, boolean secure, InetSocketAddress remote, List<HttpHeader> headers) {
        if (!secure && !isLoopback(remote) && said.compareAndSet(false, true)) {
            boolean credentials = headers.stream().anyMatch(PlainConnectionWarning::isCredential);
            LOG.warn("The client of " + asked.getRawAuthority()
                    + " has no TLS (ws://): whoever is on the way reads and changes "
                    + (credentials ? "its messages and the credentials in its headers" : "its messages")
                    + "; wss:// prevents that (said once)");
        }
    }

    private static boolean isLoopback(InetSocketAddress remote) {
        return remote.isUnresolved()
                ? remote.getHostString().equalsIgnoreCase("localhost")
                : remote.getAddress().isLoopbackAddress();
    }
}
