package io.wsprotocol.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateClientExtensionHandshaker;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.fixture.Echo;
import io.wsprotocol.fixture.EchoServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Java-WebSocket, Jetty and Netty as clients of our server with permessage-deflate, in each form that they can offer: what is agreed on, and
 * that messages of both types and all sizes come back, each compressed both ways.
 */
class CompressedClientsTests {

    private static final int CODERS = 4;
    private static final String FRESH = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /** Connects a client with its offer. */
    private interface Opener {
        Correspondent open(URI uri) throws Exception;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"javaWebSocket", "jetty", "netty"})
    void everyMessageComesBackCompressed(String name, DeflateOptions wanted, Opener opener, String agreed)
            throws Exception {
        try (CoderPool coders = new CoderPool(CODERS);
                EchoServer server = EchoServer.start(
                        0,
                        Echo.options().toBuilder()
                                .compression(wanted)
                                .coderPool(coders)
                                .build());
                Correspondent client = opener.open(URI.create("ws://127.0.0.1:" + server.port() + "/"))) {
            assertThat(client.agreed()).isEqualTo(agreed);
            int messages = client.exchangeAll();
            assertThat(coders.inflatedMessages()).isEqualTo(messages);
            // An empty message has nothing to gain.
            assertThat(coders.deflatedMessages()).isEqualTo(messages - Correspondent.EMPTY);
            assertThat(coders.bytesBeforeInflate()).isLessThan(coders.bytesAfterInflate() * 2 / 3);
            assertThat(coders.bytesAfterDeflate()).isLessThan(coders.bytesBeforeDeflate() * 2 / 3);
        }
    }

    /** It always offers to keep no history, and does so only when told. */
    static List<Arguments> javaWebSocket() {
        return List.of(javaWebSocket("no history", fresh()), javaWebSocket("history for those who want it", keeping()));
    }

    private static Arguments javaWebSocket(String name, DeflateOptions wanted) {
        Opener opener = uri -> {
            PerMessageDeflateExtension extension = new PerMessageDeflateExtension();
            extension.setThreshold(0);
            extension.setClientNoContextTakeover(true);
            return new JavaWebSocketCorrespondent(uri, extension);
        };
        return Arguments.of("Java-WebSocket, " + name, wanted, opener, FRESH);
    }

    /**
     * It keeps to the duty to keep no history only after an offer with both parameters; otherwise its second message refers to the first, and
     * our server refuses that with 1007.
     */
    static List<Arguments> jetty() {
        return List.of(
                jetty(fresh(), "permessage-deflate; server_no_context_takeover; client_no_context_takeover", FRESH),
                jetty(keeping(), "permessage-deflate", "permessage-deflate"),
                jetty(
                        keeping(),
                        "permessage-deflate; server_no_context_takeover",
                        "permessage-deflate; server_no_context_takeover"));
    }

    private static Arguments jetty(DeflateOptions wanted, String offer, String agreed) {
        Opener opener = uri -> new JettyCorrespondent(uri, offer);
        return Arguments.of("Jetty, " + offer + " → " + agreed, wanted, opener, agreed);
    }

    static List<Arguments> netty() {
        List<Arguments> rows = new ArrayList<>();
        rows.add(netty("no history", fresh(), 15, true, true, FRESH));
        rows.add(netty("history", keeping(), 15, false, false, "permessage-deflate"));
        rows.add(netty(
                "history of the client", keeping(), 15, true, false, "permessage-deflate; server_no_context_takeover"));
        for (int bits : new int[] {8, 9, 12}) {
            String window = "; server_max_window_bits=" + bits;
            rows.add(netty("no history, 2^" + bits, fresh(), bits, false, true, FRESH + window));
            rows.add(netty("history, 2^" + bits, keeping(), bits, false, false, "permessage-deflate" + window));
        }
        return rows;
    }

    private static Arguments netty(
            String name,
            DeflateOptions wanted,
            int serverBits,
            boolean freshServer,
            boolean freshClient,
            String agreed) {
        Opener opener = uri -> new NettyCorrespondent(
                uri,
                new PerMessageDeflateClientExtensionHandshaker(
                        6, false, serverBits, freshClient, freshServer, 2 << 20));
        return Arguments.of("Netty, " + name, wanted, opener, agreed);
    }

    private static DeflateOptions fresh() {
        return DeflateOptions.builder().threshold(0).build();
    }

    private static DeflateOptions keeping() {
        return fresh().toBuilder()
                .serverContextTakeover(true)
                .clientContextTakeover(true)
                .build();
    }
}
