package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsprotocol.ErrorCode;
import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side of the opening handshake, as far as headers show it (RFC 6455 §4.2, §4.4, §11.3). */
@Tag("WSPC-1.5")
class ServerHandshakeTests {

    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static HttpHeader h(String name, String value) {
        return new HttpHeader(name, value);
    }

    private static List<HttpHeader> request() {
        return new ArrayList<>(List.of(
                h("Host", "server.example.com"),
                h("Upgrade", "websocket"),
                h("Connection", "Upgrade"),
                h("Sec-WebSocket-Key", KEY),
                h("Origin", "http://example.com"),
                h("Sec-WebSocket-Version", "13")));
    }

    private static List<HttpHeader> without(String name) {
        List<HttpHeader> request = request();
        request.removeIf(header -> header.is(name));
        return request;
    }

    private static List<HttpHeader> with(String name, String... values) {
        List<HttpHeader> request = without(name);
        for (String value : values) {
            request.add(h(name, value));
        }
        return request;
    }

    private static List<HttpHeader> and(String name, String... values) {
        List<HttpHeader> request = request();
        for (String value : values) {
            request.add(h(name, value));
        }
        return request;
    }

    private static List<HttpHeader> answer(List<HttpHeader> request) {
        ServerHandle server = WebSocketHandle.createServer();
        List<HttpHeader> answer = server.beginHandshake(null, List.of(), request);
        assertThat(server.state()).isEqualTo(HandleState.HANDSHAKING);
        server.close();
        return answer;
    }

