package io.wsprotocol.spring.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;

/** A link over a real socket. Not thread-safe. */
final class SocketLink implements ByteLink {

    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket;

    private SocketLink(Socket socket) {
        this.socket = socket;
    }

    /** {@return a link to the server of a URL, {@code ws} or {@code wss}} */
    static ByteLink open(URI url, byte[] head) throws IOException {
        boolean secure = "wss".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() < 0 ? (secure ? 443 : 80) : url.getPort();
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(url.getHost(), port), CONNECT_MILLIS);
            Socket stream = secure
                    ? ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(socket, url.getHost(), port, true)
                    : socket;
            stream.getOutputStream().write(head);
            return new SocketLink(stream);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] target, Duration patience) throws IOException {
        socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
        return socket.getInputStream().read(target);
    }

    @Override
    public void write(byte[] bytes, Duration patience) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Nobody tells when a server has read. */
    @Override
    public void settle(Duration patience) {}

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close(Duration patience) throws IOException {
        socket.close();
    }
}
