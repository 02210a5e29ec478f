package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.fixture.OpenHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link SendListener#sendStarted}. */
class SendStartedTests {

    private final List<String> heard = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSendIsSaidOnceWhenItsFirstFrameIsNextHoweverManyFollow(boolean server) {
        WebSocketConnection connection = connection(server, ConnectionOptions.defaults(), null);
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(200_000), true, "large");
        connection.trySendText("hello", "small");
        assertThat(heard).isEmpty();

        write(connection);

        assertThat(heard).containsExactly("large 200000 ends", "large SENT", "small 5 ends", "small SENT");
    }

    @Test
    void partsOfAMessageAreSaidEach() {
        WebSocketConnection connection = connection(true, ConnectionOptions.defaults(), null);
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(3), false, "a");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(0), false, "nothing");
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(0), true, "b");

        write(connection);

        assertThat(heard).containsExactlyInAnyOrder("a 3 goes on", "nothing SENT", "b 0 ends", "a SENT", "b SENT");
    }

    @Test
    void aMessageThatIsCompressedIsSaidWithTheBytesThatWereSent() {
        ConnectionOptions options = ConnectionOptions.builder()
                .compression(DeflateOptions.defaults())
                .build();
        WebSocketConnection connection = connection(true, options, DeflateParameters.PLAIN);
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(300_000), true, "zeros");

        write(connection);

        assertThat(heard).containsExactly("zeros 300000 ends", "zeros SENT");
    }

    @Test
    void controlFramesAndSendsThatFailInTheQueueAreNotSaid() {
        WebSocketConnection connection = connection(true, ConnectionOptions.defaults(), null);
        connection.tryPing(ByteBuffer.allocate(2), "ping");
        write(connection);
        connection.trySendText("lost", "lost");
        connection.transportFailed(new IOException("of the test"));
        connection.nextEvent();

        assertThat(heard).containsExactly("ping SENT", "lost FAILED");
    }

    private WebSocketConnection connection(
            boolean server, ConnectionOptions options, @Nullable DeflateParameters compression) {
        WebSocketHandle handle = OpenHandle.of(server, options.handleOptions(HandleOptions.defaults()));
        SendListener listener = new SendListener() {
            @Override
            public void sendStarted(@Nullable Object context, int bytes, boolean endsMessage) {
                heard.add(context + " " + bytes + (endsMessage ? " ends" : " goes on"));
            }

            @Override
            public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
                heard.add(context + " " + outcome);
            }
        };
        return WebSocketConnection.open(handle, options, compression, listener, () -> {}, 0);
    }

    private static void write(WebSocketConnection connection) {
        while (connection.wantsWrite()) {
            long bytes = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                bytes += connection.writeBuffers()[i].remaining();
            }
            connection.written(bytes);
        }
    }
}
