package io.wsprotocol.spring.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import javax.net.SocketFactory;

/** A client that compresses with the JDK's zlib and nothing of ours, as others do (RFC 7692 §7.2). Not thread-safe. */
public final class DeflatingClient implements Closeable {

    private static final int RSV1 = 0x40;
    private static final int FIN = 0x80;
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final RawClient raw;
    private final String agreed;
    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);
    private boolean lastWasCompressed;

    private DeflatingClient(RawClient raw, String head) {
        this.raw = raw;
        this.agreed = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-extensions:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .reduce("", (a, b) -> a + b);
    }

    /** Connects and offers these extensions. */
    public static DeflatingClient open(int port, String path, String offers) throws IOException {
        RawClient raw = new RawClient(SocketFactory.getDefault(), port, 0);
        return new DeflatingClient(raw, raw.shakeHands(path, "Sec-WebSocket-Extensions: " + offers + "\r\n"));
    }

    /** What the server said about extensions; empty when it said nothing. */
    public String agreed() {
        return agreed;
    }

    RawClient raw() {
        return raw;
    }

    /** Sends a compressed message in frames of so many compressed bytes. */
    void send(int header, byte[] payload, int frameBytes) throws IOException {
        byte[] compressed = deflate(payload);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int at = 0;
        do {
            int end = Math.min(compressed.length, at + frameBytes);
            int first = (at == 0 ? header & 0x0F | RSV1 : 0) | (end == compressed.length ? FIN : 0);
            frames.write(RawClient.frame(first, Arrays.copyOfRange(compressed, at, end)));
            at = end;
        } while (at < compressed.length);
        raw.write(frames.toByteArray());
    }

    /** The next message as it was before compression, if it was compressed. */
    byte[] receive() throws IOException {
        RawClient.Frame message = raw.readMessage();
        lastWasCompressed = (message.header() & RSV1) != 0;
        return lastWasCompressed ? inflate(message.payload()) : message.payload();
    }

    public boolean lastWasCompressed() {
        return lastWasCompressed;
    }

    /** What a compressed message of this content looks like on the wire. */
    byte[] deflate(byte[] payload) {
        if (agreed.contains("client_no_context_takeover")) {
            deflater.reset();
        }
        deflater.setInput(payload);
        byte[] compressed = drained(buffer -> deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH));
        return Arrays.copyOf(compressed, compressed.length - TAIL.length);
    }

    private byte[] inflate(byte[] compressed) throws IOException {
        if (agreed.contains("server_no_context_takeover")) {
            inflater.reset();
        }
        byte[] input = Arrays.copyOf(compressed, compressed.length + TAIL.length);
        System.arraycopy(TAIL, 0, input, compressed.length, TAIL.length);
        inflater.setInput(input);
        try {
            return drained(buffer -> inflater.inflate(buffer));
        } catch (IllegalStateException e) {
            throw new IOException(e);
        }
    }

    /** One step of a coder: fills the buffer, says how far. */
    private interface Coder {
        int step(byte[] buffer) throws DataFormatException;
    }

    private static byte[] drained(Coder coder) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n; (n = coder.step(buffer)) > 0; ) {
                out.write(buffer, 0, n);
            }
        } catch (DataFormatException e) {
            throw new IllegalStateException("the server's message is not DEFLATE", e);
        }
        return out.toByteArray();
    }

    public void sendText(String text) throws IOException {
        send(RawClient.TEXT, text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    public String receiveText() throws IOException {
        return new String(receive(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        deflater.end();
        inflater.end();
        raw.close();
    }
}
