package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What {@link ConnectionLoop} adds to its connection; all else is shown by the tests that pump with it. */
class ConnectionLoopTests {

    @Test
    void oneRunMovesABoundedNumberOfBytes() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        for (int i = 0; i < 100; i++) {
            server.end.transport().arrive(Frames.frame(true, Frames.FIN | Frames.BINARY, new byte[10_000]));
        }
        int before = server.end.transport().waiting();
        int interest = server.end.run(server.end.now());
        int read = before - server.end.transport().waiting();
        assertThat(read).isBetween(64 << 10, (64 << 10) + 4096);
        assertThat(interest & Interest.READ).as("wants to go on").isNotZero();

        HandPlayedPeer sender = new HandPlayedPeer(
                true, ConnectionOptions.builder().maxQueuedBytes(1L << 24).build());
        sender.connection().trySend(MessageType.BINARY, ByteBuffer.allocate(8 << 20), true, null);
        interest = sender.end.run(sender.end.now());
        assertThat(sender.peer.waiting()).isBetween(1 << 20, (1 << 20) + (128 << 10));
        assertThat(interest & Interest.WRITE).as("wants to go on").isNotZero();
    }
}
