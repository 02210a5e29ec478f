package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferSource;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.RecordingBufferSource;
import io.wsprotocol.fixture.Wire;
import io.wsprotocol.http.AcceptKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who hears of a failure, and what a failure that is not the peer's leaves behind: nothing. */
class FailureReportTests {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-12+-")
    void theObserverHearsOfAViolationOnceAndOnlyItsKind(boolean server) {
        List<Violation> heard = new ArrayList<>();
        HandleOptions observed = HandleOptions.builder()
                .observer(new HandleObserver() {
                    @Override
                    public void violation(Violation violation) {
                        heard.add(violation);
                    }
                })
                .build();
        Feed right = Feed.into(
                server, observed, Feed.Cut.WHOLE, Wire.text("a").from(server).bytes());
        assertThat(heard).isEmpty();
        right.end();

        Feed wrong = Feed.into(
                server,
                observed,
                Feed.Cut.WHOLE,
                Wire.continuation().from(server).bytes());
        assertThatThrownBy(() -> wrong.handle().getAction(ActionQueue.RECEIVE))
                .isInstanceOf(WebSocketProtocolException.class);
        assertThat(heard).containsExactly(Violation.CONTINUATION_WITHOUT_MESSAGE);
        wrong.end();
    }

    @Test
    void theObserverHearsOfEveryOperationAndOfTheEnd() {
        List<String> heard = new ArrayList<>();
        CheckedHandle<?> handle = CheckedHandle.openServer(HandleOptions.builder()
                .observer(new HandleObserver() {
                    @Override
                    public void operationQueued(ActionQueue queue, int depth) {
                        heard.add("queued " + queue + " " + depth);
                    }

                    @Override
                    public void actionIssued(Action action) {
                        heard.add("issued " + action.type());
                    }

                    @Override
                    public void actionCompleted(Action action, long bytesTransferred) {
                        heard.add("completed " + action.type() + " " + bytesTransferred);
                    }

                    @Override
                    public void operationFinished(ActionQueue queue, int depth) {
                        heard.add("finished " + queue + " " + depth);
                    }

                    @Override
                    public void handleClosed() {
                        heard.add("closed");
                    }
                })
                .build());
        handle.receive(null, null);
        handle.receive(null, null);
        handle.send(BufferType.UTF8_MESSAGE, null, null);
        handle.flush();
        handle.abortAndVerify();
        assertThat(heard)
                .containsExactly(
                        "queued RECEIVE 1",
                        "queued RECEIVE 2",
                        "queued SEND 1",
                        "issued SEND_TO_NETWORK",
                        "completed SEND_TO_NETWORK 2",
                        "issued INDICATE_SEND_COMPLETE",
                        "completed INDICATE_SEND_COMPLETE 0",
                        "finished SEND 0",
                        "issued INDICATE_RECEIVE_COMPLETE",
                        "completed INDICATE_RECEIVE_COMPLETE 0",
                        "finished RECEIVE 1",
                        "issued INDICATE_RECEIVE_COMPLETE",
                        "completed INDICATE_RECEIVE_COMPLETE 0",
                        "finished RECEIVE 0",
                        "closed");
    }

    @Test
    @Tag("R6455-X-05-")
    void anExtensionThatWasOfferedAndNotAcceptedIsNotInUse() {
        ClientHandle client = WebSocketHandle.createClient();
        List<HttpHeader> request = client.beginHandshake(List.of(), List.of("permessage-deflate"), List.of());
        String key = request.stream()
                .filter(header -> header.is("Sec-WebSocket-Key"))
                .findFirst()
                .orElseThrow()
                .value();
        client.endHandshake(List.of(
                new HttpHeader("Upgrade", "websocket"),
                new HttpHeader("Connection", "Upgrade"),
                new HttpHeader("Sec-WebSocket-Accept", AcceptKey.accept(key))));
        assertThatThrownBy(() -> client.sendRaw(0xC1, null, null)).isInstanceOf(IllegalArgumentException.class);
        client.receive(null, null);
        Action read = client.getAction(ActionQueue.RECEIVE);
        byte[] compressed = Wire.text("a").rsv(0x40).bytes();
        read.buffer().put(compressed);
        client.completeAction(read, compressed.length);
        assertThatThrownBy(() -> client.getAction(ActionQueue.RECEIVE))
                .isInstanceOfSatisfying(
                        WebSocketProtocolException.class,
                        failure -> assertThat(failure.violation()).isEqualTo(Violation.RESERVED_BITS));
        client.close();
    }

