package io.wsprotocol.spring.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Opens sockets to servers: TCP, a proxy where one is set, TLS where the URL wants it. Thread-safe. */
final class SocketConnector {

    private static final int MOST_PROXY_HEAD_BYTES = 8 * 1024;

    private final ClientSettings settings;

    /**
     * An open socket. Not thread-safe.
     *
     * @param tcp what to close to end it at once
     * @param stream what to read and write: the TLS socket where there is one, otherwise the same
     * @param deadline when the handshake must be over, by {@link System#nanoTime}
     */
    record Connected(Socket tcp, Socket stream, long deadline) {

        /** Lets no read take longer than what is left of the handshake's time. */
        void limitRead() throws IOException {
            limit(tcp, deadline);
        }
    }

    SocketConnector(ClientSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * {@return where a URL leads to, resolved unless a proxy does that or nobody can}
     *
     * @param host of the URL
     * @param port of the URL
     */
    InetSocketAddress remote(String host, int port) {
        // RFC 6455 §4.1: the proxy looks the name up.
        return proxyFor(host) == null
                ? new InetSocketAddress(host, port)
                : InetSocketAddress.createUnresolved(host, port);
    }

    /**
     * {@return a socket to a server, with nothing written to it yet}
     *
     * @param remote as {@link #remote} says for host and port
     * @param host of the URL
     * @param port of the URL
     * @param secure whether the URL's scheme is {@code wss}
     * @param attempt what the socket is for
     * @throws IOException when it cannot be reached, or not in time, or is given up, or is not who it should be
     */
    Connected connect(InetSocketAddress remote, String host, int port, boolean secure, ConnectAttempt attempt)
            throws IOException {
        ProxySettings proxy = proxyFor(host);
        Socket tcp = tcp(proxy, remote, attempt);
        try {
            tcp.setTcpNoDelay(true);
            long deadline = System.nanoTime() + settings.handshakeTimeout().toNanos();
            limit(tcp, deadline);
            if (proxy != null && proxy.type() == ProxySettings.Type.HTTP) {
                tunnel(tcp, proxy, host, port, deadline);
            }
            return new Connected(tcp, secure ? tls(tcp, host, port) : tcp, deadline);
        } catch (IOException | RuntimeException | Error e) {
            tcp.close();
            throw e;
        }
    }

    private @Nullable ProxySettings proxyFor(String host) {
        ProxySettings proxy = settings.proxy();
        return proxy != null && proxy.applies(host) ? proxy : null;
    }

    private Socket tcp(@Nullable ProxySettings proxy, InetSocketAddress remote, ConnectAttempt attempt)
            throws IOException {
        int timeout =
                (int) Math.min(Integer.MAX_VALUE, settings.connectTimeout().toMillis());
        InetSocketAddress target = remote;
        // Without a proxy means without: the JVM's own proxy settings are not ours.
        Proxy through = Proxy.NO_PROXY;
        if (proxy != null && proxy.type() == ProxySettings.Type.HTTP) {
            target = new InetSocketAddress(proxy.host(), proxy.port());
        } else if (proxy != null) {
            through = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(proxy.host(), proxy.port()));
        }
        Socket socket = new Socket(through);
        try {
            attempt.through(socket);
            socket.connect(target, timeout);
            return socket;
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    /** RFC 6455 §4.1 and RFC 9110 §9.3.6: asks the proxy to connect, before TLS and before the handshake. */
    private static void tunnel(Socket tcp, ProxySettings proxy, String host, int port, long deadline)
            throws IOException {
        String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        StringBuilder request = new StringBuilder("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n");
        if (proxy.username() != null) {
            String credentials = proxy.username() + ":" + Objects.requireNonNullElse(proxy.password(), "");
            String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
            request.append("Proxy-Authorization: Basic ").append(basic).append("\r\n");
        }
        tcp.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        int status = statusOf(head(tcp, deadline));
        if (status < 200 || status > 299) {
            throw new IOException(
                    "the proxy " + proxy.host() + ":" + proxy.port() + " answered CONNECT with " + status);
        }
    }

    /** Byte by byte: what follows the head is the server's. */
    private static String head(Socket tcp, long deadline) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = tcp.getInputStream();
        int matched = 0;
        while (matched < 4) {
            limit(tcp, deadline);
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the proxy closed instead of answering");
            }
            if (head.size() == MOST_PROXY_HEAD_BYTES) {
                throw new IOException("the proxy's answer is longer than " + MOST_PROXY_HEAD_BYTES + " bytes");
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static int statusOf(String head) throws IOException {
        boolean http = head.startsWith("HTTP/1.") && head.length() > 12 && head.charAt(8) == ' ';
        int status = 0;
        for (int i = 9; http && i < 12; i++) {
            int digit = head.charAt(i) - '0';
            http = digit >= 0 && digit <= 9;
            status = status * 10 + digit;
        }
        if (!http) {
            throw new IOException("the proxy does not speak HTTP/1.1");
        }
        return status;
    }

    private Socket tls(Socket tcp, String host, int port) throws IOException {
        SSLSocket tls = (SSLSocket) settings.tls().get().getSocketFactory().createSocket(tcp, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        // RFC 6455 §4.1 with RFC 6066 and RFC 2818: SNI is the socket factory's, the certificate must be that host's.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    private static void limit(Socket tcp, long deadline) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis < 1) {
            throw new SocketTimeoutException("the handshake took longer than its timeout");
        }
        tcp.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
    }
}
