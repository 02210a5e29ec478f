package io.wsprotocol.spring.client;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.driver.ClientUpgrade;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.http.WebSocketUri;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Opening handshakes of clients over sockets, redirects included. Blocks; thread-safe.
 */
final class SocketHandshake implements ClientConnector {

    private static final int ANSWER_BYTES = 8 * 1024;

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /* All that another origin gets to see: what else may be a credential or a trace, under whatever name, is between us and the first. */
    private static final List<String> FOR_ANY_ORIGIN = List.of("Accept-Language", "Origin", "User-Agent");

    /* To a server, all clients of this JVM are one. */
    private static final ConnectGate GATE = new ConnectGate();

    private final WebSocketHandleFactory handles;
    private final SocketConnector connector;
    private final int maxRedirects;
    private final PlainConnectionWarning warning = new PlainConnectionWarning();

    /**
     * Makes one.
     *
     * @param handles makes the handle of each connection
     * @param settings how servers are reached
     */
    SocketHandshake(WebSocketHandleFactory handles, ClientSettings settings) {
        this.handles = Objects.requireNonNull(handles, "handles");
        this.connector = new SocketConnector(settings);
        this.maxRedirects = settings.maxRedirects();
    }

    /** {@return headers, as a configuration has them} */
    static List<HttpHeader> headers(Map<String, String> configured) {
        return configured.entrySet().stream()
                .map(header -> new HttpHeader(header.getKey(), header.getValue()))
                .toList();
    }

    @Override
    public Opened open(
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options,
            ConnectAttempt attempt)
            throws IOException {
        URI at = uri;
        List<HttpHeader> sent = headers;
        for (int redirects = 0; ; redirects++) {
            ClientHandle handle = handles.createClientHandle(options);
            ClientUpgrade upgrade = begun(handle, at, subprotocols, sent, options);
            try {
                InetSocketAddress remote = connector.remote(upgrade.host(), upgrade.port());
                warning.check(uri, upgrade.secure(), remote, sent);
                return shaken(at, remote, handle, upgrade, attempt);
            } catch (WebSocketHandshakeException e) {
                String location = redirects < maxRedirects ? locationOf(upgrade) : null;
                if (location == null) {
                    throw e;
                }
                URI next = follow(at, location);
                sent = sameOrigin(at, next) ? sent : anybodysBusiness(sent);
                at = next;
            }
        }
    }

    private static ClientUpgrade begun(
            ClientHandle handle,
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options) {
        try {
            return new ClientUpgrade(handle, uri.toString(), options, subprotocols, headers);
        } catch (IllegalArgumentException e) {
            handle.close();
            throw e;
        }
    }

    private Opened shaken(
            URI uri, InetSocketAddress remote, ClientHandle handle, ClientUpgrade upgrade, ConnectAttempt attempt)
            throws IOException {
        SocketConnector.Connected socket = null;
        boolean entered = false;
        boolean opened = false;
        try {
            GATE.enter(remote);
            entered = true;
            socket = connector.connect(remote, upgrade.host(), upgrade.port(), upgrade.secure(), attempt);
            ByteBuffer first = exchange(socket, upgrade);
            socket.tcp().setSoTimeout(0);
            opened = true;
            return new Opened(
                    uri,
                    handle,
                    upgrade.result(),
                    upgrade.compression(),
                    upgrade.responseHeaders(),
                    new SocketLink(socket, first));
        } finally {
            if (!opened) {
                handle.close();
                if (socket != null) {
                    socket.tcp().close();
                }
            }
            if (entered) {
                GATE.leave(remote);
            }
        }
    }

    private static ByteBuffer exchange(SocketConnector.Connected socket, ClientUpgrade upgrade) throws IOException {
        ByteBuffer request = upgrade.request();
        byte[] head = new byte[request.remaining()];
        request.get(head);
        socket.stream().getOutputStream().write(head);
        socket.stream().getOutputStream().flush();
        byte[] answer = new byte[ANSWER_BYTES];
        ByteBuffer in;
        do {
            socket.limitRead();
            int bytes = socket.stream().getInputStream().read(answer);
            if (bytes < 0) {
                throw new EOFException("the server closed the connection instead of answering the handshake");
            }
            in = ByteBuffer.wrap(answer, 0, bytes);
        } while (!upgrade.accept(in));
        return in;
    }

    private static @Nullable String locationOf(ClientUpgrade upgrade) {
        if (!REDIRECTS.contains(upgrade.status())) {
            return null;
        }
        for (HttpHeader header : upgrade.responseHeaders()) {
            if (header.is("Location")) {
                return header.value();
            }
        }
        return null;
    }

    private static URI follow(URI from, String location) throws IOException {
        URI next;
        try {
            next = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException("the server redirects to what is no URL", e);
        }
        String scheme = next.getScheme() == null ? "" : next.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("wss") || scheme.equals("https");
        boolean plain = scheme.equals("ws") || scheme.equals("http");
        if (next.getRawAuthority() == null || !(secure || plain)) {
            throw new IOException("the server redirects to what is no WebSocket URL");
        }
        if (plain && isSecure(from)) {
            throw new IOException("the server redirects from wss to ws, which would give TLS up");
        }
        String path = next.getRawPath() == null ? "" : next.getRawPath();
        String query = next.getRawQuery() == null ? "" : "?" + next.getRawQuery();
        return requireWebSocket(URI.create((secure ? "wss://" : "ws://") + next.getRawAuthority() + path + query));
    }

    private static URI requireWebSocket(URI uri) throws IOException {
        try {
            WebSocketUri unused = WebSocketUri.parse(uri.toString());
            return uri;
        } catch (IllegalArgumentException e) {
            throw new IOException("the server redirects to what is no WebSocket URL", e);
        }
    }

    /** As the handshake reads them: to {@code java.net.URI}, a name with an underscore is no host, and all those look alike. */
    private static boolean sameOrigin(URI one, URI other) {
        WebSocketUri a = WebSocketUri.parse(one.toString());
        WebSocketUri b = WebSocketUri.parse(other.toString());
        return a.secure() == b.secure() && a.host().equals(b.host()) && a.port() == b.port();
    }

    private static boolean isSecure(URI uri) {
        return "wss".equalsIgnoreCase(uri.getScheme());
    }

    private static List<HttpHeader> anybodysBusiness(List<HttpHeader> headers) {
        return headers.stream()
                .filter(header -> FOR_ANY_ORIGIN.stream().anyMatch(header::is))
                .toList();
    }

    /** A connected socket. */
    private record SocketLink(SocketConnector.Connected socket, ByteBuffer first) implements Link {

        @Override
        public InetSocketAddress localAddress() {
            return (InetSocketAddress) socket.tcp().getLocalSocketAddress();
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return (InetSocketAddress) socket.tcp().getRemoteSocketAddress();
        }

        @Override
        public void start(ShellStarter starter, Executor threads) throws IOException {
            StreamTransport transport = new StreamTransport(socket.tcp(), socket.stream(), first, threads);
            transport.start(starter.start(transport));
        }

        @Override
        public void close() throws IOException {
            socket.tcp().close();
        }
    }
}
