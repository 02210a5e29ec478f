package io.wsprotocol.sample;

import io.wsprotocol.fixture.Wire;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A socket that says to the server whatever a test wants, right or wrong. Reads time out after ten seconds. */
final class RawConnection implements AutoCloseable {

    private static final int MASKING_KEY = 0x12345678;
    private static final int NARROW_BYTES = 64 * 1024;

    private final Socket socket;
    private final DataInputStream in;

    RawConnection(int port) throws IOException {
        this(port, 0);
    }

    private RawConnection(int port, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(new InetSocketAddress("localhost", port));
        socket.setSoTimeout(10_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connects and completes the opening handshake. */
    static RawConnection open(int port, String path) throws IOException {
        return new RawConnection(port).upgraded(port, path);
    }

    /** The same over a socket that keeps little of what is not read, where the kernel would let it grow to tens of megabytes. */
    static RawConnection openNarrow(int port, String path) throws IOException {
        return new RawConnection(port, NARROW_BYTES).upgraded(port, path);
    }

    private RawConnection upgraded(int port, String path) throws IOException {
        send(new Upgrade(port, path).text());
        Response response = response();
        if (response.status() != 101) {
            throw new AssertionError("Not upgraded: " + response.status());
        }
        return this;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a masked frame; the first byte is given as it shall stand on the wire. */
    void sendFrame(int firstByte, byte... payload) throws IOException {
        send(Wire.beginning(firstByte, payload).masked(MASKING_KEY).bytes());
    }

    /** Reads the head of an HTTP response. */
    Response response() throws IOException {
        String[] status = line().split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        return new Response(Integer.parseInt(status[1]), headers);
    }

    /** Reads one frame, which a server must not mask. */
    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second;
        if (second == 126) {
            length = in.readUnsignedShort();
        } else if (second == 127) {
            length = in.readLong();
        } else if (second > 127) {
            throw new AssertionError("The server masks");
        }
        return new Frame(first, in.readNBytes(Math.toIntExact(length)));
    }

    /** Everything up to the end of the stream, as frames. */
    List<Frame> framesUntilEnd() throws IOException {
        List<Frame> frames = new ArrayList<>();
        while (!atEnd()) {
            frames.add(frame());
        }
        return frames;
    }

    /** Reads away what is left and returns when the server has ended the connection. */
    void awaitEnd() throws IOException {
        in.readAllBytes();
    }

    /** Ends the connection without a word. */
    void drop() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        drop();
    }

    private boolean atEnd() throws IOException {
        in.mark(1);
        int next = in.read();
        in.reset();
        return next < 0;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Head of a response; header names in lower case. */
    record Response(int status, Map<String, String> headers) {}

    /** One frame of the server: first header byte and payload. */
    record Frame(int firstByte, byte[] payload) {

        boolean isClose() {
            return firstByte == 0x88;
        }

        int closeStatus() {
            return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Frame that && firstByte == that.firstByte && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(payload);
        }

        @Override
        public String toString() {
            return "frame 0x%02x of %d B".formatted(firstByte, payload.length);
        }
    }

    /** An upgrade request that is right until a test spoils it. */
    static final class Upgrade {

        private final Map<String, String> headers = new LinkedHashMap<>();
        private final String path;
        private String method = "GET";
        private String version = "HTTP/1.1";

        Upgrade(int port, String path) {
            this.path = path;
            headers.put("Host", "localhost:" + port);
            headers.put("Upgrade", "websocket");
            headers.put("Connection", "Upgrade");
            headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
            headers.put("Sec-WebSocket-Version", "13");
        }

        Upgrade method(String value) {
            method = value;
            return this;
        }

        Upgrade version(String value) {
            version = value;
            return this;
        }

        Upgrade with(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Upgrade without(String name) {
            headers.remove(name);
            return this;
        }

        String text() {
            StringBuilder text = new StringBuilder(method + " " + path + " " + version + "\r\n");
            headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
            return text.append("\r\n").toString();
        }
    }
}
