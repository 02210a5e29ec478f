package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many frames in one transfer: what is gathered, what goes by reference, and what a short write means for each of them. */
@Tag("WSPC-3.2")
class CorkingTests {

    private static final HandleOptions CORKED =
            HandleOptions.builder().corking(true).sendBufferSize(1024).build();

    private CheckedHandle<?> handle = CheckedHandle.openServer(CORKED);

    @AfterEach
    void nothingIsLost() {
        handle.abortAndVerify();
    }

    private static ByteBuffer bytes(int length, int value) {
        ByteBuffer payload = ByteBuffer.allocate(length);
        while (payload.hasRemaining()) {
            payload.put((byte) value);
        }
        return payload.flip();
    }

    private void send(int... lengths) {
        for (int i = 0; i < lengths.length; i++) {
            handle.send(BufferType.BINARY_MESSAGE, bytes(lengths[i], i), i);
        }
    }

    private Action write() {
        return handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
    }

    private List<Boolean> indicated(int count) {
        List<Boolean> transferred = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
            assertThat(over.context()).isEqualTo(i);
            transferred.add(over.fullyTransferred());
            handle.completeAction(over, 0);
        }
        return transferred;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void framesWithoutPayloadAreGatheredToo(boolean server) {
        handle = CheckedHandle.open(server, CORKED);
        handle.send(BufferType.BINARY_MESSAGE, null, 0);
        handle.send(BufferType.PING_PONG, null, 1);
        handle.send(BufferType.BINARY_MESSAGE, bytes(3, 7), 2);
        Action write = write();
        assertThat(write.totalBytes()).isEqualTo(3 + 3 * (server ? 2 : 6));
        handle.completeAction(write, write.totalBytes());
        assertThat(indicated(3)).containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void smallFramesShareOneTransferAndAreIndicatedEachInOrder(boolean server) {
        handle = CheckedHandle.open(server, CORKED);
        send(10, 0, 20, 30);
        Action write = write();
        assertThat(write.bufferCount()).isOne();
        assertThat(write.totalBytes()).isEqualTo(60 + 4 * (server ? 2 : 6));
        assertThat(write.context()).isEqualTo(0);
        handle.completeAction(write, write.totalBytes());
        assertThat(indicated(4)).containsOnly(true);
        assertThat(handle.writtenFrames())
                .extracting(frame -> frame.payload().length)
                .containsExactly(10, 0, 20, 30);
        assertThat(handle.writtenFrames().get(2).payload()).containsOnly(2);
    }

    @Test
    void atAServerALargePayloadGoesByReferenceBehindTheSmallOnes() {
        handle.send(BufferType.BINARY_MESSAGE, bytes(10, 0), 0);
        ByteBuffer large = bytes(5_000, 1);
        handle.send(BufferType.BINARY_MESSAGE, large, 1);
        handle.send(BufferType.BINARY_MESSAGE, bytes(20, 2), 2);
        Action write = write();
        assertThat(write.bufferCount()).isEqualTo(2);
        assertThat(write.buffers()[1]).isSameAs(large);
        assertThat(write.totalBytes()).isEqualTo(12 + 4 + 5_000);
        handle.completeAction(write, write.totalBytes());
        assertThat(indicated(2)).containsOnly(true);
        write = write();
        assertThat(write.totalBytes()).isEqualTo(22);
        handle.completeAction(write, 22);
        handle.flush();
        assertThat(handle.writtenFrames())
                .extracting(frame -> frame.payload().length)
                .containsExactly(10, 5_000, 20);
    }

    @Test
    void atAClientALargeFrameIsSlicedInTransfersOfItsOwn() {
        handle = CheckedHandle.openClient(CORKED);
        send(10, 3_000, 20);
        List<Long> transfers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Action action = handle.getAction(ActionQueue.SEND);
            while (action.type() == ActionType.INDICATE_SEND_COMPLETE) {
                handle.completeAction(action, 0);
                action = handle.getAction(ActionQueue.SEND);
            }
            transfers.add(action.totalBytes());
            handle.completeAction(action, action.totalBytes());
        }
        handle.flush();
        assertThat(transfers).containsExactly(16L, 1024L, 1024L, 960L, 26L);
        assertThat(handle.writtenFrames())
                .extracting(frame -> frame.payload().length)
                .containsExactly(10, 3_000, 20);
    }

