package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleState;
import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.WebSocketStateException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's side of the opening handshake, as far as headers show it (RFC 6455 §4.1). */
@Tag("WSPC-1.3")
@Tag("WSPC-1.4")
class ClientHandshakeTests {

    /** The nonce of the RFC's example: "the sample nonce". */
    private static final int[] NONCE = {0x74686520, 0x73616D70, 0x6C65206E, 0x6F6E6365};

    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private static final String ACCEPT_NAME = "Sec-WebSocket-Accept";

    private static HttpHeader h(String name, String value) {
        return new HttpHeader(name, value);
    }

    private static ClientHandle client(HandleOptions.Builder options) {
        int[] next = {0};
        return WebSocketHandle.createClient(
                options.maskingKeySource(() -> NONCE[next[0]++ % NONCE.length]).build());
    }

    private static ClientHandle begun(List<String> subprotocols, List<String> extensions) {
        ClientHandle client = client(HandleOptions.builder());
        client.beginHandshake(subprotocols, extensions, List.of());
        return client;
    }

    private static List<HttpHeader> answer() {
        return new ArrayList<>(List.of(h("Upgrade", "websocket"), h("Connection", "Upgrade"), h(ACCEPT_NAME, ACCEPT)));
    }

    private static List<HttpHeader> with(String name, String... values) {
        List<HttpHeader> answer = answer();
        answer.removeIf(header -> header.is(name));
        for (String value : values) {
            answer.add(h(name, value));
        }
        return answer;
    }

    private static List<HttpHeader> and(String name, String... values) {
        List<HttpHeader> answer = answer();
        for (String value : values) {
            answer.add(h(name, value));
        }
        return answer;
    }

