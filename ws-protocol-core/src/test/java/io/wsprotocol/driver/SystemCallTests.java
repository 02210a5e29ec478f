package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.ChannelTransport;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many reads and writes of a real socket a connection needs for many small messages: one call of the transport is one of the system. */
@Timeout(60)
class SystemCallTests {

    private static final int MESSAGES = 1_000;
    private static final int PAYLOAD_BYTES = 16;

    /** A batch of the way out has 64 messages. */
    private static final int MOST_WRITES = (MESSAGES + 63) / 64;
    /** 22 kB in reads of at most one receive buffer; a network may cut them, though hardly into more than this. */
    private static final int MOST_READS = 20;

    private ServerSocketChannel listening;
    private SocketChannel peer;
    private CountingTransport transport;
    private WebSocketConnection connection;
    private ConnectionLoop loop;
    private int received;

    /** Counts calls that moved bytes; those that found the network busy or empty are readiness, which a selector tells for less. */
    private static final class CountingTransport implements Transport {

        private final Transport socket;
        private int reads;
        private int writes;

        CountingTransport(Transport socket) {
            this.socket = socket;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int bytes = socket.read(target);
            reads += bytes > 0 ? 1 : 0;
            return bytes;
        }

        @Override
        public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
            long bytes = socket.write(buffers, offset, length);
            writes += bytes > 0 ? 1 : 0;
            return bytes;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        peer = SocketChannel.open(listening.getLocalAddress());
        SocketChannel accepted = listening.accept();
        accepted.configureBlocking(false);
        ConnectionOptions options = ConnectionOptions.builder().build();
        ServerHandle handle = WebSocketHandle.createServer(options.handleOptions(HandleOptions.defaults()));
        handle.assumeHandshakeDone();
        connection = WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
        transport = new CountingTransport(new ChannelTransport(accepted, ByteBuffer.allocate(0)));
        loop = new ConnectionLoop(connection, transport, new MessageListener() {
            @Override
            public void onBinary(ByteBuffer payload, boolean last) {
                received++;
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        connection.abort();
        loop.run(0);
        peer.close();
        listening.close();
    }

    @Test
    void manyQueuedMessagesLeaveInFewGatheringWrites() throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
            assertThat(connection.trySend(MessageType.BINARY, payload, true, null))
                    .isEqualTo(SendResult.ACCEPTED);
        }
        ByteBuffer wire = ByteBuffer.allocate(MESSAGES * (PAYLOAD_BYTES + 2));
        while (wire.hasRemaining()) {
            loop.run(0);
            peer.read(wire);
        }
        assertThat(connection.queuedMessages()).isZero();
        assertThat(transport.writes).isLessThanOrEqualTo(MOST_WRITES);
    }

    @Test
    void manyFramesComeFromFewReads() throws IOException {
        ByteBuffer wire = ByteBuffer.allocate(MESSAGES * (PAYLOAD_BYTES + FrameHeader.MAX_BYTES));
        for (int i = 0; i < MESSAGES; i++) {
            int header = FrameHeader.encode(
                    wire.array(), wire.position(), FrameHeader.B0_FIN | Opcode.BINARY, PAYLOAD_BYTES, true, 0);
            wire.position(wire.position() + header + PAYLOAD_BYTES);
        }
        peer.write(wire.flip());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (received < MESSAGES && System.nanoTime() < deadline) {
            loop.run(0);
        }
        assertThat(received).isEqualTo(MESSAGES);
        assertThat(transport.reads).isLessThanOrEqualTo(MOST_READS);
    }
}
