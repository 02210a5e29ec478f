package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.SendState;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.1 and 3.9 to 3.13 of the action loop: states, the ALL queue, partial transfers, abort. */
class ActionLoopTests {

    private static final HandleOptions DEFAULTS = HandleOptions.defaults();

    private CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);

    @AfterEach
    void nothingIsLost() {
        handle.abortAndVerify();
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length);
    }

    private void complete(ActionQueue queue, ActionType type, long bytes) {
        handle.completeAction(handle.expect(queue, type), bytes);
    }

    private static List<HttpHeader> request() {
        List<HttpHeader> request =
                new ArrayList<>(WebSocketHandle.createClient().beginHandshake(List.of(), List.of(), List.of()));
        request.add(new HttpHeader("Host", "localhost"));
        return request;
    }

    @Nested
    @Tag("WSPC-3.1")
    class States {

        @Test
        @Tag("WSPC-1.6")
        void anySessionCallEndsAServersHandshake() {
            List<Consumer<ServerHandle>> calls = List.of(
                    server -> server.send(BufferType.PING_PONG, null, null),
                    server -> server.sendClose(null, null),
                    server -> server.sendRaw(0x82, null, null),
                    server -> server.receive(null, null),
                    server -> server.getAction(ActionQueue.ALL));
            for (var call : calls) {
                ServerHandle server = WebSocketHandle.createServer();
                server.beginHandshake(null, List.of(), request());
                assertThat(server.state()).isEqualTo(HandleState.HANDSHAKING);
                call.accept(server);
                assertThat(server.state()).isEqualTo(HandleState.OPEN);
                assertThatThrownBy(server::endHandshake).isInstanceOf(WebSocketStateException.class);
                server.close();
            }
        }

        @Test
        @Tag("R6455-C-30-")
        void aClientMustEndItsHandshake() {
            ClientHandle client = WebSocketHandle.createClient();
            client.beginHandshake(List.of(), List.of(), List.of());
            assertThatThrownBy(() -> client.send(BufferType.PING_PONG, null, null))
                    .isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> client.getAction(ActionQueue.ALL)).isInstanceOf(WebSocketStateException.class);
            assertThat(client.state()).isEqualTo(HandleState.HANDSHAKING);
            client.close();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("WSPC-1.11")
        void abortBeforeTheHandshakeIsDoneDoesNothing(boolean server) {
            CheckedHandle<? extends WebSocketHandle> fresh =
                    server ? CheckedHandle.server(DEFAULTS) : CheckedHandle.client(DEFAULTS);
            fresh.abort();
            assertThat(fresh.handle().state()).isEqualTo(HandleState.CREATED);
            if (fresh.handle() instanceof ServerHandle it) {
                it.beginHandshake(null, List.of(), request());
            } else if (fresh.handle() instanceof ClientHandle it) {
                it.beginHandshake(List.of(), List.of(), List.of());
            }
            fresh.abort();
            assertThat(fresh.handle().state()).isEqualTo(HandleState.HANDSHAKING);
            fresh.close();
        }

        @Test
        @Tag("WSPC-1.12")
        void closeIsTheEndAndMayBeRepeated() {
            handle.close();
            handle.close();
            assertThat(handle.handle().state()).isEqualTo(HandleState.DELETED);
            assertThatThrownBy(() -> handle.getAction(ActionQueue.ALL)).isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> handle.send(BufferType.PING_PONG, null, null))
                    .isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> handle.receive(null, null)).isInstanceOf(WebSocketStateException.class);
            handle.abort();
            assertThat(handle.handle().state()).isEqualTo(HandleState.DELETED);
        }
    }

    @Nested
    @Tag("WSPC-3.9")
    class TheAllQueue {

        @Test
        void servesPongThenSendThenReceive() {
            handle.receive(null, "r");
            Action read = handle.expect(ActionQueue.ALL, ActionType.RECEIVE_FROM_NETWORK);
            handle.send(BufferType.BINARY_MESSAGE, bytes(1), "s1");
            Action first = handle.expect(ActionQueue.ALL, ActionType.SEND_TO_NETWORK); // the read does not block it
            byte[] ping = Wire.ping("p").from(true).bytes();
            read.buffer().put(ping);
            handle.completeAction(read, ping.length);
            read = handle.expect(ActionQueue.ALL, ActionType.RECEIVE_FROM_NETWORK);
            handle.send(BufferType.BINARY_MESSAGE, bytes(1), "s2");
            handle.completeAction(first, 3);
            Action pong = handle.expect(ActionQueue.ALL, ActionType.SEND_TO_NETWORK);
            assertThat(pong.internal()).isTrue();
            handle.completeAction(pong, pong.totalBytes());
            complete(ActionQueue.ALL, ActionType.INDICATE_SEND_COMPLETE, 0);
            complete(ActionQueue.ALL, ActionType.SEND_TO_NETWORK, 3);
            complete(ActionQueue.ALL, ActionType.INDICATE_SEND_COMPLETE, 0);
            assertThat(handle.expect(ActionQueue.ALL, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.COMPLETION);
            handle.completeAction(read, 0);
            complete(ActionQueue.ALL, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
            assertThat(handle.expect(ActionQueue.ALL, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.OPERATION);
        }
    }

    @Nested
    @Tag("WSPC-3.11")
    class PartialTransfers {

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 11})
        void aShortWriteCancelsTheOperation(int written) {
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), 1);
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), 2);
            complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, written);
            for (int context = 1; context <= (written == 0 ? 1 : 2); context++) {
                Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
                assertThat(over.context()).isEqualTo(context);
                assertThat(over.fullyTransferred()).isFalse();
                handle.completeAction(over, 0);
            }
            assertThat(handle.handle().sendState()).isEqualTo(written == 0 ? SendState.OPEN : SendState.BROKEN);
            if (written == 0) {
                complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, 12);
                Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
                assertThat(over.fullyTransferred()).isTrue();
                handle.completeAction(over, 0);
            } else {
                handle.expect(ActionQueue.SEND, ActionType.NO_ACTION);
                assertThatThrownBy(() -> handle.send(BufferType.PING_PONG, null, null))
                        .isInstanceOf(WebSocketStateException.class);
                assertThatThrownBy(() -> handle.sendClose(null, null)).isInstanceOf(WebSocketStateException.class);
            }
        }

        @Test
        void aShortWriteInALaterSliceSpoilsTheStreamEvenWithNoByte() {
            handle = CheckedHandle.openClient(
                    HandleOptions.builder().sendBufferSize(16).build());
            handle.send(BufferType.BINARY_MESSAGE, bytes(40), null);
            complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, 16);
            complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, 0);
            assertThat(handle.handle().sendState()).isEqualTo(SendState.BROKEN);
            complete(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE, 0);
            assertThat(handle.source().outstanding()).isZero();
        }

        @Test
        void whoWritesElsewhereMayCompleteWithAnything() {
            handle = CheckedHandle.openServer(
                    HandleOptions.builder().writtenElsewhere(true).build());
            for (int written : new int[] {0, 2, 5, 12}) {
                handle.send(BufferType.BINARY_MESSAGE, bytes(10), null);
                complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, written);
                complete(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE, 0);
                assertThat(handle.handle().sendState()).isEqualTo(SendState.OPEN);
            }
        }

        @Test
        void receivingGoesOnAfterTheStreamToThePeerIsSpoiled() {
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), null);
            complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, 1);
            handle.flush();
            handle.receive(null, null);
            byte[] frames = Wire.join(
                    Wire.ping("p").from(true).bytes(), Wire.text("a").from(true).bytes());
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            read.buffer().put(frames);
            handle.completeAction(read, frames.length);
            complete(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
        }

        @Test
        void aReadOfNothingCancelsTheReceive() {
            handle.receive(null, "cancelled");
            handle.receive(null, "next");
            complete(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK, 0);
            Action over = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            assertThat(over.context()).isEqualTo("cancelled");
            assertThat(over.bufferType()).isNull();
            assertThat(over.bufferCount()).isZero();
            assertThat(handle.source().outstanding()).isZero();
            handle.completeAction(over, 0);
            complete(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK, 0);
            complete(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
        }

        @Test
        void aCancelledReceiveLosesNoBytes() {
            byte[] frame = Wire.text("hello").from(true).bytes();
            handle.receive(null, 1);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            read.buffer().put(frame, 0, 3);
            handle.completeAction(read, 3);
            complete(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK, 0);
            complete(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
            handle.receive(null, 2);
            read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            read.buffer().put(frame, 3, frame.length - 3);
            handle.completeAction(read, frame.length - 3);
            Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            assertThat(chunk.buffer().remaining()).isEqualTo(5);
            handle.completeAction(chunk, 0);
        }

        @Test
        void moreThanTheBuffersHoldIsRefused() {
            handle.receive(null, null);
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            for (Action action : List.of(read, write)) {
                for (long wrong : new long[] {action.totalBytes() + 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    assertThatThrownBy(() -> handle.completeAction(action, wrong))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            }
            handle.completeAction(read, 0);
            handle.completeAction(write, 12);
            handle.flush();
        }
    }

    @Nested
    @Tag("WSPC-1.10")
    @Tag("V01")
    class Completions {

        @ParameterizedTest
        @EnumSource(ActionQueue.class)
        void ofNoActionAreIgnored(ActionQueue queue) {
            Action none = handle.expect(queue, ActionType.NO_ACTION);
            handle.completeAction(none, 0);
            handle.completeAction(none, 17);
            handle.completeAction(none, -1);
        }

        @Test
        void ofAnotherHandlesActionAreRefused() {
            CheckedHandle<ServerHandle> other = CheckedHandle.openServer(DEFAULTS);
            other.receive(null, null);
            Action foreign = other.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            assertThatThrownBy(() -> handle.completeAction(foreign, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("V01");
            other.completeAction(foreign, 0);
            other.abortAndVerify();
        }

        @Test
        void ofAPongASecondTimeAreRefused() {
            handle.receive(null, null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            byte[] ping = Wire.ping("p").from(true).bytes();
            read.buffer().put(ping);
            handle.completeAction(read, ping.length);
            Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
            handle.completeAction(pong, 3);
            assertThatThrownBy(() -> handle.completeAction(pong, 3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("V01");
        }

        @Test
        void aSecondTimeAreRefused() {
            handle.send(BufferType.BINARY_MESSAGE, bytes(1), null);
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            handle.completeAction(write, 3);
            assertThatThrownBy(() -> handle.completeAction(write, 3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("V01");
        }
    }

    @Nested
    @Tag("WSPC-3.12")
    class Abort {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-D-01-")
        void handsBackEveryQueuedOperationInOrder(boolean server) {
            handle = CheckedHandle.open(server, DEFAULTS);
            for (int i = 0; i < 5; i++) {
                handle.send(BufferType.BINARY_MESSAGE, bytes(10), i);
                handle.receive(null, i);
            }
            handle.sendClose(null, 5);
            handle.abort();
            handle.abort();
            assertThat(handle.handle().state()).isEqualTo(HandleState.ABORTED);
            assertThatThrownBy(() -> handle.send(BufferType.PING_PONG, null, null))
                    .isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> handle.sendClose(CloseInfo.of(1000), null))
                    .isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> handle.receive(null, null)).isInstanceOf(WebSocketStateException.class);
            for (int i = 0; i <= 5; i++) {
                Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
                assertThat(over.context()).isEqualTo(i);
                assertThat(over.fullyTransferred()).isFalse();
                handle.completeAction(over, 0);
            }
            for (int i = 0; i < 5; i++) {
                Action over = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
                assertThat(over.context()).isEqualTo(i);
                assertThat(over.bufferType()).isNull();
                handle.completeAction(over, 0);
            }
            handle.expect(ActionQueue.ALL, ActionType.NO_ACTION);
            assertThat(handle.written()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 5, 12})
        void anActionThatIsOutStaysValidAndIsCompletedWithWhatItDid(int written) {
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), 1);
            handle.send(BufferType.BINARY_MESSAGE, bytes(10), 2);
            handle.receive(null, 3);
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            handle.abort();
            assertThat(write.totalBytes()).isEqualTo(12);
            assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.COMPLETION);
            assertThat(handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.COMPLETION);
            read.buffer().put((byte) 1);
            handle.completeAction(write, written);
            handle.completeAction(read, 1);
            Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
            assertThat(over.fullyTransferred()).isEqualTo(written == 12);
            handle.completeAction(over, 0);
            complete(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE, 0);
            complete(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
        }

        @Test
        void aPendingPongIsDroppedAndOneThatIsOutIsCompleted() {
            handle.receive(null, null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            byte[] pings = Wire.join(
                    Wire.ping("1").from(true).bytes(), Wire.ping("2").from(true).bytes());
            read.buffer().put(pings);
            handle.completeAction(read, pings.length);
            Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
            handle.abort();
            handle.completeAction(pong, pong.totalBytes());
            complete(ActionQueue.ALL, ActionType.INDICATE_RECEIVE_COMPLETE, 0);
            handle.expect(ActionQueue.ALL, ActionType.NO_ACTION);
            assertThat(handle.writtenFrames()).hasSize(1);
        }

        @Test
        void anIndicationThatIsOutStaysReadable() {
            handle.receive(null, null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            byte[] frame = Wire.text("hello").from(true).bytes();
            read.buffer().put(frame);
            handle.completeAction(read, frame.length);
            Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            handle.abort();
            assertThat(chunk.buffer()).isEqualTo(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            handle.completeAction(chunk, 0);
        }

        @Test
        void betweenTwoSlicesTheMemoryComesBack() {
            for (boolean abortFirst : new boolean[] {true, false}) {
                CheckedHandle<ClientHandle> client = CheckedHandle.openClient(
                        HandleOptions.builder().sendBufferSize(16).build());
                client.send(BufferType.BINARY_MESSAGE, bytes(100), null);
                client.completeAction(client.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK), 16);
                if (abortFirst) {
                    client.abort();
                    assertThat(client.source().outstanding()).isZero();
                }
                client.close();
                client.source().verifyBalanced();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void aFrameWhoseSliceIsOutIsTransferredOnlyWithItsLast(int slices) {
            handle = CheckedHandle.openClient(
                    HandleOptions.builder().sendBufferSize(16).build());
            handle.send(BufferType.BINARY_MESSAGE, bytes(40), null); // 46 bytes
            for (int i = 1; i < slices; i++) {
                complete(ActionQueue.SEND, ActionType.SEND_TO_NETWORK, 16);
            }
            Action slice = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            handle.abort();
            handle.completeAction(slice, slice.totalBytes());
            Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
            assertThat(over.fullyTransferred()).isEqualTo(slices == 3);
            handle.completeAction(over, 0);
        }

        @Test
        void closingWhileActionsAreOutGivesTheirMemoryBackWhenTheyAreCompleted() {
            handle.receive(null, null);
            handle.send(BufferType.BINARY_MESSAGE, bytes(100), null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            handle.close();
            assertThat(handle.source().outstanding()).isEqualTo(2);
            handle.completeAction(read, 1);
            handle.completeAction(write, 102);
            handle.source().verifyBalanced();
            handle = CheckedHandle.openServer(DEFAULTS); // the queued ones are lost by contract
        }
    }

    @Test
    @Tag("WSPC-3.13")
    void theSendQueueIsBounded() {
        handle = CheckedHandle.openServer(
                HandleOptions.builder().maxQueuedSends(3).build());
        for (int i = 0; i < 3; i++) {
            assertThat(handle.trySend(BufferType.BINARY_MESSAGE, bytes(1), i)).isTrue();
        }
        assertThat(handle.trySend(BufferType.BINARY_MESSAGE, bytes(1), null)).isFalse();
        assertThat(handle.trySendRaw(0x82, bytes(1), null)).isFalse();
        assertThat(handle.trySendClose(null, null)).isFalse();
        assertThat(handle.handle().sendState()).isEqualTo(SendState.OPEN);
        assertThatThrownBy(() -> handle.send(BufferType.BINARY_MESSAGE, bytes(1), null))
                .isInstanceOf(WebSocketStateException.class);
        assertThatThrownBy(() -> handle.sendClose(null, null)).isInstanceOf(WebSocketStateException.class);
        handle.flush();
        assertThat(handle.trySendClose(null, null)).isTrue();
        handle.flush();
    }
}