    @Test
    @Tag("R6455-C-19+")
    @Tag("R6455-C-20+")
    @Tag("R6455-C-21+")
    @Tag("R6455-C-25+")
    @Tag("R6455-C-29+")
    void theRequestHasExactlyTheseHeaders() {
        ClientHandle client = client(HandleOptions.builder());
        assertThat(client.beginHandshake(List.of(), List.of(), List.of(h("Host", "localhost"), h("Upgrade", "other"))))
                .containsExactly(
                        h("Upgrade", "websocket"),
                        h("Connection", "Upgrade"),
                        h("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                        h("Sec-WebSocket-Version", "13"));
        client.close();
    }

    @Test
    @Tag("R6455-C-28+")
    @Tag("R6455-C-26+")
    @Tag("R6455-C-27+")
    @Tag("R7692-P-01+")
    void offersStandInTheirOrder() {
        ClientHandle client = client(HandleOptions.builder());
        assertThat(client.beginHandshake(List.of("chat", "Chat"), List.of("x; a=1", "y", "x"), List.of()))
                .endsWith(h("Sec-WebSocket-Protocol", "chat, Chat"), h("Sec-WebSocket-Extensions", "x; a=1, y, x"));
        client.close();
    }

    @Test
    @Tag("R6455-C-22+")
    @Tag("R6455-C-23+")
    void everyHandshakeHasANewKeyOfSixteenBytes() {
        Set<String> keys = new HashSet<>();
        IntStream.range(0, 200).forEach(i -> {
            ClientHandle client = WebSocketHandle.createClient();
            String key = client.beginHandshake(List.of(), List.of(), List.of())
                    .get(2)
                    .value();
            assertThat(Base64.getDecoder().decode(key)).hasSize(16);
            keys.add(key);
            client.close();
        });
        assertThat(keys).hasSize(200);
    }

    static Stream<Arguments> badOffers() {
        List<String> none = List.of();
        List<HttpHeader> noHeader = List.of();
        return Stream.of(
                Arguments.of(List.of(""), none, noHeader),
                Arguments.of(List.of("a b"), none, noHeader),
                Arguments.of(List.of("a,b"), none, noHeader),
                Arguments.of(List.of("é"), none, noHeader),
                Arguments.of(List.of("a\r\nX: y"), none, noHeader),
                Arguments.of(List.of("a", "a"), none, noHeader),
                Arguments.of(none, List.of(""), noHeader),
                Arguments.of(none, List.of("a, b"), noHeader),
                Arguments.of(none, List.of("a; b="), noHeader),
                Arguments.of(none, List.of("a\r\nX: y"), noHeader),
                Arguments.of(none, none, List.of(h("Sec-WebSocket-Key", "x"))),
                Arguments.of(none, none, List.of(h("sec-websocket-protocol", "x"))),
                Arguments.of(none, none, List.of(h("Content-Length", "1"))),
                Arguments.of(none, none, List.of(h("TRANSFER-ENCODING", "chunked"))));
    }

    @ParameterizedTest
    @MethodSource("badOffers")
    @Tag("R6455-C-15-")
    @Tag("R6455-C-26-")
    @Tag("R6455-C-27-")
    @Tag("R6455-C-28-")
    @Tag("R6455-C-22-")
    @Tag("R6455-C-23-")
    @Tag("R6455-C-29-")
    @Tag("R7692-P-01-")
    void aWrongOfferIsTheCallersFaultAndAnotherTryIsAllowed(
            List<String> subprotocols, List<String> extensions, List<HttpHeader> initial) {
        ClientHandle client = client(HandleOptions.builder());
        assertThatThrownBy(() -> client.beginHandshake(subprotocols, extensions, initial))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(client.state()).isEqualTo(HandleState.CREATED);
        client.beginHandshake(List.of(), List.of(), List.of());
        client.close();
    }

    static Stream<List<HttpHeader>> goodAnswers() {
        return Stream.of(
                answer(),
                with("Upgrade", "WebSocket"),
                with("upgrade", "websocket"),
                with("CONNECTION", "keep-alive, UPGRADE"),
                with(ACCEPT_NAME, " " + ACCEPT + "\t"),
                and("Sec-WebSocket-Version", "13", "8"),
                and("Server", "any"));
    }

    @ParameterizedTest
    @MethodSource("goodAnswers")
    @Tag("R6455-C-31+")
    @Tag("R6455-C-40+")
    @Tag("R6455-C-41+")
    @Tag("R6455-C-43+")
    @Tag("R6455-S-34+")
    @Tag("R6455-C-34+")
    @Tag("R6455-C-35+")
    @Tag("R6455-C-36+")
    @Tag("R6455-C-39+")
    @Tag("R6455-S-31+")
    @Tag("R6455-S-32+")
    @Tag("R6455-S-33+")
    void everyRightAnswerOpensTheHandle(List<HttpHeader> answer) {
        ClientHandle client = begun(List.of("chat"), List.of("x"));
        assertThat(client.endHandshake(answer))
                .isEqualTo(new HandshakeResult(null, OptionalInt.empty(), List.of(), List.of()));
        assertThat(client.state()).isEqualTo(HandleState.OPEN);
        client.send(BufferType.PING_PONG, null, null);
        assertThatThrownBy(() -> client.endHandshake(answer)).isInstanceOf(WebSocketStateException.class);
        client.close();
    }

    private static Arguments bad(String name, Violation violation, List<HttpHeader> answer) {
        return Arguments.of(name, violation, answer);
    }

    static Stream<Arguments> badAnswers() {
        return Stream.of(
                bad("no header", Violation.HEADERS_MISSING, List.of()),
                bad("no Upgrade", Violation.HEADER_MISSING, with("Upgrade")),
                bad("another Upgrade", Violation.UPGRADE_NOT_WEBSOCKET, with("Upgrade", "h2c")),
                bad("no Connection", Violation.HEADER_MISSING, with("Connection")),
                bad("another Connection", Violation.CONNECTION_NOT_UPGRADE, with("Connection", "close")),
                bad("no Accept", Violation.HEADER_MISSING, with(ACCEPT_NAME)),
                bad("two Accepts", Violation.HEADER_TWICE, with(ACCEPT_NAME, ACCEPT, ACCEPT)),
                bad("another Accept", Violation.ACCEPT_MISMATCH, with(ACCEPT_NAME, "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=")),
                bad(
                        "Accept in lower case",
                        Violation.ACCEPT_MISMATCH,
                        with(ACCEPT_NAME, "s3pplmbitxaq9kygzzhzrbk+xoo=")),
                bad("Accept empty", Violation.ACCEPT_MISMATCH, with(ACCEPT_NAME, "")),
                bad("the key back", Violation.ACCEPT_MISMATCH, with(ACCEPT_NAME, "dGhlIHNhbXBsZSBub25jZQ==")),
                bad("Protocol not offered", Violation.SUBPROTOCOL_NOT_OFFERED, and("Sec-WebSocket-Protocol", "other")),
                bad("Protocol in other case", Violation.SUBPROTOCOL_NOT_OFFERED, and("Sec-WebSocket-Protocol", "CHAT")),
                bad("two Protocols", Violation.HEADER_TWICE, and("Sec-WebSocket-Protocol", "chat", "chat")),
                bad("a list of Protocols", Violation.HEADER_TOO_MANY, and("Sec-WebSocket-Protocol", "chat, superchat")),
                bad("Protocol empty", Violation.HEADER_BAD_TOKEN, and("Sec-WebSocket-Protocol", "")),
                bad("Extension not offered", Violation.EXTENSION_NOT_OFFERED, and("Sec-WebSocket-Extensions", "z")),
                bad("Extension twice", Violation.EXTENSION_NOT_OFFERED, and("Sec-WebSocket-Extensions", "x, x")),
                bad("two Extensions lines", Violation.HEADER_TWICE, and("Sec-WebSocket-Extensions", "x", "y")),
                bad("Extension malformed", Violation.HEADER_ENDS_EARLY, and("Sec-WebSocket-Extensions", "x; a=")),
                bad("Extensions empty", Violation.HEADER_BAD_TOKEN, and("Sec-WebSocket-Extensions", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badAnswers")
    @Tag("V16")
    @Tag("V17")
    @Tag("V19")
    @Tag("V20")
    @Tag("V26")
    @Tag("V27")
    @Tag("V40")
    @Tag("V41")
    @Tag("V42")
    @Tag("R6455-C-34-")
    @Tag("R6455-C-35-")
    @Tag("R6455-C-36-")
    @Tag("R6455-C-37-")
    @Tag("R6455-C-38-")
    @Tag("R6455-C-39-")
    @Tag("R6455-S-31-")
    @Tag("R6455-S-32-")
    @Tag("R6455-S-33-")
    @Tag("R6455-X-03-")
    @Tag("R6455-X-04-")
    @Tag("R6455-C-31-")
    @Tag("R6455-C-41-")
    @Tag("R6455-S-28-")
    @Tag("R6455-S-29-")
    @Tag("R6455-S-30-")
    void everyWrongAnswerIsRefusedAndTheHandleNeverOpens(String name, Violation violation, List<HttpHeader> answer) {
        ClientHandle client = begun(List.of("chat", "superchat"), List.of("x; a", "y"));
        WebSocketHandshakeException refusal =
                catchThrowableOfType(WebSocketHandshakeException.class, () -> client.endHandshake(answer));
        assertThat(refusal).as(name).isNotNull();
        assertThat(refusal.violation()).isEqualTo(violation);
        assertThat(refusal).hasMessageContaining(violation.id());
        assertThat(client.state()).isEqualTo(HandleState.HANDSHAKING);
        assertThatThrownBy(() -> client.send(BufferType.PING_PONG, null, null))
                .isInstanceOf(WebSocketStateException.class);
        client.close();
    }

    @Test
    @Tag("R6455-C-38+")
    @Tag("R6455-C-41+")
    @Tag("R6455-C-37+")
    @Tag("R6455-X-04+")
    @Tag("R6455-X-05+")
    @Tag("R6455-X-06+")
    void whatTheServerSelectedIsToldByNameAndByPlace() {
        ClientHandle client = begun(List.of("chat", "superchat"), List.of("x; a", "y", "z"));
        List<HttpHeader> answer = and("Sec-WebSocket-Protocol", "superchat");
        answer.add(h("Sec-WebSocket-Extensions", "z, x; b=2"));
        assertThat(client.endHandshake(answer))
                .isEqualTo(new HandshakeResult("superchat", OptionalInt.of(1), List.of("z", "x; b=2"), List.of(2, 0)));
        client.close();
    }

    @Test
    @Tag("R6455-C-41+")
    void everyPlaceOfTheOfferMayBeSelected() {
        List<String> offered = List.of("a", "b", "c");
        for (int i = 0; i < offered.size(); i++) {
            ClientHandle client = begun(offered, List.of());
            assertThat(client.endHandshake(and("Sec-WebSocket-Protocol", offered.get(i))))
                    .isEqualTo(new HandshakeResult(offered.get(i), OptionalInt.of(i), List.of(), List.of()));
            client.close();
        }
    }

    @Test
    void aSelectionWithoutAnyOfferIsRefused() {
        for (String header : List.of("Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")) {
            ClientHandle client = begun(List.of(), List.of());
            assertThatThrownBy(() -> client.endHandshake(and(header, "x")))
                    .isInstanceOf(WebSocketHandshakeException.class);
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("V23")
    @Tag("R6455-C-43+-")
    void aClientMayNeedASubprotocol(boolean offered) {
        ClientHandle client = client(HandleOptions.builder().subprotocolRequired(true));
        client.beginHandshake(offered ? List.of("chat") : List.of(), List.of(), List.of());
        if (offered) {
            assertThatThrownBy(() -> client.endHandshake(answer()))
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refusal -> assertThat(refusal.violation()).isEqualTo(Violation.SUBPROTOCOL_NOT_SELECTED));
        } else {
            client.endHandshake(answer());
        }
        client.close();
    }
}