    /** A pool that is empty for a while. */
    private static final class EmptyPool implements BufferSource {

        private final RecordingBufferSource full = new RecordingBufferSource();
        private boolean empty;

        @Override
        public ByteBuffer acquire(int bytes) {
            if (empty) {
                throw new IllegalStateException("empty");
            }
            return full.acquire(bytes);
        }

        @Override
        public void release(ByteBuffer buffer) {
            full.release(buffer);
        }
    }

    private final EmptyPool pool = new EmptyPool();
    private final HandleOptions pooled =
            HandleOptions.builder().bufferSource(pool).build();

    /** Asks while the pool is empty, and again when it is not. */
    private Action secondTry(CheckedHandle<?> handle, ActionQueue queue, ActionType type) {
        pool.empty = true;
        assertThatThrownBy(() -> handle.getAction(queue)).hasMessage("empty");
        assertThatThrownBy(() -> handle.getAction(queue)).hasMessage("empty");
        pool.empty = false;
        return handle.expect(queue, type);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReadThatGetsNoMemoryIsNotOut(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, pooled);
        handle.receive(null, "receive");
        handle.completeAction(secondTry(handle, ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK), 0);
        handle.abortAndVerify();
        pool.full.verifyBalanced();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSendThatGetsNoMemoryKeepsNobodyFromTheWire(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, pooled);
        handle.receive(null, "receive");
        handle.send(BufferType.UTF8_MESSAGE, ByteBuffer.wrap(new byte[] {'a'}), "send");
        pool.empty = true;
        assertThatThrownBy(() -> handle.getAction(ActionQueue.SEND)).hasMessage("empty");
        pool.empty = false;
        byte[] ping = Wire.ping("p").from(server).bytes();
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put(ping);
        handle.completeAction(read, ping.length);
        Action pong = secondTry(handle, ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
        assertThat(pong.internal()).isTrue();
        handle.completeAction(pong, pong.totalBytes());
        handle.flush();
        assertThat(handle.writtenFrames()).extracting(Wire.Frame::opcode).containsExactly(0xA, 0x1);
        handle.abortAndVerify();
        pool.full.verifyBalanced();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F100 | reserved bits 0x70 with opcode 1; expected none that was not negotiated",
                "A200 | reserved bits 0x20 with opcode 2; expected none that was not negotiated",
                "8300 | opcode 3; expected 0, 1, 2, 8, 9 or 10",
                "8F00 | opcode 15; expected 0, 1, 2, 8, 9 or 10",
                "0900 | a control frame with FIN 0; expected FIN 1",
                "8180 | MASK 1 from a server; expected MASK 0",
                "897E007E | a control frame with a longer length form; expected at most 125 bytes",
                "827E007D | a length in the 16-bit form; expected its shortest form",
                "827F000000000000FFFF | a length in the 64-bit form; expected its shortest form",
                "827F8000000000000000 | a 64-bit length with its top bit set; expected a length below 2^63",
                "880100 | a Close body of 1 byte; expected 0 or 2 to 125",
                "880203ED | a close status that may not be sent; expected 1000-1003, 1007-1014 or 3000-4999",
                "880403E8FFFF | a close reason of 2 bytes that is not UTF-8; expected UTF-8",
            })
    @Tag("R6455-Z-12-")
    void aFailureSaysWhereItIsWhatWasSeenAndWhatWasExpected(String frame, String observed) {
        CheckedHandle<?> client = CheckedHandle.openClient(HandleOptions.defaults());
        client.receive(null, null);
        client.receive(null, null);
        byte[] bytes = HexFormat.of().parseHex("8100" + frame);
        Action read = client.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put(bytes);
        client.completeAction(read, bytes.length);
        client.completeAction(client.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
        assertThatThrownBy(() -> client.getAction(ActionQueue.RECEIVE))
                .isInstanceOf(WebSocketProtocolException.class)
                .hasMessageEndingWith(": " + observed)
                .hasMessageContaining(" at byte ");
        client.abortAndVerify();
    }
}
