package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.OpenHandle;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** In steady state a round trip through two connections allocates nothing, exactly. */
class DriverAllocationTests {

    private static final int ROUND_TRIPS = 10_000;

    private final ByteBuffer request = ByteBuffer.allocate(200);
    private final ByteBuffer answer = ByteBuffer.allocate(200);
    private final ByteBuffer pipe = ByteBuffer.allocate(4096);
    private final WebSocketConnection client = open(false);
    private final WebSocketConnection server = open(true);
    private int sent;
    private int answers;

    private WebSocketConnection open(boolean isServer) {
        ConnectionOptions options = ConnectionOptions.defaults();
        HandleOptions base = options.handleOptions(HandleOptions.defaults());
        WebSocketHandle handle = OpenHandle.of(isServer, base);
        return WebSocketConnection.open(handle, options, (context, outcome) -> sent++, () -> {}, 0);
    }

    private void roundTrip(long now) {
        client.onTime(now);
        server.onTime(now);
        request.clear();
        client.trySend(MessageType.BINARY, request, true, null);
        transfer(client, server);
        if (server.nextEvent() == ConnectionEvent.BINARY) {
            answer.clear().put(server.payload()).flip();
            server.trySend(MessageType.BINARY, answer, true, null);
        }
        server.nextEvent();
        transfer(server, client);
        if (client.nextEvent() == ConnectionEvent.BINARY) {
            answers++;
        }
        client.nextEvent();
    }

    private void transfer(WebSocketConnection from, WebSocketConnection to) {
        pipe.clear();
        while (from.wantsWrite()) {
            long written = 0;
            for (int i = 0; i < from.writeBufferCount(); i++) {
                written += from.writeBuffers()[i].remaining();
                pipe.put(from.writeBuffers()[i]);
            }
            from.written(written);
        }
        pipe.flip();
        to.feed(pipe);
    }

    @Test
    void tenThousandRoundTripsAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20 && allocated > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUND_TRIPS; i++) {
                roundTrip(i);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(answers).isGreaterThanOrEqualTo(ROUND_TRIPS);
        assertThat(sent).isEqualTo(2 * answers);
        assertThat(allocated).isZero();
    }
}