    @Test
    void whatDoesNotFitWaitsForTheNextTransfer() {
        send(IntStream.range(0, 50).map(i -> 100).toArray());
        Action write = write();
        assertThat(write.totalBytes()).isLessThanOrEqualTo(1024 + 100).isGreaterThan(900);
        handle.completeAction(write, write.totalBytes());
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(50);
        assertThat(handle.writtenFrames())
                .extracting(frame -> (int) frame.payload()[0])
                .isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFrameThatFillsTheBufferToItsLastByteIsGathered(boolean server) {
        int header = server ? 4 : 8;
        int rest = 1024 - (header + 500) - header;
        handle = CheckedHandle.open(server, CORKED);
        send(500, rest, 1);
        Action write = write();
        assertThat(write.bufferCount()).isOne();
        assertThat(write.totalBytes()).isEqualTo(1024);
        handle.completeAction(write, 1024);
        assertThat(indicated(2)).containsOnly(true);
    }

    @Test
    void aFrameThatIsOneByteTooLongForTheBufferOfAClientWaits() {
        handle = CheckedHandle.openClient(CORKED);
        send(500, 1024 - (8 + 500) - 8 + 1);
        Action write = write();
        assertThat(write.totalBytes()).isEqualTo(508);
        handle.completeAction(write, 508);
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(2);
    }

    @Test
    void atAServerAPayloadThatIsOneByteTooLongGoesByReference() {
        send(500, 1024 - (4 + 500) - 4 + 1);
        Action write = write();
        assertThat(write.bufferCount()).isEqualTo(2);
        assertThat(write.totalBytes()).isEqualTo(1025);
        handle.completeAction(write, 1025);
        assertThat(indicated(2)).containsOnly(true);
    }

    @ParameterizedTest
    @CsvSource({"1016, 2", "1017, 1"})
    void atAServerAtLeastTheHeaderMustFit(int first, int frames) {
        send(first, 5_000);
        Action write = write();
        assertThat(write.bufferCount()).isEqualTo(frames);
        handle.completeAction(write, write.totalBytes());
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11, 12, 13, 23, 24, 35, 36})
    void aShortWriteCountsTheFramesThatItCovers(int written) {
        send(10, 10, 10);
        handle.completeAction(write(), written);
        int whole = written / 12;
        assertThat(indicated(3))
                .isEqualTo(IntStream.range(0, 3).mapToObj(i -> i < whole).toList());
        assertThat(handle.handle().sendState()).isEqualTo(written % 12 == 0 ? SendState.OPEN : SendState.BROKEN);
        assertThat(handle.handle().statistics().messagesSent()).isEqualTo(whole);
        assertThat(handle.source().outstanding()).isZero();
    }

    @Test
    void aPongWaitsForTheTransferAndGoesBeforeTheNext() {
        handle.receive(null, null);
        send(10, 10);
        Action write = write();
        send(10);
        byte[] ping = Wire.ping("p").from(true).bytes();
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put(ping);
        handle.completeAction(read, ping.length);
        read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        handle.completeAction(write, write.totalBytes());
        Action pong = handle.expect(ActionQueue.ALL, ActionType.SEND_TO_NETWORK);
        assertThat(pong.internal()).isTrue();
        handle.completeAction(pong, pong.totalBytes());
        handle.flush();
        handle.completeAction(read, 0);
        assertThat(handle.writtenFrames()).extracting(Wire.Frame::opcode).containsExactly(2, 2, 10, 2);
    }

    @Test
    void fragmentsControlFramesAndACloseKeepTheirOrder() {
        handle.send(BufferType.UTF8_FRAGMENT, bytes(1, 'a'), null);
        handle.send(BufferType.PING_PONG, bytes(1, 'p'), null);
        handle.send(BufferType.UTF8_MESSAGE, bytes(1, 'b'), null);
        handle.sendClose(CloseInfo.of(1000), null);
        Action write = write();
        handle.completeAction(write, write.totalBytes());
        handle.flush();
        assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x01, 0x89, 0x80, 0x88);
    }

    @Test
    void withoutCorkingEachOperationIsATransferOfItsOwn() {
        handle = CheckedHandle.openServer(
                HandleOptions.builder().sendBufferSize(1024).build());
        send(10, 10);
        Action write = write();
        assertThat(write.totalBytes()).isEqualTo(12);
        assertThat(write.bufferCount()).isEqualTo(2);
        handle.completeAction(write, 12);
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(2);
    }
}
