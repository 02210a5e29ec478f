package io.wsprotocol.spring.server;

import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** A client that is only a socket, or a stream of HTTP/2: it can be as wrong, as slow and as rude as a test wants. Not thread-safe. */
public final class RawClient implements Closeable {

    public static final int TEXT = 0x81;
    public static final int BINARY = 0x82;
    public static final int CLOSE = 0x88;
    public static final int PING = 0x89;
    public static final int PONG = 0x8A;
    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int TIMEOUT_MILLIS = 20_000;

    private final @Nullable Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Closeable end;

    /** A frame as it arrived. */
    public record Frame(int header, byte[] payload) {

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public int closeStatus() {
            return payload.length == 0 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }
    }

    public RawClient(SocketFactory factory, int port, int receiveBufferBytes) throws IOException {
        socket = factory.createSocket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        end = socket;
    }

    /** A client whose handshake is done. */
    RawClient(InputStream in, OutputStream out, Closeable end) {
        this.socket = null;
        this.in = new DataInputStream(in);
        this.out = out;
        this.end = end;
    }

    /** Connects and shakes hands. */
    public static RawClient open(int port, String path) throws IOException {
        RawClient client = new RawClient(SocketFactory.getDefault(), port, 0);
        client.shakeHands(path);
        return client;
    }

    public static String request(String path, String... more) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n"
                + String.join("", more) + "\r\n";
    }

    public String shakeHands(String path, String... more) throws IOException {
        write(request(path, more).getBytes(StandardCharsets.ISO_8859_1));
        String head = readHead();
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new IOException("not upgraded: " + head);
        }
        return head;
    }

    public Socket socket() {
        return Objects.requireNonNull(socket, "this client has no socket of its own");
    }

    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public void send(int header, byte[] payload) throws IOException {
        write(frame(header, payload));
    }

    public void sendText(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public void sendClose(int status) throws IOException {
        send(CLOSE, new byte[] {(byte) (status >> 8), (byte) status});
    }

    /** A masked frame. */
    public static byte[] frame(int header, byte[] payload) {
        return Wire.beginning(header, payload)
                .masked(ThreadLocalRandom.current().nextInt())
                .bytes();
    }

    public String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ended = 0;
        while (ended < 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("end within the response's head: " + head);
            }
            head.write(b);
            ended = b == "\r\n\r\n".charAt(ended) ? ended + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** The next frame. */
    public Frame read() throws IOException {
        int header = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length > 127) {
            throw new IOException("a server must not mask (RFC 6455 §5.1)");
        }
        long bytes = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
        byte[] payload = new byte[Math.toIntExact(bytes)];
        in.readFully(payload);
        return new Frame(header, payload);
    }

    /** Reads whole messages, whatever their frames. */
    public Frame readMessage() throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        Frame frame = read();
        int header = frame.header() | 0x80;
        payload.write(frame.payload());
        while ((frame.header() & 0x80) == 0) {
            frame = read();
            payload.write(frame.payload());
        }
        return new Frame(header, payload.toByteArray());
    }

    /** Whether the server ended its bytes. */
    public boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
