package io.wsprotocol;

import io.wsprotocol.http.Extension;
import io.wsprotocol.http.ExtensionList;
import io.wsprotocol.http.HeaderSyntaxException;
import io.wsprotocol.http.TokenList;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers that one side of the opening handshake received, and the checks that both sides need. Immutable.
 */
final class HandshakeHeaders {

    static final String CONNECTION = "Connection";
    static final String UPGRADE = "Upgrade";
    static final String HOST = "Host";
    static final String KEY = "Sec-WebSocket-Key";
    static final String ACCEPT = "Sec-WebSocket-Accept";
    static final String VERSION = "Sec-WebSocket-Version";
    static final String PROTOCOL = "Sec-WebSocket-Protocol";
    static final String EXTENSIONS = "Sec-WebSocket-Extensions";
    static final String WEBSOCKET = "websocket";

    private static final HttpHeader UPGRADE_WEBSOCKET = new HttpHeader(UPGRADE, WEBSOCKET);
    private static final HttpHeader VERSION_13 = new HttpHeader(VERSION, String.valueOf(GlobalProperties.VERSION));

    private static final int BAD_REQUEST = 400;
    private static final int UPGRADE_REQUIRED = 426;
    private static final int NOT_IMPLEMENTED = 501;

    private final List<HttpHeader> headers;

    HandshakeHeaders(List<HttpHeader> headers) {
        this.headers = List.copyOf(headers);
        if (headers.isEmpty()) {
            throw refusal(Violation.HEADERS_MISSING, "no header at all");
        }
    }

    /** {@return the values of all lines with that name, in their order} */
    List<String> lines(String name) {
        List<String> lines = new ArrayList<>(1);
        for (HttpHeader header : headers) {
            if (header.is(name)) {
                lines.add(header.value());
            }
        }
        return lines;
    }

    boolean has(String name) {
        return !lines(name).isEmpty();
    }

    /** {@return the value of a header that must stand exactly once} */
    String one(String name) {
        List<String> lines = lines(name);
        if (lines.isEmpty()) {
            throw refusal(Violation.HEADER_MISSING, name + " is missing");
        }
        if (lines.size() > 1) {
            throw refusal(Violation.HEADER_TWICE, name + " stands " + lines.size() + " times; expected once");
        }
        return lines.get(0);
    }

    /** RFC 6455 §4.2.1 items 3 and 4, §4.1 items 2 and 3 of the answer: both without regard to case. */
    void requireUpgrade() {
        if (!names(UPGRADE, WEBSOCKET)) {
            throw refusal(
                    has(UPGRADE) ? Violation.UPGRADE_NOT_WEBSOCKET : Violation.HEADER_MISSING,
                    UPGRADE + " must name " + WEBSOCKET,
                    UPGRADE_REQUIRED,
                    List.of(UPGRADE_WEBSOCKET, VERSION_13));
        }
        if (!names(CONNECTION, UPGRADE)) {
            throw refusal(
                    has(CONNECTION) ? Violation.CONNECTION_NOT_UPGRADE : Violation.HEADER_MISSING,
                    CONNECTION + " must name " + UPGRADE);
        }
    }

    /** RFC 9113 §8.2.2: fields about the connection make a request of HTTP/2 malformed; RFC 8441 §5 names these two. */
    void requireNothingOfTheConnection() {
        for (String name : List.of(CONNECTION, UPGRADE)) {
            if (has(name)) {
                throw refusal(Violation.FIELD_OF_CONNECTION, name + " must not stand in an extended CONNECT");
            }
        }
    }

    private boolean names(String header, String token) {
        try {
            List<String> lines = lines(header);
            return !lines.isEmpty() && TokenList.containsIgnoreCase(lines, token);
        } catch (HeaderSyntaxException e) {
            throw refusal(header, e);
        }
    }

    List<String> tokens(String name, TokenList.Limits limits) {
        try {
            return TokenList.parse(lines(name), limits);
        } catch (HeaderSyntaxException e) {
            throw refusal(name, e);
        }
    }

    List<Extension> extensions(ExtensionList.Limits limits) {
        try {
            return ExtensionList.parse(lines(EXTENSIONS), limits);
        } catch (HeaderSyntaxException e) {
            throw refusal(EXTENSIONS, e);
        }
    }

    static WebSocketHandshakeException wrongVersion(String observed) {
        return refusal(
                Violation.VERSION_NOT_SUPPORTED,
                observed + "; expected " + GlobalProperties.VERSION,
                UPGRADE_REQUIRED,
                List.of(VERSION_13, UPGRADE_WEBSOCKET));
    }

    static WebSocketHandshakeException wrongVersionOfStream(String observed) {
        return refusal(
                Violation.VERSION_NOT_SUPPORTED,
                observed + "; expected " + GlobalProperties.VERSION,
                BAD_REQUEST,
                List.of(VERSION_13));
    }

    /** RFC 9220 §3. */
    static WebSocketHandshakeException unknownProtocol() {
        return refusal(Violation.PROTOCOL_NOT_WEBSOCKET, ":protocol must be " + WEBSOCKET, NOT_IMPLEMENTED, List.of());
    }

    static WebSocketHandshakeException refusal(Violation violation, String observed) {
        return refusal(violation, observed, BAD_REQUEST, List.of());
    }

    private static WebSocketHandshakeException refusal(
            Violation violation, String observed, int status, List<HttpHeader> answer) {
        return new WebSocketHandshakeException(
                violation,
                violation + " (" + violation.id() + ", " + violation.rfc() + "): " + observed,
                status,
                answer);
    }

    private static WebSocketHandshakeException refusal(String header, HeaderSyntaxException e) {
        Violation violation = switch (e.rule()) {
            case MISSING_COMMA -> Violation.HEADER_COMMA_MISSING;
            case UNEXPECTED_END -> Violation.HEADER_ENDS_EARLY;
            case TOO_MANY, TOO_LONG -> Violation.HEADER_TOO_MANY;
            case DUPLICATE -> Violation.HEADER_ELEMENT_TWICE;
            default -> Violation.HEADER_BAD_TOKEN;
        };
        return refusal(violation, header + ": " + e.rule() + " at position " + e.position());
    }
}
