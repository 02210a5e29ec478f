package io.wsprotocol.driver;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.http.HeadException;
import io.wsprotocol.http.HeadReader;
import io.wsprotocol.http.HeadWriter;
import io.wsprotocol.http.WebSocketUri;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an HTTP/1.1 upgrade, for transports without an HTTP stack: bytes of the request out, bytes of the answer in. Up to
 * eight interim answers are skipped (RFC 6455 §4.1 with RFC 9110 §15.2); heads are limited to 8 KiB, 64 fields and 4 KiB per line (L-13).
 * Redirects and authentication are the caller's, with {@link #status()} and {@link #responseHeaders()}.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ClientUpgrade {

    private static final int MOST_INTERIM = 8;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;

    private final ClientHandle handle;
    private final WebSocketUri uri;
    private final byte[] request;
    private final @Nullable DeflateOptions offered;
    private HeadReader reader = newReader();
    private int interim;
    private int status;
    private List<HttpHeader> responseHeaders = List.of();
    private @Nullable HandshakeResult result;
    private @Nullable DeflateParameters compression;
    private @Nullable WebSocketHandshakeException failure;

    /**
     * Makes an upgrade of one connection and begins the handshake of the handle.
     *
     * @param handle a new handle
     * @param url {@code ws} or {@code wss} URL (RFC 6455 §3)
     * @param subprotocols offered, most wanted first
     * @param extra further headers, such as {@code Origin} or {@code Authorization}
     * @throws IllegalArgumentException when the URL, an offer or a header cannot be sent; nothing has been sent
     */
    public ClientUpgrade(ClientHandle handle, String url, List<String> subprotocols, List<HttpHeader> extra) {
        this(handle, url, subprotocols, List.of(), extra);
    }

    /**
     * Makes an upgrade of one connection that offers extensions, and begins the handshake of the handle.
     *
     * @param handle a new handle
     * @param url {@code ws} or {@code wss} URL (RFC 6455 §3)
     * @param subprotocols offered, most wanted first
     * @param extensions offered, one with its parameters in each entry
     * @param extra further headers
     * @throws IllegalArgumentException when the URL, an offer or a header cannot be sent; nothing has been sent
     */
    public ClientUpgrade(
            ClientHandle handle,
            String url,
            List<String> subprotocols,
            List<String> extensions,
            List<HttpHeader> extra) {
        this(handle, url, null, subprotocols, extensions, extra);
    }

    /**
     * Makes an upgrade of one connection that offers compression where its options want it, and begins the handshake of the handle.
     *
     * @param handle a new handle
     * @param url {@code ws} or {@code wss} URL (RFC 6455 §3)
     * @param options those of the connection; they say whether compression is offered, see {@link #compression()}
     * @param subprotocols offered, most wanted first
     * @param extra further headers
     * @throws IllegalArgumentException when the URL, an offer or a header cannot be sent; nothing has been sent
     */
    public ClientUpgrade(
            ClientHandle handle,
            String url,
            ConnectionOptions options,
            List<String> subprotocols,
            List<HttpHeader> extra) {
        this(handle, url, options.compression(), subprotocols, offers(options.compression()), extra);
    }

    private ClientUpgrade(
            ClientHandle handle,
            String url,
            @Nullable DeflateOptions offered,
            List<String> subprotocols,
            List<String> extensions,
            List<HttpHeader> extra) {
        this.handle = Objects.requireNonNull(handle, "handle");
        this.offered = offered;
        this.uri = WebSocketUri.parse(url);
        for (HttpHeader header : extra) {
            requireFree(header);
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("Host", uri.hostHeader()));
        for (HttpHeader header : handle.beginHandshake(subprotocols, extensions, extra)) {
            fields.add(Map.entry(header.name(), header.value()));
        }
        for (HttpHeader header : extra) {
            fields.add(Map.entry(header.name(), header.value()));
        }
        this.request = HeadWriter.request("GET", uri.resourceName(), fields);
    }

    private static List<String> offers(@Nullable DeflateOptions compression) {
        return compression == null ? List.of() : List.of(DeflateNegotiation.offer(compression));
    }

    /** RFC 6455 §4.1: what stands once in a request whose head is made here; the rest that is not free the handle knows. */
    private static void requireFree(HttpHeader header) {
        for (String name : List.of("Host", "Upgrade", "Connection")) {
            if (header.is(name)) {
                throw new IllegalArgumentException("header " + name + " belongs to the handshake");
            }
        }
    }

    private static HeadReader newReader() {
        return new HeadReader(HeadReader.Kind.RESPONSE, HeadReader.Limits.DEFAULT);
    }

    /** {@return the request to write, from position to limit; a new buffer each time} */
    public ByteBuffer request() {
        return ByteBuffer.wrap(request).asReadOnlyBuffer();
    }

    /** {@return whether the transport must be TLS} */
    public boolean secure() {
        return uri.secure();
    }

    /** {@return the host to connect to} */
    public String host() {
        return uri.host();
    }

    /** {@return the port to connect to} */
    public int port() {
        return uri.port();
    }

    /**
     * Takes bytes of the answer. Once true, the handle is open and the rest of the buffer is the first frames.
     *
     * @param in bytes, consumed up to the end of the head
     * @return whether the connection may be opened; false when bytes are missing
     * @throws WebSocketHandshakeException when the server refused or broke a rule, the same again on each further call: close the
     *     transport
     */
    public boolean accept(ByteBuffer in) {
        if (failure != null) {
            throw failure;
        }
        try {
            while (result == null) {
                if (!reader.accept(in)) {
                    return false;
                }
                head();
            }
        } catch (HeadException e) {
            failure = failed(Violation.HEAD_MALFORMED, "the answer's head breaks " + e.rule());
            throw failure;
        } catch (WebSocketHandshakeException e) {
            failure = e;
            throw e;
        }
        return true;
    }

    private void head() {
        status = reader.status();
        List<HttpHeader> headers = new ArrayList<>();
        reader.fields((name, value) -> headers.add(new HttpHeader(name, value)));
        responseHeaders = List.copyOf(headers);
        if (reader.minorVersion() < 1) {
            throw failed(Violation.HEAD_MALFORMED, "an answer of HTTP/1.0; expected HTTP/1.1");
        }
        if (status == SWITCHING_PROTOCOLS) {
            selected(handle.endHandshake(responseHeaders));
        } else if (status >= FIRST_FINAL) {
            throw failed(Violation.NOT_SWITCHING_PROTOCOLS, "status " + status + "; expected 101");
        } else if (++interim > MOST_INTERIM) {
            throw failed(Violation.NOT_SWITCHING_PROTOCOLS, "more than " + MOST_INTERIM + " interim answers");
        } else {
            reader = newReader();
        }
    }

    /** RFC 7692 §5.1: an answer that does not fit the offer fails the connection; no Close, as the transport is new and unused. */
    private void selected(HandshakeResult selected) {
        try {
            compression = offered == null ? null : DeflateNegotiation.judge(offered, selected);
            result = selected;
        } catch (WebSocketHandshakeException e) {
            handle.abort();
            throw e;
        }
    }

    private static WebSocketHandshakeException failed(Violation violation, String observed) {
        String message = violation + " (" + violation.id() + ", " + violation.rfc() + "): " + observed;
        return new WebSocketHandshakeException(violation, message, 0, List.of());
    }

    /**
     * {@return what the server selected}
     *
     * @throws IllegalStateException before {@link #accept} was true
     */
    public HandshakeResult result() {
        HandshakeResult selected = result;
        if (selected == null) {
            throw new IllegalStateException("the handshake has not succeeded");
        }
        return selected;
    }

    /** {@return what was agreed about compression, for {@link WebSocketConnection#open}; null for none} */
    public @Nullable DeflateParameters compression() {
        return compression;
    }

    /** {@return the status of the last head read; 0 before there was one} */
    public int status() {
        return status;
    }

    /** {@return all fields of the last head read} */
    public List<HttpHeader> responseHeaders() {
        return responseHeaders;
    }
}
