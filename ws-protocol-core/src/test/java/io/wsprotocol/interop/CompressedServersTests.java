package io.wsprotocol.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.fixture.Echo;
import java.net.URI;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our client with permessage-deflate and the servers of Java-WebSocket and Netty: what they agree to, and that messages of both types and all sizes come
 * back, each compressed both ways.
 */
class CompressedServersTests {

    private static final int CODERS = 4;

    @Test
    void javaWebSocketEchoesWithoutHistory() throws Exception {
        PerMessageDeflateExtension extension = new PerMessageDeflateExtension();
        extension.setThreshold(0);
        extension.setServerNoContextTakeover(true);
        extension.setClientNoContextTakeover(true);
        try (JavaWebSocketEcho server = new JavaWebSocketEcho(extension)) {
            DeflateOptions wanted = DeflateOptions.builder().threshold(0).build();
            exchange(
                    server.getPort(),
                    wanted,
                    "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, 15, true, permessage-deflate; client_no_context_takeover; server_no_context_takeover",
        "true, 15, false, permessage-deflate",
        "true, 9, false, permessage-deflate; client_max_window_bits=9",
        "true, 12, true, permessage-deflate; client_max_window_bits=12",
    })
    void nettyEchoesWithAndWithoutHistoryInEachWindow(
            boolean takeover, int clientBits, boolean freshClient, String agreed) throws Exception {
        try (NettyEcho server = new NettyEcho(
                new PerMessageDeflateServerExtensionHandshaker(6, false, clientBits, true, freshClient, 2 << 20))) {
            DeflateOptions wanted = DeflateOptions.builder()
                    .threshold(0)
                    .serverContextTakeover(takeover)
                    .clientContextTakeover(takeover)
                    .build();
            exchange(server.port(), wanted, agreed);
        }
    }

    private static void exchange(int port, DeflateOptions wanted, String agreed) throws Exception {
        try (CoderPool coders = new CoderPool(CODERS);
                Correspondent client = new EngineCorrespondent(
                        URI.create("ws://127.0.0.1:" + port + "/"),
                        Echo.options().toBuilder()
                                .compression(wanted)
                                .coderPool(coders)
                                .build())) {
            assertThat(client.agreed()).isEqualTo(agreed);
            int messages = client.exchangeAll();
            // An empty message has nothing to gain.
            assertThat(coders.deflatedMessages()).isEqualTo(messages - Correspondent.EMPTY);
            assertThat(coders.inflatedMessages()).isGreaterThanOrEqualTo(messages - Correspondent.EMPTY);
            assertThat(coders.bytesAfterDeflate()).isLessThan(coders.bytesBeforeDeflate() * 2 / 3);
            assertThat(coders.bytesBeforeInflate()).isLessThan(coders.bytesAfterInflate() * 2 / 3);
        }
    }
}
