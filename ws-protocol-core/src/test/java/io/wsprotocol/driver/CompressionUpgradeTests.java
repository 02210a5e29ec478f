package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleState;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.http.AcceptKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How permessage-deflate is agreed on in an upgrade, at both ends (RFC 7692 §5). */
class CompressionUpgradeTests {

    private static final ConnectionOptions ON =
            ConnectionOptions.builder().compression(DeflateOptions.defaults()).build();
    private static final Pattern KEY = Pattern.compile("Sec-WebSocket-Key: (.*)\r\n");

    private final ClientHandle client = WebSocketHandle.createClient();
    private final ServerHandle server = WebSocketHandle.createServer();

    private ClientUpgrade ask(ConnectionOptions options) {
        return new ClientUpgrade(client, "ws://h/", options, List.of(), List.of());
    }

    private ServerUpgrade serve(ClientUpgrade asked, ConnectionOptions options, UpgradeDecision decision) {
        ServerUpgrade upgrade = new ServerUpgrade(server, request -> decision, options);
        assertThat(upgrade.accept(asked.request())).isTrue();
        assertThat(upgrade.upgraded()).isEqualTo(decision.accepted());
        return upgrade;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    /** The answer of a server that says this about extensions, whatever was offered. */
    private static ByteBuffer answer(ClientUpgrade asked, @Nullable String extensions) {
        Matcher key = KEY.matcher(text(asked.request()));
        assertThat(key.find()).isTrue();
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + AcceptKey.accept(key.group(1)) + "\r\n"
                + (extensions == null ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n") + "\r\n";
        return ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static WebSocketConnection open(
            WebSocketHandle handle, ConnectionOptions options, @Nullable DeflateParameters compression) {
        SendListener nobody = (context, outcome) -> {};
        return WebSocketConnection.open(handle, options, compression, nobody, () -> {}, 0);
    }

    @Test
    @Tag("R7692-P-04+")
    @Tag("R7692-P-05+")
    @Tag("R7692-P-06+")
    @Tag("R7692-P-07+")
    @Tag("R7692-P-09+")
    @Tag("R7692-P-10+")
    @Tag("R7692-P-11+")
    void bothEndsKnowWhatTheyAgreedOn() {
        ClientUpgrade asked = ask(ON);
        ServerUpgrade answered = serve(asked, ON, UpgradeDecision.accept());
        assertThat(asked.accept(answered.response())).isTrue();

        DeflateParameters agreed = new DeflateParameters(15, 15, true, true);
        assertThat(answered.compression()).isEqualTo(agreed);
        assertThat(asked.compression()).isEqualTo(agreed);
        assertThat(asked.result().extensions())
                .containsExactly("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        assertThat(open(server, ON, agreed).compression()).isEqualTo(agreed);
        assertThat(open(client, ON, agreed).compression()).isEqualTo(agreed);
    }

    @Test
    @Tag("R7692-P-53+")
    void nothingIsOfferedOrAcceptedUnlessItIsWanted() {
        ClientUpgrade silent = ask(ConnectionOptions.defaults());
        assertThat(text(silent.request())).doesNotContain("Extensions");

        ClientUpgrade asked = new ClientUpgrade(WebSocketHandle.createClient(), "ws://h/", ON, List.of(), List.of());
        ServerUpgrade answered = new ServerUpgrade(server, request -> UpgradeDecision.accept());
        assertThat(answered.accept(asked.request())).isTrue();
        assertThat(text(answered.response())).doesNotContain("Extensions");
        assertThat(answered.compression()).isNull();
        assertThat(asked.accept(answered.response())).isTrue();
        assertThat(asked.compression()).isNull();
        assertThat(open(server, ConnectionOptions.defaults(), null).compression())
                .isNull();
    }

    @Test
    @Tag("R7692-P-53-")
    void aPolicyMayRefuseCompressionForAPath() {
        ServerUpgrade answered = serve(ask(ON), ON, UpgradeDecision.accept().uncompressed());

        assertThat(answered.compression()).isNull();
        assertThat(text(answered.response())).doesNotContain("Extensions");
    }

    @Test
    @Tag("R7692-P-04-")
    @Tag("R7692-P-06-")
    void compressionStandsBackForAnotherExtension() {
        ClientUpgrade asked =
                new ClientUpgrade(client, "ws://h/", List.of(), List.of("x-own", "permessage-deflate"), List.of());
        ServerUpgrade answered = serve(asked, ON, new UpgradeDecision(101, null, List.of("x-own"), List.of()));

        assertThat(answered.compression()).isNull();
        assertThat(text(answered.response())).contains("Sec-WebSocket-Extensions: x-own\r\n");
    }

    @Test
    void aRefusedRequestAgreesToNothing() {
        assertThat(serve(ask(ON), ON, UpgradeDecision.refuse(403)).compression())
                .isNull();
    }

    @Test
    @Tag("R7692-P-11-")
    void anAnswerThatDoesNotFitFailsTheHandshake() {
        ClientUpgrade asked = ask(ON);

        assertThatThrownBy(() -> asked.accept(answer(asked, "permessage-deflate; s3cr3t")))
                .hasMessageNotContaining("s3cr3t")
                .asInstanceOf(type(WebSocketHandshakeException.class))
                .extracting(WebSocketHandshakeException::violation)
                .isEqualTo(Violation.DEFLATE_PARAMETER_UNKNOWN);
        assertThat(client.state()).isNotEqualTo(HandleState.OPEN);
        assertThatThrownBy(() -> asked.accept(ByteBuffer.allocate(0))).isInstanceOf(WebSocketHandshakeException.class);
        assertThatThrownBy(asked::result).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("R7692-P-09-")
    void anAnswerToNoOfferFailsTheHandshake() {
        ClientUpgrade asked = ask(ConnectionOptions.defaults());

        assertThatThrownBy(() -> asked.accept(answer(asked, "permessage-deflate")))
                .asInstanceOf(type(WebSocketHandshakeException.class))
                .extracting(WebSocketHandshakeException::violation)
                .isEqualTo(Violation.EXTENSION_NOT_OFFERED);
    }

    @Test
    @Tag("R7692-P-09-")
    void anAnswerThatAcceptsTwiceFailsTheHandshake() {
        ClientUpgrade asked = ask(ON);
        String once = "permessage-deflate; server_no_context_takeover";

        assertThatThrownBy(() -> asked.accept(answer(asked, once + ", " + once)))
                .isInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void aServerThatDeclinesGoesOnUncompressed() {
        ClientUpgrade asked = ask(ON);

        assertThat(asked.accept(answer(asked, null))).isTrue();
        assertThat(asked.compression()).isNull();
    }

    @Test
    void whatWasNotWantedCannotBeOpened() {
        serve(ask(ON), ON, UpgradeDecision.accept());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(server, ConnectionOptions.defaults(), DeflateParameters.PLAIN));
    }

    @Test
    @Tag("R7692-P-18-")
    void anOfferThatCannotBeTakenIsDeclined() {
        String request = text(ask(ON).request()).replace("permessage-deflate", "permessage-deflate; unknown");
        ServerUpgrade upgrade = new ServerUpgrade(server, head -> UpgradeDecision.accept(), ON);
        assertThat(upgrade.accept(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1))))
                .isTrue();
        assertThat(upgrade.upgraded()).isTrue();
        assertThat(upgrade.compression()).isNull();
        assertThat(text(upgrade.response())).doesNotContain("Sec-WebSocket-Extensions");
    }
}