    @Test
    @Tag("R6455-S-24+")
    @Tag("R6455-S-28+")
    @Tag("R6455-S-29+")
    @Tag("R6455-S-30+")
    @Tag("R6455-S-31+")
    @Tag("R6455-S-42+")
    @Tag("R6455-S-01+")
    @Tag("R6455-S-05+")
    @Tag("R6455-S-08+")
    @Tag("R6455-S-09+")
    @Tag("R6455-S-10+")
    @Tag("R6455-S-11+")
    @Tag("R6455-S-20+")
    @Tag("R6455-S-41+")
    @Tag("R6455-Q-12+")
    @Tag("R6455-C-22+")
    void theExampleOfTheRfcIsAnswered() {
        assertThat(answer(request()))
                .containsExactly(
                        h("Upgrade", "websocket"),
                        h("Connection", "Upgrade"),
                        h("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    static Stream<List<HttpHeader>> goodRequests() {
        return Stream.of(
                with("Upgrade", "WebSocket"),
                with("Upgrade", "h2c, WEBSOCKET"),
                with("Upgrade", "h2c", "websocket"),
                with("Connection", "keep-alive, upgrade"),
                with("Connection", "keep-alive", "UPGRADE"),
                with("Connection", ", Upgrade ,"),
                with("Sec-WebSocket-Key", "  " + KEY + "\t"),
                with("sec-websocket-key", KEY),
                with("SEC-WEBSOCKET-VERSION", "13"),
                with("Host", ""),
                and("X-Unknown", "anything", "twice"),
                and("Sec-WebSocket-Protocol", "chat, superchat", "third"),
                and("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits, x-other;a=\"b\"", "y"),
                without("Origin"));
    }

    @ParameterizedTest
    @MethodSource("goodRequests")
    @Tag("R6455-C-40+")
    @Tag("R6455-S-06+")
    @Tag("R6455-S-07+")
    @Tag("R6455-S-13+")
    @Tag("R6455-S-14+")
    @Tag("R6455-S-15+")
    @Tag("R6455-X-07+")
    @Tag("R6455-S-22+")
    @Tag("R6455-X-03+")
    @Tag("R6455-S-40+")
    @Tag("R6455-X-04+")
    void everyRightFormIsTaken(List<HttpHeader> request) {
        assertThat(answer(request)).contains(h("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    private static Arguments bad(String name, Violation violation, int status, List<HttpHeader> request) {
        return Arguments.of(name, violation, status, request);
    }

    static Stream<Arguments> badRequests() {
        List<Arguments> cases = new ArrayList<>(List.of(
                bad("no header", Violation.HEADERS_MISSING, 400, List.of()),
                bad("no Host", Violation.HEADER_MISSING, 400, without("Host")),
                bad("two Hosts", Violation.HEADER_TWICE, 400, and("Host", "other.example.com")),
                bad("no Upgrade", Violation.HEADER_MISSING, 426, without("Upgrade")),
                bad("another Upgrade", Violation.UPGRADE_NOT_WEBSOCKET, 426, with("Upgrade", "h2c")),
                bad("a part of the name", Violation.UPGRADE_NOT_WEBSOCKET, 426, with("Upgrade", "websockets")),
                bad("a version behind it", Violation.UPGRADE_NOT_WEBSOCKET, 426, with("Upgrade", "websocket/2")),
                bad("a broken Upgrade", Violation.HEADER_COMMA_MISSING, 400, with("Upgrade", "websocket h2c")),
                bad("no Connection", Violation.HEADER_MISSING, 400, without("Connection")),
                bad("another Connection", Violation.CONNECTION_NOT_UPGRADE, 400, with("Connection", "keep-alive")),
                bad("a broken Connection", Violation.HEADER_BAD_TOKEN, 400, with("Connection", "Upgrade, \"x\"")),
                bad("no Key", Violation.HEADER_MISSING, 400, without("Sec-WebSocket-Key")),
                bad("two Keys", Violation.HEADER_TWICE, 400, and("Sec-WebSocket-Key", KEY)),
                bad("no Version", Violation.HEADER_MISSING, 400, without("Sec-WebSocket-Version")),
                bad("two Versions", Violation.HEADER_TWICE, 400, and("Sec-WebSocket-Version", "13")),
                bad("empty Protocol", Violation.HEADER_BAD_TOKEN, 400, and("Sec-WebSocket-Protocol", "")),
                bad("empty element", Violation.HEADER_BAD_TOKEN, 400, and("Sec-WebSocket-Protocol", "a,,b")),
                bad("the same twice", Violation.HEADER_ELEMENT_TWICE, 400, and("Sec-WebSocket-Protocol", "a", "a")),
                bad("no comma", Violation.HEADER_COMMA_MISSING, 400, and("Sec-WebSocket-Protocol", "a b")),
                bad("no token", Violation.HEADER_BAD_TOKEN, 400, and("Sec-WebSocket-Protocol", "a/b")),
                bad(
                        "too many",
                        Violation.HEADER_TOO_MANY,
                        400,
                        and("Sec-WebSocket-Protocol", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")),
                bad("too long", Violation.HEADER_TOO_MANY, 400, and("Sec-WebSocket-Protocol", "a".repeat(2000))),
                bad("empty Extensions", Violation.HEADER_BAD_TOKEN, 400, and("Sec-WebSocket-Extensions", "")),
                bad("a value left out", Violation.HEADER_ENDS_EARLY, 400, and("Sec-WebSocket-Extensions", "a; b=")),
                bad(
                        "a quotation left open",
                        Violation.HEADER_ENDS_EARLY,
                        400,
                        and("Sec-WebSocket-Extensions", "a; b=\"c")),
                bad(
                        "quoted no token",
                        Violation.HEADER_BAD_TOKEN,
                        400,
                        and("Sec-WebSocket-Extensions", "a; b=\"c d\""))));
        for (String key : List.of(
                "",
                "AAAA",
                KEY + "=",
                KEY.substring(1),
                KEY.replace('=', 'A'),
                "dGhlIHNhbXBsZSBub25jZR==",
                "dGhlIHNhbXBs ZSBub25jZQ==",
                "dGhlIHNhbXBsZSBub25jZ-==",
                KEY + ", " + KEY)) {
            cases.add(bad("key [" + key + "]", Violation.KEY_INVALID, 400, with("Sec-WebSocket-Key", key)));
        }
        for (String version : List.of("0", "7", "8", "12", "14", "255")) {
            cases.add(bad(
                    "version " + version,
                    Violation.VERSION_NOT_SUPPORTED,
                    426,
                    with("Sec-WebSocket-Version", version)));
        }
        for (String version : List.of("", "013", "256", "-1", "13.0", "13, 8", "x")) {
            cases.add(bad(
                    "version [" + version + "]",
                    Violation.HEADER_BAD_TOKEN,
                    400,
                    with("Sec-WebSocket-Version", version)));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    @Tag("V12")
    @Tag("V13")
    @Tag("V14")
    @Tag("V15")
    @Tag("V18")
    @Tag("V19")
    @Tag("V20")
    @Tag("V21")
    @Tag("V22")
    @Tag("V25")
    @Tag("V40")
    @Tag("V41")
    @Tag("V42")
    @Tag("R6455-S-01-")
    @Tag("R6455-S-05-")
    @Tag("R6455-S-06-")
    @Tag("R6455-S-07-")
    @Tag("R6455-S-08-")
    @Tag("R6455-S-09-")
    @Tag("R6455-S-10-")
    @Tag("R6455-S-11-")
    @Tag("R6455-S-13-")
    @Tag("R6455-S-20-")
    @Tag("R6455-S-21-")
    @Tag("R6455-S-38-")
    @Tag("R6455-S-39-")
    @Tag("R6455-S-40-")
    @Tag("R6455-S-41-")
    @Tag("R6455-X-03-")
    @Tag("R6455-Q-12-")
    @Tag("R6455-C-19-")
    @Tag("R6455-C-20-")
    @Tag("R6455-C-21-")
    @Tag("R6455-C-25-")
    @Tag("R6455-C-22-")
    @Tag("R6455-S-14-")
    void everyWrongFormIsRefusedAndTheHandleStaysAsItWas(
            String name, Violation violation, int status, List<HttpHeader> request) {
        ServerHandle server = WebSocketHandle.createServer();
        WebSocketHandshakeException refusal = catchThrowableOfType(
                WebSocketHandshakeException.class, () -> server.beginHandshake(null, List.of(), request));
        assertThat(refusal).as(name).isNotNull();
        assertThat(refusal.violation()).isEqualTo(violation);
        assertThat(refusal.code()).isEqualTo(violation.code());
        assertThat(refusal.httpStatus()).isEqualTo(status);
        if (status == 426) {
            assertThat(refusal.responseHeaders())
                    .containsExactlyInAnyOrder(h("Upgrade", "websocket"), h("Sec-WebSocket-Version", "13"));
        } else {
            assertThat(refusal.responseHeaders()).isEmpty();
        }
        assertThat(refusal).hasMessageContaining(violation.id()).hasMessageContaining(violation.rfc());
        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(server.state()).isEqualTo(HandleState.CREATED);
        server.beginHandshake(null, List.of(), request()); // another try is allowed
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upgrade",
                "Connection",
                "Sec-WebSocket-Protocol",
                "Sec-WebSocket-Extensions",
                "Sec-WebSocket-Key"
            })
    void noTextOfThePeerIsInTheMessage(String header) {
        ServerHandle server = WebSocketHandle.createServer();
        assertThatThrownBy(() -> server.beginHandshake(null, List.of(), with(header, "s3cr3t\"/s3cr3t")))
                .isInstanceOf(WebSocketHandshakeException.class)
                .satisfies(refusal -> assertThat(refusal.toString()).doesNotContain("s3cr3t"));
    }

    @Test
    void theWrongVersionHasItsOwnCode() {
        assertThat(Violation.VERSION_NOT_SUPPORTED.code()).isEqualTo(ErrorCode.VERSION_NOT_SUPPORTED);
    }

    @Test
    @Tag("R6455-S-23+")
    @Tag("R6455-S-32+")
    @Tag("R6455-S-33+")
    @Tag("R6455-S-34+")
    @Tag("R6455-X-06+")
    @Tag("R6455-S-24-")
    @Tag("R6455-S-25+")
    @Tag("R6455-S-26+")
    @Tag("R6455-X-01+")
    @Tag("R6455-C-27+")
    @Tag("R6455-N-01+")
    void whatTheApplicationSelectedIsAnsweredOnOneLineEach() {
        ServerHandle server = WebSocketHandle.createServer();
        List<HttpHeader> request = and("Sec-WebSocket-Protocol", "chat, superchat", "third");
        request.add(h("Sec-WebSocket-Extensions", "x; a, y"));
        request.add(h("Sec-WebSocket-Extensions", "z"));
        assertThat(server.beginHandshake("third", List.of("z; b=1", "x"), request))
                .endsWith(h("Sec-WebSocket-Protocol", "third"), h("Sec-WebSocket-Extensions", "z; b=1, x"))
                .hasSize(5);
        server.close();
    }

    static Stream<Arguments> badSelections() {
        return Stream.of(
                Arguments.of("other", List.of()),
                Arguments.of("Chat", List.of()),
                Arguments.of("", List.of()),
                Arguments.of(null, List.of("y")),
                Arguments.of(null, List.of("x; ")),
                Arguments.of(null, List.of("")),
                Arguments.of("chat", List.of("x", "y")));
    }

    @ParameterizedTest
    @MethodSource("badSelections")
    @Tag("V23")
    @Tag("V24")
    @Tag("R6455-S-23-")
    @Tag("R6455-S-25-")
    @Tag("R6455-S-26-")
    @Tag("R6455-X-01-")
    @Tag("R6455-N-01-")
    void aSelectionThatWasNotOfferedIsTheApplicationsFault(@Nullable String subprotocol, List<String> extensions) {
        ServerHandle server = WebSocketHandle.createServer();
        List<HttpHeader> request = and("Sec-WebSocket-Protocol", "chat");
        request.add(h("Sec-WebSocket-Extensions", "x"));
        assertThatThrownBy(() -> server.beginHandshake(subprotocol, extensions, request))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(server.state()).isEqualTo(HandleState.CREATED);
        server.close();
    }
}
