package io.wsprotocol.driver;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.http.FieldSyntax;
import io.wsprotocol.http.HeadException;
import io.wsprotocol.http.HeadReader;
import io.wsprotocol.http.HeadWriter;
import io.wsprotocol.http.HeaderSyntaxException;
import io.wsprotocol.http.TokenList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of an HTTP/1.1 upgrade, for transports without an HTTP stack: bytes of the request in, bytes of the answer out. Every
 * request gets an answer; a refusal says {@code Connection: close}, and the transport is to be closed behind it, so that
 * nothing after a refused request is ever read as another one. Heads are limited to 8 KiB, 64 fields and 4 KiB per line (L-13).
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ServerUpgrade {

    private static final HttpHeader CLOSE = new HttpHeader("Connection", "close");

    private final ServerHandle handle;
    private final UpgradePolicy policy;
    private final ConnectionOptions options;
    private final HeadReader reader = new HeadReader(HeadReader.Kind.REQUEST, HeadReader.Limits.DEFAULT);
    private @Nullable UpgradeRequest request;
    private byte @Nullable [] response;
    private int status;
    private @Nullable String subprotocol;
    private @Nullable DeflateParameters compression;

    /**
     * Makes an upgrade of one connection, without compression.
     *
     * @param handle a new handle; its handshake has begun once {@link #upgraded()} is true
     * @param policy decides about requests of the right form
     */
    public ServerUpgrade(ServerHandle handle, UpgradePolicy policy) {
        this(handle, policy, ConnectionOptions.defaults());
    }

    /**
     * Makes an upgrade of one connection.
     *
     * @param handle a new handle; its handshake has begun once {@link #upgraded()} is true
     * @param policy decides about requests of the right form
     * @param options those of the connection; they say whether compression is accepted when offered, see {@link #compression()}
     */
    public ServerUpgrade(ServerHandle handle, UpgradePolicy policy, ConnectionOptions options) {
        this.handle = Objects.requireNonNull(handle, "handle");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Takes bytes of the request. Once decided, the rest of the buffer is left: the first frames of an eager client, to be fed to the
     * connection after the answer (RFC 6455 §4.2.2), or, after a refusal, nothing to look at.
     *
     * @param in bytes, consumed up to the end of the head
     * @return whether {@link #response()} is there
     * @throws IllegalArgumentException when the policy selected what the client did not offer; the answer is 500 then
     */
    public boolean accept(ByteBuffer in) {
        if (response != null) {
            return true;
        }
        try {
            if (!reader.accept(in)) {
                return false;
            }
            decide(head());
        } catch (HeadException e) {
            refuse(e.httpStatus());
        }
        return true;
    }

    private UpgradeRequest head() {
        List<HttpHeader> headers = new ArrayList<>();
        reader.fields((name, value) -> headers.add(new HttpHeader(name, value)));
        UpgradeRequest head = new UpgradeRequest(reader.target(), headers);
        request = head;
        return head;
    }

    private void decide(UpgradeRequest head) {
        int refusal = lineStatus(head);
        if (refusal == 405) {
            refuse(405, new HttpHeader("Allow", "GET"));
        } else if (refusal != 0) {
            refuse(refusal);
        } else if (!namesWebSocket(head)) {
            // RFC 9110 §15.5.22: 426 says which protocol is wanted
            refuse(426, new HttpHeader("Upgrade", "websocket"), new HttpHeader("Sec-WebSocket-Version", "13"));
        } else {
            negotiate(head);
        }
    }

    /** {@return the status of a refusal, or 0} RFC 6455 §4.2.1 items 1 and 2, and no body. */
    private int lineStatus(UpgradeRequest head) {
        if (!reader.method().equals("GET")) {
            return 405;
        }
        if (reader.minorVersion() < 1 || head.count("Host") != 1 || !isResource(head.target())) {
            return 400;
        }
        String length = head.header("Content-Length");
        boolean body = head.count("Transfer-Encoding") > 0
                || head.count("Content-Length") > 1
                || (length != null && !length.equals("0"));
        return body ? 400 : 0;
    }

    private static boolean isResource(String target) {
        String lower = FieldSyntax.lowerCase(target);
        return target.startsWith("/") || lower.startsWith("http://") || lower.startsWith("https://");
    }

    private static boolean namesWebSocket(UpgradeRequest head) {
        List<String> lines = new ArrayList<>();
        for (HttpHeader header : head.headers()) {
            if (header.is("Upgrade")) {
                lines.add(header.value());
            }
        }
        try {
            return TokenList.containsIgnoreCase(lines, "websocket");
        } catch (HeaderSyntaxException e) {
            return false; // what cannot be read names nothing
        }
    }

    /** The form is checked before the policy is asked, so that it never judges a request that cannot be upgraded anyway. */
    private void negotiate(UpgradeRequest head) {
        UpgradeDecision decision;
        List<HttpHeader> answer;
        try {
            WebSocketHandle.createServer().beginHandshake(null, List.of(), head.headers());
            decision = policy.decide(head);
            if (!decision.accepted()) {
                refuse(decision.status(), decision.headers().toArray(HttpHeader[]::new));
                return;
            }
            answer = new ArrayList<>(
                    handle.beginHandshake(decision.subprotocol(), extensions(decision, head), head.headers()));
        } catch (WebSocketHandshakeException e) {
            refuse(e.httpStatus(), e.responseHeaders().toArray(HttpHeader[]::new));
            return;
        } catch (IllegalArgumentException e) {
            refuse(500);
            throw e;
        }
        answer.addAll(decision.headers());
        subprotocol = decision.subprotocol();
        answer(UpgradeDecision.SWITCHING_PROTOCOLS, answer);
    }

    private List<String> extensions(UpgradeDecision decision, UpgradeRequest head) {
        DeflateOptions wanted = options.compression();
        // RFC 7692 §5.1: not together with what may use the same reserved bit or needs the frames as they are
        if (wanted == null || !decision.compression() || !decision.extensions().isEmpty()) {
            return decision.extensions();
        }
        DeflateNegotiation.Agreement agreement = DeflateNegotiation.answer(wanted, head.headers());
        if (agreement == null) {
            return List.of();
        }
        compression = agreement.parameters();
        return List.of(agreement.extension());
    }

    private void refuse(int refusal, HttpHeader... headers) {
        List<HttpHeader> answer = new ArrayList<>(List.of(headers));
        boolean upgrade = answer.removeIf(header -> header.is("Connection"));
        // RFC 9110 §7.8: a sender of Upgrade names it in Connection
        upgrade |= answer.stream().anyMatch(header -> header.is("Upgrade"));
        answer.add(upgrade ? new HttpHeader("Connection", "Upgrade, close") : CLOSE);
        answer.add(new HttpHeader("Content-Length", "0"));
        answer(refusal, answer);
    }

    private void answer(int newStatus, List<HttpHeader> headers) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (HttpHeader header : headers) {
            fields.add(Map.entry(header.name(), header.value()));
        }
        response = HeadWriter.response(newStatus, reason(newStatus), fields);
        status = newStatus;
    }

    private static String reason(int status) {
        return switch (status) {
            case 101 -> "Switching Protocols";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 414 -> "URI Too Long";
            case 426 -> "Upgrade Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "";
        };
    }

    /**
     * {@return the answer to write, from position to limit; a new buffer each time}
     *
     * @throws IllegalStateException before {@link #accept} decided
     */
    public ByteBuffer response() {
        byte[] bytes = response;
        if (bytes == null) {
            throw new IllegalStateException("the request is not decided yet");
        }
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** {@return the status of the answer; 0 before {@link #accept} decided} */
    public int status() {
        return status;
    }

    /** {@return whether the answer is 101 and the connection may be opened} If not, close the transport behind the answer. */
    public boolean upgraded() {
        return status == UpgradeDecision.SWITCHING_PROTOCOLS;
    }

    /** {@return the request target} */
    public String target() {
        return known().target();
    }

    /** {@return the selected subprotocol; null for none} */
    public @Nullable String subprotocol() {
        return subprotocol;
    }

    /** {@return what was agreed about compression, for {@link WebSocketConnection#open}; null for none} */
    public @Nullable DeflateParameters compression() {
        return upgraded() ? compression : null;
    }

    /** {@return all fields of the request} */
    public List<HttpHeader> requestHeaders() {
        return known().headers();
    }

    private UpgradeRequest known() {
        UpgradeRequest head = request;
        if (head == null) {
            throw new IllegalStateException("no whole head of a request was read");
        }
        return head;
    }
}
