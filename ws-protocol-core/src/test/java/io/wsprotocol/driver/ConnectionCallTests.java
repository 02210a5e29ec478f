package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.OpenHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls that a transport may get wrong: at the wrong time, or with figures that cannot be. */
class ConnectionCallTests {

    private final List<String> completions = new ArrayList<>();
    private final WebSocketHandle handle = OpenHandle.of(true, HandleOptions.defaults());
    private final WebSocketConnection connection = open(handle);

    private WebSocketConnection open(WebSocketHandle open) {
        return WebSocketConnection.open(
                open,
                ConnectionOptions.defaults(),
                (context, outcome) -> completions.add(context + " " + outcome),
                () -> {},
                0);
    }

    private void arrives(ByteBuffer bytes) {
        connection.feed(bytes);
    }

    private long out() {
        long bytes = 0;
        for (int i = 0; i < connection.writeBufferCount(); i++) {
            bytes += connection.writeBuffers()[i].remaining();
        }
        return bytes;
    }

    @Test
    void aConnectionNeedsAHandleWhoseHandshakeIsDone() {
        ClientHandle client = WebSocketHandle.createClient();
        assertThatIllegalStateException().isThrownBy(() -> open(client)).withMessageContaining("CREATED");
        client.beginHandshake(List.of(), List.of(), List.of());
        assertThatIllegalStateException().isThrownBy(() -> open(client)).withMessageContaining("HANDSHAKING");
        ServerHandle server = WebSocketHandle.createServer();
        assertThatIllegalStateException().isThrownBy(() -> open(server)).withMessageContaining("CREATED");
        server.close();
        assertThatIllegalStateException().isThrownBy(() -> open(server)).withMessageContaining("DELETED");
    }

    @Test
    void asManyBytesWereReadAsFitAndOnlyIntoABufferThatWasAskedFor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.received(1))
                .withMessageContaining("nothing");
        int room = connection.readBuffer().remaining();
        assertThatIllegalArgumentException().isThrownBy(() -> connection.received(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.received(room + 1));
        connection.pauseReading();
        connection.received(0);
        assertThat(connection.wantsRead()).isFalse();
        assertThatIllegalStateException().isThrownBy(connection::readBuffer);
    }

    @Test
    void asManyBytesWereWrittenAsWereThere() {
        assertThat(connection.wantsWrite()).isFalse();
        assertThat(connection.writeBuffers()).isEmpty();
        assertThat(connection.writeBufferCount()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> connection.written(0));
        connection.trySendText("abc", "abc");
        assertThat(connection.wantsWrite()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> connection.written(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.written(6));
        connection.written(5);
        assertThat(completions).containsExactly("abc SENT");
    }

    @Test
    void asManyBytesWereDrainedAsFitAndTooManyEndTheWait() {
        arrives(Frames.frame(true, Frames.FIN | 3, "reserved"));
        connection.nextEvent();
        while (connection.wantsWrite()) {
            connection.written(out());
        }
        int room = connection.readBuffer().remaining();
        assertThatIllegalArgumentException().isThrownBy(() -> connection.received(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.received(room + 1));
        for (int drained = 0; drained <= 64 << 10; drained += room) {
            assertThat(connection.wantsTransportClose()).isFalse();
            connection.received(room);
        }
        assertThat(connection.wantsTransportClose()).isTrue();
        connection.received(room);
        assertThat(connection.wantsRead()).isFalse();
    }

    @Test
    void onlyATextHasTextAndOnlyTheEndHasACloseEvent() {
        assertThatIllegalStateException().isThrownBy(connection::text).withMessageContaining("NONE");
        arrives(Frames.frame(true, Frames.FIN | Frames.TEXT, "abc"));
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
        assertThat(connection.text()).isEqualTo("abc").isSameAs(connection.text());
        assertThatIllegalStateException().isThrownBy(connection::closeEvent);
        connection.transportClosed();
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.CLOSED);
        assertThat(connection.closeEvent().code()).isEqualTo(1006);
        assertThat(connection.closeEvent().toString()).contains("cause=none");
    }

    @Test
    void saysWhetherBytesAreThereBehindTheEventAtHand() {
        assertThat(connection.holdsInput()).isFalse();
        ByteBuffer bytes = ByteBuffer.allocate(20)
                .put(Frames.frame(true, Frames.FIN | Frames.TEXT, "a"))
                .put(Frames.frame(true, Frames.FIN | Frames.BINARY, "bc"))
                .put((byte) 0x81);
        arrives(bytes.flip());
        assertThat(connection.holdsInput()).isTrue();
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
        assertThat(connection.holdsInput()).isTrue();
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.BINARY);
        assertThat(connection.holdsInput())
                .as("the first byte of a third frame")
                .isTrue();
        assertThat(handle.unparsedBytes()).isOne();
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
        assertThat(connection.wantsRead()).isTrue();
        assertThat(handle.unparsedBytes()).isOne();
        arrives(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0, 0, 0, 0}));
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.TEXT);
        assertThat(connection.holdsInput()).isFalse();
    }

    @Test
    void aPingHasAtMost125Bytes() {
        assertThat(connection.tryPing(ByteBuffer.allocate(125), null)).isEqualTo(SendResult.ACCEPTED);
        assertThatIllegalArgumentException().isThrownBy(() -> connection.tryPing(ByteBuffer.allocate(126), null));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.tryPong(ByteBuffer.allocate(126), null));
    }

    @Test
    void aLargeSendThatIsAbortedBetweenTwoFramesHasFailed() {
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(100_000), true, "large");
        assertThat(connection.wantsWrite()).isTrue();
        long frame = out();
        connection.abort();
        assertThat(connection.wantsTransportClose()).isTrue();
        connection.written(frame);
        assertThat(completions).containsExactly("large FAILED");
        assertThat(connection.wantsWrite()).isFalse();
    }

    @Test
    void anInputThatEndedWhileReadingWasPausedIsNotReadAgain() {
        connection.pauseReading();
        connection.endOfInput();
        connection.resumeReading();
        assertThat(connection.wantsRead()).isFalse();
        connection.nextEvent();
        assertThat(connection.wantsTransportClose()).isTrue();
    }

    @Test
    void aFloodOfPingsEndsReadingAtOnce() {
        ByteBuffer flood = ByteBuffer.allocate(8 * 300);
        while (flood.hasRemaining()) {
            flood.put(Frames.frame(true, Frames.FIN | Frames.PING, "ho"));
        }
        arrives(flood.flip());
        assertThat(connection.wantsRead()).isFalse();
        connection.nextEvent();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aMessageOfAnExtensionThatNobodyReadsFailsTheConnection() {
        handle.allowReservedBits(0x20);
        arrives(Frames.frame(true, Frames.FIN | 0x20 | Frames.TEXT, "x"));
        assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
        assertThat(connection.isOpen()).isFalse();
        connection.transportClosed();
        connection.nextEvent();
        assertThat(connection.closeEvent().code()).isEqualTo(FailureReason.UNKNOWN_EXTENSION.closeStatus());
    }
}
