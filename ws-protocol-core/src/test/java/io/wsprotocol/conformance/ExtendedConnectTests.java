package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.WebSocketStateException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side of an extended CONNECT, as far as headers show it (RFC 8441 §5, RFC 9220 §3). */
class ExtendedConnectTests {

    private final ServerHandle server = WebSocketHandle.createServer();

    private static List<HttpHeader> request(String... more) {
        List<HttpHeader> request = new ArrayList<>(List.of(new HttpHeader("sec-websocket-version", "13")));
        for (int i = 0; i < more.length; i += 2) {
            request.add(new HttpHeader(more[i], more[i + 1]));
        }
        return request;
    }

    private List<HttpHeader> answer(List<HttpHeader> request) {
        return server.beginExtendedConnect("websocket", null, List.of(), request);
    }

    private WebSocketHandshakeException refusal(String protocol, List<HttpHeader> request) {
        WebSocketHandshakeException refusal = catchThrowableOfType(
                WebSocketHandshakeException.class,
                () -> server.beginExtendedConnect(protocol, null, List.of(), request));
        assertThat(server.state()).isEqualTo(HandleState.CREATED);
        return refusal;
    }

    @Test
    @Tag("R8441-H-04+")
    @Tag("R8441-H-08+")
    @Tag("R8441-H-10+")
    @Tag("R8441-H-12+")
    @Tag("R8441-H-15+")
    void theVersionIsAllThatMustBeThereAndNothingIsAnswered() {
        assertThat(answer(request())).isEmpty();
        server.endHandshake();
        assertThat(server.state()).isEqualTo(HandleState.OPEN);
    }

    @Test
    @Tag("R8441-H-11+")
    void theSelectionIsNamedAsOverHttp11() {
        List<HttpHeader> answer = server.beginExtendedConnect(
                "websocket",
                "chat",
                List.of("x-test; a=1"),
                request("sec-websocket-protocol", "superchat, chat", "sec-websocket-extensions", "x-test"));
        assertThat(answer)
                .containsExactly(
                        new HttpHeader("Sec-WebSocket-Protocol", "chat"),
                        new HttpHeader("Sec-WebSocket-Extensions", "x-test; a=1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dGhlIHNhbXBsZSBub25jZQ==", "no key at all", ""})
    @Tag("R8441-H-10-")
    void aKeyIsNotLookedAt(String key) {
        assertThat(answer(request("sec-websocket-key", key))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "WebSocket", "websocket2", "h2c", "connect-udp"})
    @Tag("R8441-H-04-")
    @Tag("R8441-H-15-")
    @Tag("R8441-H-12-")
    void anotherProtocolIsNotImplemented(String protocol) {
        WebSocketHandshakeException refusal = refusal(protocol, request());
        assertThat(refusal.violation()).isEqualTo(Violation.PROTOCOL_NOT_WEBSOCKET);
        assertThat(refusal.httpStatus()).isEqualTo(501);
    }

    @ParameterizedTest
    @CsvSource({"connection, Upgrade", "connection, keep-alive", "upgrade, websocket"})
    @Tag("R8441-H-08-")
    void aFieldOfTheConnectionIsRefused(String name, String value) {
        WebSocketHandshakeException refusal = refusal("websocket", request(name, value));
        assertThat(refusal.violation()).isEqualTo(Violation.FIELD_OF_CONNECTION);
        assertThat(refusal.httpStatus()).isEqualTo(400);
    }

    @Test
    @Tag("R8441-H-11-")
    void anotherVersionIsToldTheRightOneWithoutAnUpgrade() {
        WebSocketHandshakeException refusal =
                refusal("websocket", List.of(new HttpHeader("sec-websocket-version", "8")));
        assertThat(refusal.violation()).isEqualTo(Violation.VERSION_NOT_SUPPORTED);
        assertThat(refusal.httpStatus()).isEqualTo(400);
        assertThat(refusal.responseHeaders()).containsExactly(new HttpHeader("Sec-WebSocket-Version", "13"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sec-websocket-version|13|HEADER_TWICE",
                "sec-websocket-protocol|a, b b|HEADER_COMMA_MISSING",
                "sec-websocket-extensions|x; =|HEADER_BAD_TOKEN",
            })
    @Tag("R8441-H-11-")
    void theGrammarIsThatOfHttp11(String name, String value, Violation violation) {
        assertThat(refusal("websocket", request(name, value)).violation()).isEqualTo(violation);
    }

    @Test
    void withoutAVersionThereIsNoWebSocket() {
        assertThat(refusal("websocket", List.of(new HttpHeader("origin", "https://example.com")))
                        .violation())
                .isEqualTo(Violation.HEADER_MISSING);
    }

    @Test
    void onlyWhatWasOfferedCanBeSelected() {
        assertThatThrownBy(() -> server.beginExtendedConnect("websocket", "chat", List.of(), request()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.beginExtendedConnect("websocket", null, List.of("x-test"), request()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(server.state()).isEqualTo(HandleState.CREATED);
    }

    @Test
    void aHandshakeBeginsOnce() {
        answer(request());
        assertThatThrownBy(() -> answer(request())).isInstanceOf(WebSocketStateException.class);
    }
}
