package io.wsprotocol.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.2 and 3.3 of the action loop: messages and fragments on their way out. */
class SendTests {

    private static final int KEY = 0x01_23_45_67;
    private static final HandleOptions FIXED_KEY =
            HandleOptions.builder().maskingKeySource(() -> KEY).build();

    private CheckedHandle<?> handle = CheckedHandle.openServer(HandleOptions.defaults());

    @AfterEach
    void nothingIsLost() {
        handle.abortAndVerify();
    }

    private static ByteBuffer bytes(int length) {
        ByteBuffer payload = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            payload.put(i, (byte) i);
        }
        return payload;
    }

    @Nested
    @Tag("WSPC-3.2")
    class AtAServer {

        @ParameterizedTest
        @CsvSource({"1,2", "125,2", "126,4", "65535,4", "65536,10"})
        @Tag("R6455-F-03+")
        @Tag("R6455-F-09+")
        @Tag("R6455-F-11+")
        @Tag("R6455-F-12+")
        void theSecondBufferIsTheCallersOwnMemory(int length, int header) {
            ByteBuffer payload = bytes(length);
            handle.send(BufferType.BINARY_MESSAGE, payload, "context");
            Action action = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(action.bufferType()).isEqualTo(BufferType.BINARY_MESSAGE);
            assertThat(action.context()).isEqualTo("context");
            assertThat(action.bufferCount()).isEqualTo(2);
            assertThat(action.buffers()[0].remaining()).isEqualTo(header);
            assertThat(action.buffers()[1]).isSameAs(payload);
            assertThat(action.totalBytes()).isEqualTo(header + length);
            handle.completeAction(action, header + length);

            Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
            assertThat(over.bufferType()).isEqualTo(BufferType.BINARY_MESSAGE);
            assertThat(over.context()).isEqualTo("context");
            assertThat(over.fullyTransferred()).isTrue();
            handle.completeAction(over, 0);
            assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.OPERATION);
            assertThat(handle.writtenFrames())
                    .containsExactly(
                            new Wire.Frame(0x82, false, 0, bytes(length).array()));
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void anEmptyFrameIsOneBuffer(boolean withNull) {
            handle.send(BufferType.UTF8_MESSAGE, withNull ? null : ByteBuffer.allocate(0), null);
            Action action = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(action.bufferCount()).isOne();
            assertThat(action.buffer()).isEqualTo(ByteBuffer.wrap(Wire.hex("81 00")));
            handle.completeAction(action, 2);
        }

        @Test
        void aDirectOrReadOnlyPayloadIsSentAsItIs() {
            ByteBuffer direct = ByteBuffer.allocateDirect(200);
            handle.send(BufferType.BINARY_MESSAGE, direct, null);
            handle.send(BufferType.BINARY_MESSAGE, bytes(3).asReadOnlyBuffer(), null);
            handle.flush();
            assertThat(handle.writtenFrames()).hasSize(2);
        }
    }

    @Nested
    @Tag("WSPC-3.2")
    class AtAClient {

        @ParameterizedTest
        @CsvSource({"0,6", "1,6", "125,6", "126,8", "4088,8"})
        @Tag("R6455-F-01+")
        @Tag("R6455-F-14+")
        @Tag("R6455-F-18+")
        @Tag("R6455-F-19+")
        void whatFitsLeavesInOneBufferMaskedAndTheInputIsUntouched(int length, int header) {
            handle = CheckedHandle.openClient(FIXED_KEY);
            ByteBuffer payload = bytes(length);
            handle.send(BufferType.BINARY_MESSAGE, payload, "context");
            Action action = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(action.bufferCount()).isOne();
            assertThat(action.totalBytes()).isEqualTo(header + length);
            handle.completeAction(action, header + length);
            handle.flush();
            assertThat(payload.array()).isEqualTo(bytes(length).array());
            assertThat(handle.writtenFrames())
                    .containsExactly(
                            new Wire.Frame(0x82, true, KEY, bytes(length).array()));
        }

        @ParameterizedTest
        @CsvSource({
            "16, 8, 1",
            "16, 10, 1",
            "16, 11, 2",
            "16, 26, 2",
            "16, 27, 3",
            "4096, 4088, 1",
            "4096, 4089, 2",
            "4096, 12280, 3",
            "4096, 12288, 4",
            "64, 70000, 1094"
        })
        void aLongerFrameLeavesInSlicesOfOneFrame(int sendBuffer, int length, int actions) {
            for (boolean direct : new boolean[] {false, true}) {
                handle = CheckedHandle.openClient(
                        FIXED_KEY.toBuilder().sendBufferSize(sendBuffer).build());
                ByteBuffer payload = direct
                        ? ByteBuffer.allocateDirect(length).put(bytes(length)).flip()
                        : bytes(length);
                handle.send(BufferType.BINARY_MESSAGE, payload, "context");
                for (int i = 0; i < actions; i++) {
                    Action slice = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
                    assertThat(slice.bufferCount()).isOne();
                    assertThat(slice.totalBytes()).isLessThanOrEqualTo(sendBuffer);
                    assertThat(slice.context()).isEqualTo("context");
                    handle.completeAction(slice, slice.totalBytes());
                }
                Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
                assertThat(over.fullyTransferred()).isTrue();
                handle.completeAction(over, 0);
                assertThat(handle.writtenFrames())
                        .containsExactly(
                                new Wire.Frame(0x82, true, KEY, bytes(length).array()));
                handle.abortAndVerify();
            }
        }

        @Test
        @Tag("R6455-F-18-")
        void whatTheCallerWritesIntoThePayloadOfAnActionDoesNotReachTheWire() {
            try (ClientHandle client =
                    WebSocketHandle.createClient(FIXED_KEY)) { // unwatched: CheckedHandle forbids just this
                client.assumeHandshakeDone();
                ByteBuffer payload = bytes(9);
                client.send(BufferType.BINARY_MESSAGE, payload, null);
                Action action = client.getAction(ActionQueue.SEND);
                payload.put(0, (byte) 99);
                assertThat(action.buffer())
                        .isEqualTo(ByteBuffer.wrap(
                                Wire.frame(2, bytes(9).array()).masked(KEY).bytes()));
                client.completeAction(action, action.totalBytes());
            }
        }

        @Test
        @Tag("R6455-F-15+")
        @Tag("R6455-F-16+")
        @Tag("R6455-F-17+")
        @Tag("R6455-Q-04+")
        void everyFrameHasAKeyOfItsOwn() {
            handle = CheckedHandle.openClient(HandleOptions.defaults());
            for (int i = 0; i < 400; i++) {
                handle.send(i % 2 == 0 ? BufferType.PING_PONG : BufferType.BINARY_MESSAGE, null, null);
            }
            handle.flush();
            Set<Integer> keys = new HashSet<>();
            handle.writtenFrames().forEach(frame -> keys.add(frame.key()));
            assertThat(keys).hasSizeGreaterThan(390); // 400 of 2^32 meet by chance once in 50,000 runs
        }

        @ParameterizedTest
        @ValueSource(ints = {5, 5_000})
        void withoutMaskingTheBitStaysSetAndTheKeyIsZero(int length) {
            handle = CheckedHandle.openClient(
                    HandleOptions.builder().disableMasking(true).build());
            ByteBuffer payload = bytes(length);
            handle.send(BufferType.BINARY_MESSAGE, payload, null);
            Action action = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(action.buffers()[1]).isSameAs(payload);
            handle.completeAction(action, action.totalBytes());
            handle.flush();
            assertThat(handle.writtenFrames())
                    .containsExactly(new Wire.Frame(0x82, true, 0, bytes(length).array()));
        }
    }

    @Nested
    @Tag("WSPC-3.3")
    class Fragments {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        @Tag("R6455-D-02+")
        @Tag("R6455-D-03+")
        @Tag("R6455-D-04+")
        @Tag("R6455-D-06+")
        @Tag("R6455-F-26+")
        @Tag("R6455-F-28+")
        @Tag("R6455-F-22+")
        @Tag("R6455-F-20+")
        void theFirstHasTheOpcodeAndTheLastHasFin(boolean server) {
            handle = CheckedHandle.open(server, HandleOptions.defaults());
            handle.send(BufferType.UTF8_FRAGMENT, UTF_8.encode("a"), 1);
            handle.send(BufferType.PING_PONG, null, 2);
            handle.send(BufferType.UTF8_FRAGMENT, UTF_8.encode("b"), 3);
            handle.send(BufferType.UNSOLICITED_PONG, null, 4);
            handle.send(BufferType.UTF8_MESSAGE, null, 5);
            handle.send(BufferType.BINARY_FRAGMENT, bytes(1), 6);
            handle.send(BufferType.BINARY_MESSAGE, bytes(1), 7);
            handle.flush();
            assertThat(handle.writtenFrames())
                    .extracting(Wire.Frame::byte0)
                    .containsExactly(0x01, 0x89, 0x00, 0x8A, 0x80, 0x02, 0x80);
            assertThat(handle.handle().statistics().messagesSent()).isEqualTo(2);
        }

        @Test
        void aFragmentLeavesAtOnce() {
            handle.send(BufferType.BINARY_FRAGMENT, bytes(1), null);
            handle.flush();
            assertThat(handle.writtenFrames()).hasSize(1);
        }

        @Test
        @Tag("V28")
        @Tag("R6455-F-22-")
        @Tag("R6455-F-28-")
        void anotherTypeInsideAMessageIsRefused() {
            handle.send(BufferType.UTF8_FRAGMENT, UTF_8.encode("a"), null);
            for (BufferType wrong : new BufferType[] {BufferType.BINARY_FRAGMENT, BufferType.BINARY_MESSAGE}) {
                assertThatThrownBy(() -> handle.send(wrong, bytes(1), null))
                        .isInstanceOf(WebSocketStateException.class)
                        .hasMessageContaining("V28: a text message is in progress, a binary frame must wait");
            }
            handle.send(BufferType.UTF8_MESSAGE, UTF_8.encode("b"), null);
            handle.send(BufferType.BINARY_MESSAGE, bytes(1), null);
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x01, 0x80, 0x82);
        }

        @Test
        void aCloseMayCutAnOpenMessage() {
            handle.send(BufferType.UTF8_FRAGMENT, UTF_8.encode("a"), null);
            handle.sendClose(CloseInfo.of(1001), null);
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x01, 0x88);
        }
    }

    @Nested
    class RawFrames {

        @Test
        @Tag("R6455-F-33+")
        void reservedBitsLeaveWhenTheyWereAgreed() {
            handle.handle().allowReservedBits(0x40);
            handle.sendRaw(0x41, bytes(2), "a");
            handle.sendRaw(0x00, bytes(2), "b");
            handle.sendRaw(0x80, bytes(2), "c");
            handle.send(BufferType.UTF8_MESSAGE, null, "d");
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x41, 0x00, 0x80, 0x81);
            assertThat(handle.handle().statistics().messagesSent()).isEqualTo(2);
        }

        @ParameterizedTest
        @ValueSource(ints = {0x1C1, -1, 0x88, 0x83, 0x8F, 0xC1, 0xA1, 0x91, 0x40})
        @Tag("V30")
        @Tag("V45")
        @Tag("R6455-F-06-")
        @Tag("R6455-F-07-")
        @Tag("R6455-D-02-")
        void aHeaderThatCanNeverBeSentIsRefused(int header) {
            assertThatThrownBy(() -> handle.sendRaw(header, bytes(1), null))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        @Tag("R7692-P-14-")
        void reservedBitsOnAContinuationAreRefused() {
            handle.handle().allowReservedBits(0x40);
            handle.sendRaw(0x41, bytes(1), null);
            assertThatThrownBy(() -> handle.sendRaw(0xC0, bytes(1), null)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        @Tag("V28")
        @Tag("R6455-F-22-")
        @Tag("R6455-D-03-")
        @Tag("R6455-D-04-")
        @Tag("R6455-D-06-")
        void theSequenceOfFramesIsHeld() {
            assertThatThrownBy(() -> handle.sendRaw(0x80, null, null))
                    .isInstanceOf(WebSocketStateException.class)
                    .hasMessageContaining("V03");
            handle.sendRaw(0x01, null, null);
            assertThatThrownBy(() -> handle.sendRaw(0x81, null, null))
                    .isInstanceOf(WebSocketStateException.class)
                    .hasMessageContaining("V28");
            assertThatThrownBy(() -> handle.send(BufferType.BINARY_MESSAGE, null, null))
                    .isInstanceOf(WebSocketStateException.class);
            handle.send(BufferType.UTF8_MESSAGE, null, null);
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x01, 0x80);
        }

        @Test
        void reservedBitsCannotBeAgreedOnceFramesFlow() {
            handle.handle().allowReservedBits(0x60);
            handle.send(BufferType.UTF8_MESSAGE, null, null);
            assertTooLate(handle);
            handle.flush();
            assertTooLate(handle);
            CheckedHandle<?> reader = CheckedHandle.openServer(HandleOptions.defaults());
            reader.receive(null, null);
            Action read = reader.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            reader.handle().allowReservedBits(0x40);
            reader.completeAction(read, 1);
            assertTooLate(reader);
            reader.abortAndVerify();
            assertTooLate(CheckedHandle.server(HandleOptions.defaults()));
            assertThatThrownBy(() -> handle.handle().allowReservedBits(0x80))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        private static void assertTooLate(CheckedHandle<?> handle) {
            assertThatThrownBy(() -> handle.handle().allowReservedBits(0x40))
                    .isInstanceOf(WebSocketStateException.class);
        }
    }

    @Test
    void saysItsRoleAndStatesAndNothingElse() {
        handle.send(BufferType.UTF8_MESSAGE, UTF_8.encode("secret"), "secret");
        assertThat(handle).hasToString("ServerHandle[OPEN, send=OPEN, receive=OPEN]");
        assertThat(CheckedHandle.client(HandleOptions.defaults()))
                .hasToString("ClientHandle[CREATED, send=OPEN, receive=OPEN]");
    }

    @Test
    @Tag("WSPC-1.7")
    void operationsLeaveInOrderOneAtATime() {
        handle.send(BufferType.BINARY_MESSAGE, bytes(1), 1);
        handle.send(BufferType.BINARY_MESSAGE, bytes(2), 2);
        Action first = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
        assertThat(first.totalBytes()).isEqualTo(3);
        assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                .isEqualTo(WaitReason.COMPLETION);
        handle.completeAction(first, 3);
        Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
        assertThat(over.context()).isEqualTo(1);
        assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                .isEqualTo(WaitReason.COMPLETION);
        handle.completeAction(over, 0);
        Action second = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
        assertThat(second.context()).isEqualTo(2);
        handle.completeAction(second, 4);
        handle.flush();
    }

    @Test
    @Tag("R6455-D-12+-")
    void outgoingTextIsVerifiedAcrossFragmentsWhenAskedFor() {
        handle = CheckedHandle.openServer(
                HandleOptions.builder().verifyOutgoingText(true).build());
        byte[] euro = "€".getBytes(UTF_8);
        handle.send(BufferType.UTF8_FRAGMENT, ByteBuffer.wrap(euro, 0, 1), null);
        assertThatThrownBy(() -> handle.send(BufferType.UTF8_FRAGMENT, UTF_8.encode("a"), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> handle.send(BufferType.UTF8_MESSAGE, ByteBuffer.wrap(euro, 1, 1), null))
                .isInstanceOf(IllegalArgumentException.class);
        handle.send(BufferType.UTF8_FRAGMENT, null, null);
        handle.send(BufferType.UTF8_FRAGMENT, ByteBuffer.wrap(euro, 1, 1), null);
        handle.send(BufferType.UTF8_MESSAGE, ByteBuffer.wrap(euro, 2, 1), null);
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(4);
    }

    @Test
    @Tag("R6455-D-12+-")
    void anExtensionAsksForItsTextBeforeItTransformsIt() {
        ByteBuffer euro = UTF_8.encode("€");
        ByteBuffer first = euro.slice(0, 2);
        ByteBuffer rest = euro.slice(2, 1);
        assertThat(handle.handle().acceptsText(first, true)).isTrue();
        handle = CheckedHandle.openServer(
                HandleOptions.builder().verifyOutgoingText(true).build());
        assertThat(handle.handle().acceptsText(first, true)).isFalse();
        assertThat(handle.handle().acceptsText(first, false)).isTrue();
        assertThat(handle.handle().acceptsText(rest, true)).isTrue();
        assertThat(first.remaining()).isEqualTo(2);
    }

    @Test
    @Tag("R6455-D-12+-")
    void eachByteOfOutgoingTextMayBeAFragmentAndOnlyTextIsVerified() {
        handle = CheckedHandle.openServer(
                HandleOptions.builder().verifyOutgoingText(true).build());
        for (byte part : "\ud83d\ude00".getBytes(UTF_8)) {
            handle.send(BufferType.UTF8_FRAGMENT, ByteBuffer.wrap(new byte[] {part}), null);
        }
        handle.send(BufferType.UTF8_MESSAGE, null, null);
        byte[] noText = {(byte) 0xFF};
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.wrap(noText), null);
        handle.send(BufferType.PING_PONG, ByteBuffer.wrap(noText), null);
        handle.flush();
        assertThat(handle.writtenFrames()).hasSize(7);
    }
}
