package io.wsprotocol.spring.test;

import io.wsprotocol.http.AcceptKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;

/**
 * An opening handshake (RFC 6455 §4.1) to be sent, right unless a test makes it wrong. Not thread-safe.
 *
 * <pre>{@code
 * FrameClient chat = sockets.handshake("/chat").header("Sec-WebSocket-Protocol", "v1").open();
 * assertThat(sockets.handshake("/chat").origin("https://evil.example").refused().status()).isEqualTo(403);
 * assertThat(sockets.handshake("/chat").without("Sec-WebSocket-Key").refused().status()).isEqualTo(400);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Handshake {

    /** The key of RFC 6455 §1.3: nobody has to guess the answer to it. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final int MOST_HEAD_BYTES = 64 * 1024;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final ByteLink.Opener opener;
    private final String target;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String method = "GET";

    /**
     * Begins one.
     *
     * @param opener where it goes
     * @param target path and query
     * @param authority host and port
     */
    Handshake(ByteLink.Opener opener, String target, String authority) {
        this.opener = opener;
        this.target = target;
        headers.put("Host", authority);
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Key", KEY);
        headers.put("Sec-WebSocket-Version", "13");
    }

    /**
     * Sets a header, in place of one of that name.
     *
     * @param name any case
     * @param value sent as it is
     * @return this
     */
    public Handshake header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /**
     * Leaves a header out.
     *
     * @param name any case
     * @return this
     */
    public Handshake without(String name) {
        headers.remove(name);
        return this;
    }

    /**
     * Comes from a page, as browsers do.
     *
     * @param origin such as {@code https://example.org}
     * @return this
     */
    public Handshake origin(String origin) {
        return header("Origin", origin);
    }

    /**
     * Uses another method than GET.
     *
     * @param name of the method
     * @return this
     */
    public Handshake method(String name) {
        method = name;
        return this;
    }

    /**
     * {@return a client whose connection is open}
     *
     * @throws AssertionError when the server refuses, or its answer breaks a rule
     * @throws UncheckedIOException when it cannot be reached
     */
    public FrameClient open() {
        Answered answered = send();
        HandshakeResponse response = answered.response;
        if (response.status() != SWITCHING_PROTOCOLS) {
            throw new AssertionError("the handshake was refused with " + response.status());
        }
        // RFC 6455 §4.1
        String accept = response.headers().getFirst("Sec-WebSocket-Accept");
        String key = headers.get("Sec-WebSocket-Key");
        if (key == null || accept == null || !AcceptKey.matches(key, accept)) {
            throw new AssertionError("the server accepted without the answer to the key, but with: " + accept);
        }
        return new FrameClient(answered.link, response);
    }

    /**
     * {@return the answer of a server that refuses}
     *
     * @throws AssertionError when it accepts
     * @throws UncheckedIOException when it cannot be reached
     */
    public HandshakeResponse refused() {
        Answered answered = send();
        try {
            answered.link.close(FrameClient.PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (answered.response.status() == SWITCHING_PROTOCOLS) {
            throw new AssertionError("the handshake was accepted");
        }
        return answered.response;
    }

    private Answered send() {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        try {
            ByteLink link = opener.open(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            return new Answered(link, read(link));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Byte by byte: what follows the head is the connection's. */
    private static HandshakeResponse read(ByteLink link) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        byte[] next = new byte[1];
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            if (link.read(next, FrameClient.PATIENCE) < 0 || head.size() == MOST_HEAD_BYTES) {
                throw new IOException("the server did not answer the handshake");
            }
            head.write(next[0]);
        }
        List<String> lines = head.toString(StandardCharsets.ISO_8859_1).lines().toList();
        HttpHeaders headers = new HttpHeaders();
        for (String line : lines.subList(1, lines.size() - 1)) {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        // RFC 9112 §4: "HTTP/1.1", a blank, three digits.
        return new HandshakeResponse(Integer.parseInt(lines.get(0).substring(9, 12)), headers);
    }

    /** A handshake that was answered. */
    private record Answered(ByteLink link, HandshakeResponse response) {}
}
