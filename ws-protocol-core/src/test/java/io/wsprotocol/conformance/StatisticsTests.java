package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.ActionQueue;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleStatistics;
import io.wsprotocol.conformance.Feed.Cut;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The counters of a handle: every frame, message and byte counts once, however the stream is cut. */
class StatisticsTests {

    private static final HandleOptions DEFAULTS = HandleOptions.defaults();

    private static final byte[] STREAM_OF_A_CLIENT = stream(true);
    private static final byte[] STREAM_OF_A_SERVER = stream(false);

    private static byte[] stream(boolean client) {
        return Wire.join(
                Wire.text("hello").from(client).bytes(),
                Wire.binary(new byte[3]).unfinished().from(client).bytes(),
                Wire.ping("p").from(client).bytes(),
                Wire.continuation(new byte[4]).from(client).bytes(),
                Wire.pong("pong").from(client).bytes(),
                Wire.text("€").from(client).bytes(),
                Wire.binary().from(client).bytes(),
                Wire.close(1000, "bye").from(client).bytes());
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void whatIsReceivedIsCounted(Cut cut) {
        for (boolean server : new boolean[] {true, false}) {
            byte[] stream = server ? STREAM_OF_A_CLIENT : STREAM_OF_A_SERVER;
            Feed feed = Feed.into(server, DEFAULTS, cut, stream);
            long pong = server ? 3 : 7;
            assertThat(feed.handle().handle().statistics())
                    .isEqualTo(new HandleStatistics(stream.length, pong, 8, 1, 4, 0, 5 + 3 + 4 + 3, 0, 1, 1, 0));
            feed.end();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void payloadPutIntoATargetIsCountedToo(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, DEFAULTS);
        handle.receive(ByteBuffer.allocate(2), null);
        byte[] stream = Wire.binary(new byte[7]).from(server).bytes();
        Feed feed = Feed.into(handle, Cut.WHOLE.sizes(), stream);
        assertThat(feed.handle().handle().statistics())
                .isEqualTo(new HandleStatistics(stream.length, 0, 1, 0, 1, 0, 7, 0, 0, 0, 0));
        feed.end();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void whatIsSentIsCounted(boolean server, boolean corking) {
        CheckedHandle<?> handle = CheckedHandle.open(
                server, HandleOptions.builder().corking(corking).build());
        handle.send(BufferType.UTF8_MESSAGE, StandardCharsets.UTF_8.encode("hello"), null);
        handle.send(BufferType.BINARY_FRAGMENT, ByteBuffer.allocate(3), null);
        handle.send(BufferType.PING_PONG, ByteBuffer.allocate(2), null);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(4), null);
        handle.sendClose(new CloseInfo(1000, "x"), null);
        handle.flush();
        long headers = 5 * (server ? 2 : 6);
        assertThat(handle.handle().statistics())
                .isEqualTo(new HandleStatistics(0, headers + 5 + 3 + 2 + 4 + 3, 0, 5, 0, 2, 0, 12, 0, 0, 0));
        handle.abortAndVerify();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theAutomaticPongIsCountedWithWhatTheApplicationSent(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, DEFAULTS);
        assertThat(handle.handle().pingsReceived()).isZero();
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(4), null);
        handle.flush();
        Feed feed = Feed.into(
                handle, Cut.WHOLE.sizes(), Wire.ping("ping").from(server).bytes());
        HandleStatistics now = feed.handle().handle().statistics();
        assertThat(now.framesSent()).isEqualTo(2);
        assertThat(now.bytesSent()).isEqualTo(2 * (server ? 6 : 10));
        assertThat(now.pingsReceived()).isOne();
        assertThat(feed.handle().handle().pingsReceived()).isOne();
        feed.end();
    }

    @Test
    void aQueueIsAsLongAsItsOperationsAndAllIsBoth() {
        CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
        handle.receive(null, null);
        handle.send(BufferType.BINARY_MESSAGE, null, null);
        handle.send(BufferType.BINARY_MESSAGE, null, null);
        assertThat(handle.handle().queued(ActionQueue.SEND)).isEqualTo(2);
        assertThat(handle.handle().queued(ActionQueue.RECEIVE)).isOne();
        assertThat(handle.handle().queued(ActionQueue.ALL)).isEqualTo(3);
        handle.abortAndVerify();
    }

    @Test
    void aFrameThatLeavesInSlicesIsCountedOnce() {
        CheckedHandle<?> handle = CheckedHandle.openClient(
                HandleOptions.builder().sendBufferSize(16).build());
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(40), null);
        handle.flush();
        assertThat(handle.handle().statistics()).isEqualTo(new HandleStatistics(0, 46, 0, 1, 0, 1, 0, 40, 0, 0, 0));
        handle.abortAndVerify();
    }
}
