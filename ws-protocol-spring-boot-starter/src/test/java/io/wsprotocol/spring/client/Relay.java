package io.wsprotocol.spring.client;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a free port that answers each connection with one script: a proxy, a redirect, silence. Thread-safe. */
final class Relay implements AutoCloseable {

    private final ServerSocket server;
    private final Script script;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What is done with a connection. */
    @FunctionalInterface
    interface Script {
        void run(Relay relay, Socket client) throws IOException;
    }

    private Relay(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    private Relay(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        start(this::accept);
    }

    /** An HTTP proxy that wants these credentials, null for none. */
    static Relay httpProxy(String authorization, int port) throws IOException {
        return new Relay((relay, client) -> {
            String head = relay.head(client.getInputStream());
            boolean known = authorization == null || head.contains("Proxy-Authorization: " + authorization + "\r\n");
            if (!head.startsWith("CONNECT ") || !known) {
                answer(client, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                client.close();
                return;
            }
            answer(client, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
            relay.connect(client, port);
        });
    }

    /** A SOCKS 5 proxy without authentication (RFC 1928). */
    static Relay socksProxy(int port) throws IOException {
        return new Relay((relay, client) -> {
            DataInputStream in = new DataInputStream(client.getInputStream());
            in.readUnsignedByte();
            in.skipNBytes(in.readUnsignedByte());
            client.getOutputStream().write(new byte[] {5, 0});
            in.skipNBytes(3);
            int type = in.readUnsignedByte();
            byte[] address = new byte[type == 1 ? 4 : type == 4 ? 16 : in.readUnsignedByte()];
            in.readFully(address);
            relay.heads.add((type == 3 ? "name " : "address ") + new String(address, StandardCharsets.ISO_8859_1));
            in.readUnsignedShort();
            client.getOutputStream().write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 80});
            relay.connect(client, port);
        });
    }

    /** Answers every request with these words and closes. */
    static Relay answering(String answer) throws IOException {
        return new Relay((relay, client) -> relay.answerAndClose(client, answer));
    }

    /** The same on a socket of the caller's. */
    static Relay answering(ServerSocket server, String answer) {
        return new Relay(server, (relay, client) -> relay.answerAndClose(client, answer));
    }

    /** Does what the script says. */
    static Relay running(Script script) throws IOException {
        return new Relay(script);
    }

    /** Accepts, and says nothing until the client ends. */
    static Relay silent() throws IOException {
        return new Relay((relay, client) -> {
            try (client) {
                relay.head(client.getInputStream());
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        });
    }

    /** Passes everything on. */
    static Relay to(int port) throws IOException {
        return new Relay((relay, client) -> relay.connect(client, port));
    }

    int port() {
        return server.getLocalPort();
    }

    /** The heads of requests so far. */
    List<String> heads() {
        return heads;
    }

    /** Whether there were connections, and all have ended. */
    boolean ended() {
        return !open.isEmpty() && open.stream().allMatch(Socket::isClosed);
    }

    /** Cuts all connections. */
    void cut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            open.add(client);
            start(() -> script.run(this, client));
        }
    }

    void answerAndClose(Socket client, String answer) throws IOException {
        head(client.getInputStream());
        answer(client, answer);
        client.close();
    }

    private void connect(Socket client, int port) throws IOException {
        Socket target = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(target);
        start(() -> copy(target, client));
        copy(client, target);
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        }
    }

    private String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            head.write(b);
        }
        heads.add(head.toString(StandardCharsets.ISO_8859_1));
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void answer(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private interface Task {
        void run() throws IOException;
    }

    /** Ends of sockets are how tests end these threads. */
    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException expected) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
