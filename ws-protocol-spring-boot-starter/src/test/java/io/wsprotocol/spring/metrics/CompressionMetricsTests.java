package io.wsprotocol.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.driver.ConnectionEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendListener;
import io.wsprotocol.driver.WebSocketConnection;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The figures of {@link CompressionMetrics}, from a message that goes from one connection to another. */
class CompressionMetricsTests {

    private static final int BYTES = 5000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CoderPool pool = new CoderPool(2);
    private final ConnectionOptions options = ConnectionOptions.builder()
            .compression(DeflateOptions.defaults())
            .coderPool(pool)
            .build();

    @Test
    void figuresAreThereBeforeTheFirstMessage() {
        CompressionMetrics metrics = new CompressionMetrics(registry, pool);

        assertThat(metrics).isNotNull();
        assertThat(registry.getMeters())
                .hasSize(10)
                .allSatisfy(meter -> assertThat(meter.measure())
                        .allSatisfy(measured -> assertThat(measured.getValue()).isZero()));
    }

    @Test
    void aMessageCountsAtBothEndsOnceAndInBothSizes() {
        CompressionMetrics metrics = new CompressionMetrics(registry, pool);
        ClientHandle client =
                WebSocketHandle.createClient(options.handleOptions(io.wsprotocol.HandleOptions.defaults()));
        client.assumeHandshakeDone();
        ServerHandle server =
                WebSocketHandle.createServer(options.handleOptions(io.wsprotocol.HandleOptions.defaults()));
        server.assumeHandshakeDone();
        WebSocketConnection sender = open(server);
        WebSocketConnection receiver = open(client);
        sender.trySend(MessageType.BINARY, ByteBuffer.allocate(BYTES), true, null);
        move(sender, receiver);

        assertThat(metrics).isNotNull();
        assertThat(counter("compression.messages", "direction", "sent")).isEqualTo(1);
        assertThat(counter("compression.messages", "direction", "received")).isEqualTo(1);
        double wire = counter("compression.bytes", "direction", "sent", "layer", "wire");
        assertThat(wire).isBetween(1.0, BYTES / 50.0);
        assertThat(counter("compression.bytes", "direction", "received", "layer", "wire"))
                .isEqualTo(wire);
        assertThat(counter("compression.bytes", "direction", "sent", "layer", "payload"))
                .isEqualTo(BYTES);
        assertThat(counter("compression.bytes", "direction", "received", "layer", "payload"))
                .isEqualTo(BYTES);
        assertThat(counter("compression.coders.exhausted", "coder", "deflater")).isZero();
        assertThat(registry.get("ws.protocol.compression.coders.active")
                        .tags("coder", "deflater")
                        .gauge()
                        .value())
                .isZero();
    }

    private WebSocketConnection open(WebSocketHandle handle) {
        SendListener nobody = (context, outcome) -> {};
        return WebSocketConnection.open(
                handle, options, new DeflateParameters(15, 15, true, true), nobody, () -> {}, 0);
    }

    private static void move(WebSocketConnection from, WebSocketConnection to) {
        int received = 0;
        while (received < BYTES) {
            if (from.wantsWrite()) {
                long moved = 0;
                ByteBuffer in = to.readBuffer();
                for (int i = 0; i < from.writeBufferCount(); i++) {
                    ByteBuffer out = from.writeBuffers()[i];
                    moved += out.remaining();
                    in.put(out);
                }
                from.written(moved);
                to.received((int) moved);
            }
            for (ConnectionEvent event; (event = to.nextEvent()) != ConnectionEvent.NONE; ) {
                assertThat(event).isEqualTo(ConnectionEvent.BINARY);
                received += to.payload().remaining();
            }
        }
    }

    private double counter(String name, String... tags) {
        FunctionCounter counter = registry.get("ws.protocol." + name).tags(tags).functionCounter();
        return counter.count();
    }
}
