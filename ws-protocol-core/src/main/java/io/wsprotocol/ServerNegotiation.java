package io.wsprotocol;

import io.wsprotocol.http.AcceptKey;
import io.wsprotocol.http.Extension;
import io.wsprotocol.http.ExtensionList;
import io.wsprotocol.http.FieldSyntax;
import io.wsprotocol.http.HeaderSyntaxException;
import io.wsprotocol.http.TokenList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server's part of the opening handshake (RFC 6455 §4.2): checks a request's headers and makes the answer's. */
final class ServerNegotiation {

    private ServerNegotiation() {}

    /**
     * {@return the headers that a 101 answer needs}
     *
     * @throws WebSocketHandshakeException when the request is refused
     * @throws IllegalArgumentException when the application selected what the client did not offer
     */
    static List<HttpHeader> answer(@Nullable String subprotocol, List<String> extensions, List<HttpHeader> request) {
        HandshakeHeaders headers = new HandshakeHeaders(request);
        headers.requireUpgrade();
        requireVersion(headers);
        headers.one(HandshakeHeaders.HOST);
        String key = headers.one(HandshakeHeaders.KEY);
        if (!AcceptKey.isValidKey(key)) {
            throw HandshakeHeaders.refusal(
                    Violation.KEY_INVALID,
                    HandshakeHeaders.KEY + " is no base64 of " + AcceptKey.NONCE_BYTES + " bytes");
        }
        Choice choice = new Choice(headers);

        List<HttpHeader> answer = new ArrayList<>(5);
        answer.add(new HttpHeader(HandshakeHeaders.UPGRADE, HandshakeHeaders.WEBSOCKET));
        answer.add(new HttpHeader(HandshakeHeaders.CONNECTION, HandshakeHeaders.UPGRADE));
        answer.add(new HttpHeader(HandshakeHeaders.ACCEPT, AcceptKey.accept(key)));
        choice.addTo(answer, subprotocol, extensions);
        return List.copyOf(answer);
    }

    /**
     * {@return the headers that a 200 answer to an extended CONNECT needs (RFC 8441 §5)}
     *
     * @throws WebSocketHandshakeException when the request is refused
     * @throws IllegalArgumentException when the application selected what the client did not offer
     */
    static List<HttpHeader> answerExtendedConnect(
            String protocol, @Nullable String subprotocol, List<String> extensions, List<HttpHeader> request) {
        if (!protocol.equals(HandshakeHeaders.WEBSOCKET)) {
            throw HandshakeHeaders.unknownProtocol();
        }
        HandshakeHeaders headers = new HandshakeHeaders(request);
        headers.requireNothingOfTheConnection();
        // RFC 8441 §5: version, sub-protocols and extensions as in RFC 6455; key and accept are not processed, Host is
        // :authority
        requireVersionOfStream(headers);
        Choice choice = new Choice(headers);
        List<HttpHeader> answer = new ArrayList<>(2);
        choice.addTo(answer, subprotocol, extensions);
        return List.copyOf(answer);
    }

    private static void requireVersion(HandshakeHeaders headers) {
        String version = version(headers);
        if (!version.equals(String.valueOf(GlobalProperties.VERSION))) {
            throw HandshakeHeaders.wrongVersion(HandshakeHeaders.VERSION + " " + version);
        }
    }

    /** RFC 9113 §8.6: no 426 over HTTP/2, where nothing can be upgraded. */
    private static void requireVersionOfStream(HandshakeHeaders headers) {
        String version = version(headers);
        if (!version.equals(String.valueOf(GlobalProperties.VERSION))) {
            throw HandshakeHeaders.wrongVersionOfStream(HandshakeHeaders.VERSION + " " + version);
        }
    }

    /** RFC 6455 §4.2.1 item 6, §4.4: 13 alone, never an older draft; §4.1: a number without leading zeros. */
    private static String version(HandshakeHeaders headers) {
        String version = headers.one(HandshakeHeaders.VERSION);
        if (!FieldSyntax.isVersion(version)) {
            throw HandshakeHeaders.refusal(
                    Violation.HEADER_BAD_TOKEN, HandshakeHeaders.VERSION + " is no number from 0 to 255");
        }
        return version;
    }

    /** RFC 6455 §4.2.2 item 5: one of the client's values; names compare with case (RFC 7936 §1). */
    private static void requireOffered(String subprotocol, List<String> offered) {
        if (!offered.contains(subprotocol)) {
            throw new IllegalArgumentException(
                    "V23: the selected subprotocol must be one that the client offered (RFC 6455 §4.2.2)");
        }
    }

    /** RFC 6455 §9.1: no extension that the client did not list; one line (§11.3.2). */
    private static String selected(List<String> extensions, List<Extension> offered) {
        List<Extension> selected;
        try {
            selected = ExtensionList.parse(extensions, ExtensionList.Limits.RESPONSE);
        } catch (HeaderSyntaxException e) {
            throw new IllegalArgumentException("V12: a selected extension is malformed: " + e.getMessage(), e);
        }
        for (Extension extension : selected) {
            if (offered.stream().noneMatch(offer -> offer.name().equals(extension.name()))) {
                throw new IllegalArgumentException(
                        "V24: extension " + extension.name() + " was not offered by the client (RFC 6455 §9.1)");
            }
        }
        return ExtensionList.format(selected);
    }

    /** What the client offered, to choose from. Immutable. */
    private static final class Choice {

        private final List<String> subprotocols;
        private final List<Extension> extensions;

        Choice(HandshakeHeaders headers) {
            subprotocols = headers.tokens(HandshakeHeaders.PROTOCOL, TokenList.Limits.PROTOCOL_REQUEST);
            extensions = headers.extensions(ExtensionList.Limits.REQUEST);
        }

        void addTo(List<HttpHeader> answer, @Nullable String subprotocol, List<String> selected) {
            if (subprotocol != null) {
                requireOffered(subprotocol, subprotocols);
                answer.add(new HttpHeader(HandshakeHeaders.PROTOCOL, subprotocol));
            }
            if (!selected.isEmpty()) {
                answer.add(new HttpHeader(HandshakeHeaders.EXTENSIONS, selected(selected, extensions)));
            }
        }
    }
}
