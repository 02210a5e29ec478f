package io.wsprotocol;

import io.wsprotocol.http.AcceptKey;
import io.wsprotocol.http.Extension;
import io.wsprotocol.http.ExtensionList;
import io.wsprotocol.http.FieldSyntax;
import io.wsprotocol.http.HeaderSyntaxException;
import io.wsprotocol.http.TokenList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The client's part of the opening handshake (RFC 6455 §4.1): makes a request's headers and checks the answer's. One for each
 * attempt. Not thread-safe: confine to one thread or guard with one lock.
 */
final class ClientNegotiation {

    private static final Set<String> RESERVED = Set.of("content-length", "transfer-encoding");
    private static final Set<String> OURS = Set.of("connection", "upgrade");
    private static final String RESERVED_PREFIX = "sec-websocket-";

    private final String key;
    private final List<String> subprotocols;
    private final List<Extension> extensions;

    /**
     * @param keys where the 16 random bytes of the key come from
     * @throws IllegalArgumentException when an offer or a header of the application cannot be sent
     */
    ClientNegotiation(
            FrameKeys keys, List<String> subprotocols, List<String> extensions, List<HttpHeader> initialHeaders) {
        this.subprotocols = List.copyOf(subprotocols);
        requireTokens(this.subprotocols);
        this.extensions = parse(extensions);
        requireFree(initialHeaders);
        ByteBuffer nonce = ByteBuffer.allocate(AcceptKey.NONCE_BYTES);
        while (nonce.hasRemaining()) {
            nonce.putInt(keys.random());
        }
        this.key = AcceptKey.encode(nonce.array());
    }

    /** RFC 6455 §4.1 item 10: tokens, each once; compared with case (RFC 7936 §1). */
    private static void requireTokens(List<String> subprotocols) {
        Set<String> seen = new HashSet<>();
        for (String subprotocol : subprotocols) {
            if (!FieldSyntax.isToken(subprotocol)) {
                throw new IllegalArgumentException("V12: a subprotocol's name must be a token (RFC 6455 §4.1)");
            }
            if (!seen.add(subprotocol)) {
                throw new IllegalArgumentException(
                        "V25: subprotocol " + subprotocol + " is offered twice (RFC 6455 §4.1)");
            }
        }
    }

    private static List<Extension> parse(List<String> extensions) {
        List<Extension> parsed = new ArrayList<>(extensions.size());
        for (String extension : extensions) {
            try {
                List<Extension> one = ExtensionList.parse(List.of(extension), ExtensionList.Limits.REQUEST);
                if (one.size() != 1) {
                    throw new IllegalArgumentException("V12: each entry must offer one extension");
                }
                parsed.add(one.get(0));
            } catch (HeaderSyntaxException e) {
                throw new IllegalArgumentException("V12: an offered extension is malformed: " + e.getMessage(), e);
            }
        }
        return List.copyOf(parsed);
    }

    /** Initial headers may name what ours replace (Connection, Upgrade), but not what would break the handshake. */
    private static void requireFree(List<HttpHeader> initialHeaders) {
        for (HttpHeader header : initialHeaders) {
            String name = FieldSyntax.lowerCase(header.name());
            if (!OURS.contains(name) && (RESERVED.contains(name) || name.startsWith(RESERVED_PREFIX))) {
                throw new IllegalArgumentException(header.name() + " is the handshake's own and cannot be set");
            }
        }
    }

    /** {@return the headers to add to the request; they replace others of the same name} */
    List<HttpHeader> request() {
        List<HttpHeader> request = new ArrayList<>(6);
        request.add(new HttpHeader(HandshakeHeaders.UPGRADE, HandshakeHeaders.WEBSOCKET));
        request.add(new HttpHeader(HandshakeHeaders.CONNECTION, HandshakeHeaders.UPGRADE));
        request.add(new HttpHeader(HandshakeHeaders.KEY, key));
        request.add(new HttpHeader(HandshakeHeaders.VERSION, String.valueOf(GlobalProperties.VERSION)));
        if (!subprotocols.isEmpty()) {
            request.add(new HttpHeader(HandshakeHeaders.PROTOCOL, String.join(", ", subprotocols)));
        }
        if (!extensions.isEmpty()) {
            request.add(new HttpHeader(HandshakeHeaders.EXTENSIONS, ExtensionList.format(extensions)));
        }
        return List.copyOf(request);
    }

    /**
     * {@return what the server selected}
     *
     * @throws WebSocketHandshakeException when the answer breaks a rule
     */
    HandshakeResult check(List<HttpHeader> response, boolean subprotocolRequired) {
        HandshakeHeaders headers = new HandshakeHeaders(response);
        headers.requireUpgrade();
        if (!AcceptKey.matches(key, headers.one(HandshakeHeaders.ACCEPT))) {
            throw HandshakeHeaders.refusal(
                    Violation.ACCEPT_MISMATCH, HandshakeHeaders.ACCEPT + " does not fit the key that was sent");
        }
        int subprotocol = selectedSubprotocol(headers, subprotocolRequired);
        List<String> names = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        selectedExtensions(headers, names, indices);
        return new HandshakeResult(
                subprotocol < 0 ? null : subprotocols.get(subprotocol),
                subprotocol < 0 ? OptionalInt.empty() : OptionalInt.of(subprotocol),
                names,
                indices);
    }

    /** RFC 6455 §4.1, item 6 of the answer: only what was offered; none at all is allowed unless the application needs one. */
    private int selectedSubprotocol(HandshakeHeaders headers, boolean required) {
        if (!headers.has(HandshakeHeaders.PROTOCOL)) {
            if (required && !subprotocols.isEmpty()) {
                throw HandshakeHeaders.refusal(
                        Violation.SUBPROTOCOL_NOT_SELECTED, "the server selected none of the offered subprotocols");
            }
            return -1;
        }
        headers.one(HandshakeHeaders.PROTOCOL);
        List<String> selected = headers.tokens(HandshakeHeaders.PROTOCOL, TokenList.Limits.PROTOCOL_RESPONSE);
        int index = subprotocols.indexOf(selected.get(0));
        if (index < 0) {
            throw HandshakeHeaders.refusal(
                    Violation.SUBPROTOCOL_NOT_OFFERED, "the server selected a subprotocol that was not offered");
        }
        return index;
    }

    /** RFC 6455 §4.1, item 5 of the answer; §11.3.2: the header stands once at most. */
    private void selectedExtensions(HandshakeHeaders headers, List<String> names, List<Integer> indices) {
        if (!headers.has(HandshakeHeaders.EXTENSIONS)) {
            return;
        }
        headers.one(HandshakeHeaders.EXTENSIONS);
        for (Extension extension : headers.extensions(ExtensionList.Limits.RESPONSE)) {
            int index = offerOf(extension.name());
            if (index < 0 || indices.contains(index)) {
                throw HandshakeHeaders.refusal(
                        Violation.EXTENSION_NOT_OFFERED, "the server selected an extension that was not offered");
            }
            names.add(extension.toString());
            indices.add(index);
        }
    }

    private int offerOf(String name) {
        for (int i = 0; i < extensions.size(); i++) {
            if (extensions.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
