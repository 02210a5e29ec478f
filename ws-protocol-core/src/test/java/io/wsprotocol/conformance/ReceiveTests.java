package io.wsprotocol.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.conformance.Feed.Cut;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Event;
import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.4 of the action loop: one chunk for each receive. */
@Tag("WSPC-3.4")
class ReceiveTests {

    private static final HandleOptions DEFAULTS = HandleOptions.defaults();
    private static final HandleOptions SMALL =
            HandleOptions.builder().receiveBufferSize(256).build();

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        return bytes;
    }

    private static byte[] joined(List<Event> events) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        events.forEach(event -> joined.writeBytes(event.data()));
        return joined.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReceiveIsUsedUpByOneChunk(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, DEFAULTS);
        assertThat(handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION).waitsFor())
                .isEqualTo(WaitReason.OPERATION);
        handle.receive(null, "context");
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        assertThat(read.context()).isEqualTo("context");
        assertThat(read.bufferType()).isNull();
        assertThat(read.buffer().remaining()).isEqualTo(4096);
        assertThat(handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION).waitsFor())
                .isEqualTo(WaitReason.COMPLETION);
        byte[] frame = Wire.text("hello").from(server).bytes();
        read.buffer().put(frame);
        handle.completeAction(read, frame.length);
        Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
        assertThat(chunk.bufferType()).isEqualTo(BufferType.UTF8_MESSAGE);
        assertThat(chunk.context()).isEqualTo("context");
        assertThat(chunk.endsMessage()).isTrue();
        assertThat(Event.of(chunk).text()).isEqualTo("hello");
        handle.completeAction(chunk, 5); // what Windows drivers pass here is ignored
        assertThat(handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION).waitsFor())
                .isEqualTo(WaitReason.OPERATION);
        assertThat(handle.source().outstanding()).isZero();
        handle.abortAndVerify();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    @Tag("R6455-F-29+")
    void aMessageLargerThanTheBufferComesInChunksThatAddUp(Cut cut) {
        for (boolean server : new boolean[] {true, false}) {
            Feed feed = Feed.into(
                    server, SMALL, cut, Wire.binary(bytes(1_000)).from(server).bytes());
            List<Event> chunks = feed.received();
            assertThat(joined(chunks)).isEqualTo(bytes(1_000));
            assertThat(chunks.subList(0, chunks.size() - 1))
                    .isNotEmpty()
                    .allSatisfy(chunk -> assertThat(chunk.bufferType()).isEqualTo(BufferType.BINARY_FRAGMENT))
                    .allSatisfy(chunk -> assertThat(chunk.data()).hasSizeBetween(1, 256));
            assertThat(chunks.get(chunks.size() - 1).bufferType()).isEqualTo(BufferType.BINARY_MESSAGE);
            feed.end();
        }
    }

    @Test
    void aChunkDoesNotWaitForTheRestOfItsFrame() {
        byte[] frame = Wire.binary(bytes(100)).from(true).bytes();
        Feed feed = Feed.into(true, DEFAULTS, Cut.WHOLE, Arrays.copyOf(frame, 7));
        assertThat(feed.received()).singleElement().satisfies(chunk -> {
            assertThat(chunk.data()).hasSize(1);
            assertThat(chunk.bufferType()).isEqualTo(BufferType.BINARY_FRAGMENT);
        });
        feed.end();
    }

    @Test
    @Tag("R6455-D-10+")
    void aChunkNeverSpansTwoFramesAndLeftoverBytesNeedNoRead() {
        byte[] two = Wire.join(
                Wire.text("a").unfinished().bytes(),
                Wire.continuation((byte) 'b').bytes(),
                Wire.binary().bytes());
        Feed feed = Feed.into(false, DEFAULTS, Cut.WHOLE, two);
        assertThat(feed.received())
                .extracting(Event::bufferType)
                .containsExactly(BufferType.UTF8_FRAGMENT, BufferType.UTF8_MESSAGE, BufferType.BINARY_MESSAGE);
        assertThat(feed.handle().handle().statistics().bytesReceived()).isEqualTo(two.length);
        feed.end();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    @Tag("R6455-D-09+")
    @Tag("R6455-F-25+")
    @Tag("R6455-F-27+")
    void fragmentsKeepTheTypeOfTheFirstWithControlFramesBetween(Cut cut) {
        byte[] stream = Wire.join(
                Wire.binary((byte) 1).unfinished().bytes(),
                Wire.ping("p").bytes(),
                Wire.continuation((byte) 2).unfinished().bytes(),
                Wire.pong("q").bytes(),
                Wire.continuation().unfinished().bytes(),
                Wire.continuation((byte) 3).bytes());
        Feed feed = Feed.into(false, DEFAULTS, cut, stream);
        assertThat(feed.received())
                .extracting(Event::bufferType)
                .containsExactly(
                        BufferType.BINARY_FRAGMENT,
                        BufferType.BINARY_FRAGMENT,
                        BufferType.PING_PONG,
                        BufferType.BINARY_MESSAGE);
        assertThat(feed.handle().writtenFrames()).singleElement().returns("p", Wire.Frame::text);
        feed.end();
    }

    @Nested
    class EmptyFrames {

        @ParameterizedTest
        @EnumSource(Cut.class)
        void aFinalOneIsIndicatedSoThatTheEndIsSeen(Cut cut) {
            byte[] stream = Wire.join(
                    Wire.text("").bytes(),
                    Wire.text("a").unfinished().bytes(),
                    Wire.continuation().bytes());
            Feed feed = Feed.into(false, DEFAULTS, cut, stream);
            assertThat(feed.received()).extracting(Event::text).containsExactly("", "a", "");
            assertThat(feed.received()).extracting(Event::endsMessage).containsExactly(true, false, true);
            feed.end();
        }

        @ParameterizedTest
        @EnumSource(Cut.class)
        void oneThatIsNotFinalIsSwallowedAndTheReceiveStaysPending(Cut cut) {
            Feed feed = Feed.into(
                    false,
                    DEFAULTS,
                    cut,
                    Wire.join(
                            Wire.text("").unfinished().bytes(),
                            Wire.continuation().unfinished().bytes()));
            assertThat(feed.received()).isEmpty();
            assertThat(feed.handle().handle().queued(ActionQueue.RECEIVE)).isOne();
            feed.end();
        }
    }

    @Nested
    class Targets {

        @ParameterizedTest
        @EnumSource(Cut.class)
        void payloadIsPutIntoTheTargetAndNothingElseIs(Cut cut) {
            CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
            ByteBuffer[] targets = {
                ByteBuffer.allocate(10).position(2).limit(5), ByteBuffer.allocateDirect(10), ByteBuffer.allocate(4)
            };
            for (ByteBuffer target : targets) {
                handle.receive(target, target);
            }
            byte[] stream = Wire.join(
                    Wire.ping("ping").from(true).bytes(),
                    Wire.text("hello world").from(true).bytes());
            Feed feed = Feed.into(handle, cut.sizes(), stream);
            assertThat(joined(feed.received()))
                    .asString(UTF_8)
                    .startsWith("hel")
                    .isEqualTo("hello world".substring(0, joined(feed.received()).length));
            assertThat(feed.received().get(0).context()).isSameAs(targets[0]);
            assertThat(feed.received())
                    .allSatisfy(chunk -> assertThat(chunk.data()).hasSizeLessThanOrEqualTo(10));
            feed.end();
        }

        @Test
        void aTargetEndsWhenItIsFullOrTheChunkEnds() {
            CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
            ByteBuffer target = ByteBuffer.allocate(10).position(2).limit(5);
            handle.receive(target, 1);
            handle.receive(ByteBuffer.allocate(100), 2);
            Feed feed = Feed.into(
                    handle, Cut.WHOLE.sizes(), Wire.text("hello").from(true).bytes());
            assertThat(feed.received()).extracting(Event::text).containsExactly("hel", "lo");
            assertThat(feed.received())
                    .extracting(Event::bufferType)
                    .containsExactly(BufferType.UTF8_FRAGMENT, BufferType.UTF8_MESSAGE);
            assertThat(target).isEqualTo(UTF_8.encode("hel")).returns(2, ByteBuffer::position);
            feed.end();
        }

        @Test
        void aPongOrACloseLeavesTheTargetAlone() {
            CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
            handle.receive(ByteBuffer.allocate(10), 1);
            handle.receive(ByteBuffer.allocate(10), 2);
            Feed feed = Feed.into(
                    handle,
                    Cut.WHOLE.sizes(),
                    Wire.join(
                            Wire.pong("pong").from(true).bytes(),
                            Wire.close(1000, "bye").from(true).bytes()));
            assertThat(feed.received()).extracting(Event::text).containsExactly("pong", "");
            feed.end();
        }

        @Test
        void oneWithoutRoomOrReadOnlyIsRefused() {
            CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
            assertThatThrownBy(() -> handle.receive(ByteBuffer.allocate(0), null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> handle.receive(ByteBuffer.allocate(9).asReadOnlyBuffer(), null))
                    .isInstanceOf(IllegalArgumentException.class);
            handle.abortAndVerify();
        }
    }

    @Nested
    @Tag("R6455-F-31+-")
    @Tag("R6455-E-02+-")
    class Text {

        private static final String SAMPLE = "κόσμε aß€𝄞\uFFFF\u0000\u007F\u0080\u07FF\u0800\uE000\uDBFF\uDFFFz";

        @Test
        void mayBeCutAtEveryByteIntoReadsAndIntoFragments() {
            byte[] text = SAMPLE.getBytes(UTF_8);
            for (boolean server : new boolean[] {true, false}) {
                for (int cut = 0; cut <= text.length; cut++) {
                    byte[] head = Arrays.copyOf(text, cut);
                    byte[] tail = Arrays.copyOfRange(text, cut, text.length);
                    byte[] stream = Wire.join(
                            Wire.frame(1, head).unfinished().from(server).bytes(),
                            Wire.continuation(tail).from(server).bytes());
                    for (Cut reads : Cut.values()) {
                        Feed feed = Feed.into(server, SMALL, reads, stream);
                        assertThat(feed.failed()).isFalse();
                        assertThat(joined(feed.received())).isEqualTo(text);
                        feed.end();
                    }
                }
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isIndicatedUpToTheFaultAndFailsThere(boolean server) {
            byte[] wrong = {'a', 'b', (byte) 0xFF, 'c'};
            Feed feed = Feed.into(
                    server,
                    DEFAULTS,
                    Cut.WHOLE,
                    Wire.frame(1, wrong).from(server).bytes());
            assertThat(feed.received()).singleElement().satisfies(part -> {
                assertThat(part.bufferType()).isEqualTo(BufferType.UTF8_FRAGMENT);
                assertThat(part.text()).isEqualTo("ab");
            });
            assertThat(feed.failure().streamOffset()).isEqualTo(server ? 8 : 4);
            feed.end();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void isNotIndicatedWhenItsFirstByteIsTheFault(boolean server) {
            byte[] wrong = {(byte) 0xFF, 'a'};
            Feed feed = Feed.into(
                    server,
                    DEFAULTS,
                    Cut.WHOLE,
                    Wire.frame(1, wrong).from(server).bytes());
            assertThat(feed.received()).isEmpty();
            assertThat(feed.failure().streamOffset()).isEqualTo(server ? 6 : 2);
            feed.end();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void thatEndsInsideACodePointIsIndicatedOnceAndFailsAtItsEnd(boolean server) {
            byte[] cutShort = {'a', (byte) 0xE2, (byte) 0x82};
            byte[] whole = Wire.frame(1, cutShort).from(server).bytes();
            byte[] inTwo = Wire.join(
                    Wire.frame(1, cutShort).unfinished().from(server).bytes(),
                    Wire.continuation().from(server).bytes());
            for (byte[] stream : List.of(whole, inTwo)) {
                Feed feed = Feed.into(server, DEFAULTS, Cut.WHOLE, stream);
                assertThat(feed.received()).singleElement().satisfies(part -> {
                    assertThat(part.bufferType()).isEqualTo(BufferType.UTF8_FRAGMENT);
                    assertThat(part.data()).isEqualTo(cutShort);
                });
                assertThat(feed.failure().streamOffset()).isEqualTo(stream.length);
                feed.end();
            }
        }

        @Test
        void isNotVerifiedWhenSwitchedOff() {
            HandleOptions off =
                    HandleOptions.builder().disableUtf8Verification(true).build();
            Feed feed = Feed.into(
                    false,
                    off,
                    Cut.WHOLE,
                    Wire.join(
                            Wire.frame(1, Wire.hex("C0AF")).bytes(),
                            Wire.closeBody(Wire.hex("03E8 C0AF")).bytes()));
            assertThat(feed.failed()).isFalse();
            assertThat(feed.received()).hasSize(2);
            feed.end();
        }

        @Test
        @Tag("R6455-F-32+")
        void isNotLookedForInBinary() {
            Feed feed = Feed.into(
                    false, DEFAULTS, Cut.WHOLE, Wire.binary(Wire.hex("C0AF FF")).bytes());
            assertThat(feed.failed()).isFalse();
            feed.end();
        }
    }

    @Nested
    class ReservedBits {

        @ParameterizedTest
        @EnumSource(Cut.class)
        @Tag("R7692-P-15+")
        @Tag("R7692-P-17+")
        void aMessageWithAgreedBitsIsRawAndNotVerified(Cut cut) {
            CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
            handle.handle().allowReservedBits(0x40);
            byte[] stream = Wire.join(
                    Wire.frame(1, Wire.hex("C0"))
                            .rsv(0x40)
                            .unfinished()
                            .from(true)
                            .bytes(),
                    Wire.continuation((byte) 0xAF).from(true).bytes(),
                    Wire.text("a").from(true).bytes());
            Feed feed = Feed.into(handle, cut.sizes(), stream);
            assertThat(feed.received())
                    .extracting(Event::bufferType)
                    .containsExactly(BufferType.RAW, BufferType.RAW, BufferType.UTF8_MESSAGE);
            assertThat(feed.received()).extracting(Event::rawHeader).containsExactly(0x41, 0xC1, 0x81);
            feed.end();
        }

        @ParameterizedTest
        @EnumSource(Cut.class)
        @Tag("R7692-P-13+-")
        @Tag("R7692-P-14+-")
        void agreedBitsAreNotForContinuationsAndControlFrames(Cut cut) {
            for (Wire wrong : List.of(
                    Wire.ping("").rsv(0x40),
                    Wire.continuation().rsv(0x40),
                    Wire.text("").rsv(0x20))) {
                CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
                handle.handle().allowReservedBits(0x40);
                Feed feed = Feed.into(
                        handle,
                        cut.sizes(),
                        Wire.join(
                                Wire.text("a").rsv(0x40).unfinished().from(true).bytes(),
                                wrong.from(true).bytes()));
                assertThat(feed.failure().violation().id()).isEqualTo("V29");
                feed.end();
            }
        }
    }

    @Test
    @Tag("R6455-F-34+")
    void theExamplesOfTheRfcAreRead() {
        String stream = "8105 48656c6c6f  0103 48656c  8002 6c6f  8905 48656c6c6f  827E0100" + "00".repeat(256)
                + "827F0000000000010000" + "00".repeat(65536);
        Feed feed = Feed.into(false, DEFAULTS, Cut.WHOLE, Wire.hex(stream));
        assertThat(feed.received().subList(0, 3)).extracting(Event::text).containsExactly("Hello", "Hel", "lo");
        assertThat(joined(feed.received())).hasSize(10 + 256 + 65536);
        assertThat(feed.handle().writtenFrames()).singleElement().returns("Hello", Wire.Frame::text);
        Feed masked =
                Feed.into(true, DEFAULTS, Cut.WHOLE, Wire.hex("8185 37fa213d 7f9f4d5158  8a85 37fa213d 7f9f4d5158"));
        assertThat(masked.received()).extracting(Event::text).containsExactly("Hello", "Hello");
        feed.end();
        masked.end();
    }

    @Test
    @Tag("R6455-F-19+")
    void theMaskGoesOnAcrossReadsAtEveryPhase() {
        byte[] payload = bytes(600);
        for (int step : IntStream.rangeClosed(1, 9).toArray()) {
            Feed feed = Feed.into(
                    CheckedHandle.openServer(SMALL),
                    () -> step,
                    Wire.binary(payload).from(true).bytes());
            assertThat(joined(feed.received())).isEqualTo(payload);
            feed.end();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-F-19+")
    void aWholeMessageOfAnyLengthIsUnmaskedOnce(boolean verified) {
        HandleOptions options =
                HandleOptions.builder().disableUtf8Verification(!verified).build();
        for (int length = 0; length < 40; length++) {
            byte[] text = "x".repeat(length).getBytes(UTF_8);
            byte[] binary = bytes(length);
            Feed feed = Feed.into(
                    true,
                    options,
                    Cut.WHOLE,
                    Wire.join(
                            Wire.frame(1, text).from(true).bytes(),
                            Wire.binary(binary).from(true).bytes()));
            assertThat(feed.received()).extracting(Event::data).containsExactly(text, binary);
            feed.end();
        }
    }

    @Test
    void aPongEndsNoMessage() {
        Feed feed = Feed.into(
                false,
                DEFAULTS,
                Cut.WHOLE,
                Wire.join(
                        Wire.text("a").bytes(),
                        Wire.pong("between").bytes(),
                        Wire.binary((byte) 1).unfinished().bytes(),
                        Wire.pong("inside").bytes(),
                        Wire.close(1000, "").bytes()));
        assertThat(feed.received()).extracting(Event::rawHeader).containsExactly(0x81, 0, 0x02, 0, 0);
        feed.end();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aPongBehindTheCloseIsPassedOverAndASecondCloseIsRefusedInItsPlace(Cut cut) {
        CheckedHandle<?> handle = CheckedHandle.openClient(DEFAULTS);
        handle.receive(null, "close");
        handle.receive(null, "nothing");
        byte[] passedOver = Wire.join(
                Wire.close(1000, "bye").bytes(),
                Wire.pong("late").bytes(),
                Wire.pong("").bytes());
        Feed feed = Feed.into(
                handle, cut.sizes(), Wire.join(passedOver, Wire.close(1000, "").bytes()));
        assertThat(feed.received()).extracting(Event::bufferType).containsExactly(BufferType.CLOSE);
        assertThat(feed.failure().violation()).isEqualTo(Violation.CLOSE_AFTER_CLOSE);
        assertThat(feed.failure().streamOffset()).isEqualTo(passedOver.length);
        feed.end();
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aLoweredLimitHoldsForEachFrameOfItsKindOfMessageAndForNoOther(Cut cut) {
        for (int limited : new int[] {1, 2}) {
            for (int opcode : new int[] {1, 2}) {
                for (int length : new int[] {4, 5}) {
                    boolean refused = opcode == limited && length == 5;
                    byte[] frame = Wire.frame(opcode, new byte[length]).bytes();
                    byte[] continued = Wire.join(
                            Wire.frame(opcode, new byte[4]).unfinished().bytes(),
                            Wire.continuation(new byte[length]).bytes());
                    for (byte[] stream : List.of(frame, continued)) {
                        Feed feed = Feed.into(limited(limited), cut.sizes(), stream);
                        assertThat(feed.failed()).isEqualTo(refused);
                        if (refused) {
                            assertThat(feed.failure().violation()).isEqualTo(Violation.FRAME_TOO_BIG);
                            assertThat(feed.failure().streamOffset()).isEqualTo(stream.length - 7);
                        }
                        feed.end();
                    }
                }
            }
        }
    }

    private static CheckedHandle<?> limited(int opcode) {
        CheckedHandle<?> handle = CheckedHandle.openClient(DEFAULTS);
        if (opcode == 1) {
            handle.handle().limitTextFrames(4);
        } else {
            handle.handle().limitBinaryFrames(4);
        }
        return handle;
    }

    @Test
    void aLimitMayBeZeroAndNotNegative() {
        CheckedHandle<?> handle = CheckedHandle.openClient(DEFAULTS);
        assertThatThrownBy(() -> handle.handle().limitTextFrames(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> handle.handle().limitBinaryFrames(-1)).isInstanceOf(IllegalArgumentException.class);
        handle.handle().limitTextFrames(0);
        Feed feed = Feed.into(
                handle,
                Cut.WHOLE.sizes(),
                Wire.join(
                        Wire.text("").bytes(),
                        Wire.binary(bytes(1)).bytes(),
                        Wire.text("a").bytes()));
        assertThat(feed.received()).extracting(Event::text).containsExactly("", "\0");
        assertThat(feed.failure().violation()).isEqualTo(Violation.FRAME_TOO_BIG);
        feed.end();
    }

    @Test
    void afterTheEndAReceiveIsRefusedWithItsReason() {
        Feed closed = Feed.into(false, DEFAULTS, Cut.WHOLE, Wire.close(1000, "").bytes());
        assertThatThrownBy(() -> closed.handle().receive(null, null)).hasMessageContaining("Close was received");
        closed.end();
        Feed failed = Feed.into(false, DEFAULTS, Cut.WHOLE, Wire.continuation().bytes());
        assertThatThrownBy(() -> failed.handle().receive(null, null)).hasMessageContaining("broke the protocol");
        failed.end();
    }

    @Test
    void whatIsNeitherConsumedNorShownIsUnparsed() {
        CheckedHandle<?> handle = CheckedHandle.openClient(HandleOptions.builder()
                .allocatedBuffer(ByteBuffer.allocate(16_384))
                .build());
        byte[] first = Wire.text("hello").bytes();
        byte[] second = Wire.binary(bytes(9)).bytes();
        handle.receive(null, null);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        assertThat(handle.handle().unparsedBytes()).isZero();
        read.buffer().put(first).put(second);
        handle.completeAction(read, first.length + second.length);
        assertThat(handle.handle().unparsedBytes()).isEqualTo(first.length + second.length);
        Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
        assertThat(handle.handle().unparsedBytes()).isEqualTo(second.length);
        handle.completeAction(chunk, 0);
        assertThat(handle.handle().unparsedBytes()).isEqualTo(second.length);
        handle.abortAndVerify();
        assertThat(handle.handle().unparsedBytes()).isZero();
    }

    @Test
    void anIncompleteHeaderStaysUnparsedWhileMoreIsRead() {
        CheckedHandle<?> handle = CheckedHandle.openClient(DEFAULTS);
        handle.receive(null, null);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put((byte) 0x81);
        handle.completeAction(read, 1);
        read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        assertThat(handle.handle().unparsedBytes()).isOne();
        handle.completeAction(read, 0);
        handle.abortAndVerify();
    }

    @Test
    void memoryThatIsGivenBackIsLetGoOf() {
        CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
        handle.receive(null, null);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        ByteBuffer[] buffers = read.buffers();
        byte[] frames = Wire.join(
                Wire.ping("p").from(true).bytes(), Wire.text("a").from(true).bytes());
        read.buffer().put(frames);
        handle.completeAction(read, frames.length);
        Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
        ByteBuffer[] ofPong = pong.buffers();
        handle.completeAction(pong, pong.totalBytes());
        handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), null);
        Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
        ByteBuffer[] ofWrite = write.buffers();
        handle.completeAction(write, write.totalBytes());
        handle.flush();
        assertThat(handle.source().outstanding()).isZero();
        assertThat(buffers).containsOnlyNulls();
        assertThat(ofPong).containsOnlyNulls();
        assertThat(ofWrite).containsOnlyNulls();
        for (Action over : List.of(read, pong, write)) {
            assertThat(over.buffers()).containsOnlyNulls();
        }
        handle.abortAndVerify();
    }

    @Test
    void whatAnActionReferredToGoesWithIt() {
        CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
        ByteBuffer payload = ByteBuffer.allocate(9);
        handle.send(BufferType.BINARY_MESSAGE, payload, "send");
        Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
        ByteBuffer[] written = write.buffers();
        assertThat(written[1]).isSameAs(payload);
        handle.completeAction(write, write.totalBytes());
        assertThat(written).containsOnlyNulls();
        assertThat(write.context()).isNull();
        handle.flush();

        handle.receive(ByteBuffer.allocate(9), "receive");
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        byte[] two = Wire.join(
                Wire.text("a").unfinished().from(true).bytes(),
                Wire.continuation().from(true).bytes());
        read.buffer().put(two);
        handle.completeAction(read, two.length);
        assertThat(read.context()).isNull();
        Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
        assertThat(chunk.endsMessage()).isFalse();
        ByteBuffer[] shown = chunk.buffers();
        assertThat(shown).hasSize(1).doesNotContainNull();
        handle.completeAction(chunk, 0);
        assertThat(handle.source().outstanding())
                .as("the rest is here, so the engine keeps its memory")
                .isOne();
        assertThat(shown).containsOnlyNulls();
        assertThat(chunk.context()).isNull();
        handle.abortAndVerify();
    }

    @Test
    void eachReceiveHasItsOwnTargetAndContextOrNone() {
        CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);
        ByteBuffer[] targets = {ByteBuffer.allocate(9), ByteBuffer.allocate(9)};
        byte[] two = Wire.join(
                Wire.text("a").from(true).bytes(), Wire.text("b").from(true).bytes());
        for (ByteBuffer[] given : new ByteBuffer[][] {targets, {null, null}, targets, {null, null}}) {
            handle.receive(given[0], given[0]);
            handle.receive(given[1], given[1]);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            read.buffer().put(two);
            handle.completeAction(read, two.length);
            for (ByteBuffer target : given) {
                Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
                assertThat(chunk.context()).isSameAs(target);
                if (target == null) {
                    assertThat(chunk.buffer()).isNotSameAs(targets[0]).isNotSameAs(targets[1]);
                } else {
                    assertThat(chunk.buffer()).isSameAs(target);
                }
                handle.completeAction(chunk, 0);
                if (target != null) {
                    target.clear();
                }
            }
        }
        handle.abortAndVerify();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void anIncompleteHeaderAtTheVeryEndOfTheBufferMakesRoom(int left) {
        CheckedHandle<?> handle = CheckedHandle.openServer(SMALL);
        byte[] first = Wire.binary(bytes(256 - 8 - left)).from(true).bytes();
        byte[] second = Wire.text("hello").from(true).bytes();
        assertThat(first).hasSize(256 - left);
        handle.receive(null, null);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put(first).put(second, 0, left);
        handle.completeAction(read, 256);
        handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
        handle.receive(null, null);
        read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        assertThat(read.buffer().remaining()).isEqualTo(256 - left);
        read.buffer().put(second, left, second.length - left);
        handle.completeAction(read, second.length - left);
        Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
        assertThat(Event.of(chunk).text()).isEqualTo("hello");
        handle.completeAction(chunk, 0);
        handle.abortAndVerify();
    }

    @Test
    void theReceiveQueueIsBounded() {
        CheckedHandle<?> handle = CheckedHandle.openServer(
                HandleOptions.builder().maxQueuedReceives(3).build());
        for (int i = 0; i < 3; i++) {
            assertThat(handle.tryReceive(null, i)).isTrue();
        }
        assertThat(handle.tryReceive(null, null)).isFalse();
        assertThatThrownBy(() -> handle.receive(null, null)).isInstanceOf(WebSocketStateException.class);
        handle.abortAndVerify();
    }

    @Nested
    class BorrowedMemory {

        private static final int FIRST = 4_096;
        private static final int MOST = 5 * FIRST;

        private final HandleOptions options =
                HandleOptions.builder().receiveBufferSize(MOST).build();
        private final CheckedHandle<?> handle = CheckedHandle.open(false, options);

        @Test
        void doublesBehindEachLoanThatWasFilledUpToTheSizeOfTheBuffer() {
            byte[] frame = Wire.binary(bytes(20 * FIRST)).bytes();
            int sent = 0;
            for (int loan : new int[] {FIRST, 2 * FIRST, 4 * FIRST, MOST, MOST}) {
                assertThat(read(frame, sent, loan)).isEqualTo(loan);
                sent += loan;
            }
            handle.abortAndVerify();
        }

        @Test
        void staysSmallForAPeerThatNeverFillsIt() {
            byte[] frame = Wire.binary(bytes(20 * FIRST)).bytes();
            for (int sent = 0; sent < 10 * (FIRST - 1); sent += FIRST - 1) {
                assertThat(read(frame, sent, FIRST - 1)).isEqualTo(FIRST);
            }
            handle.abortAndVerify();
        }

        @Test
        void isKeptWhileAHeaderIsIncompleteAndNotFilledAgain() {
            byte[] message = Wire.binary(bytes(FIRST - 5)).bytes();
            byte[] stream = Wire.join(message, message);
            assertThat(message).hasSize(FIRST - 1);
            assertThat(read(stream, 0, FIRST)).isEqualTo(FIRST);
            assertThat(read(stream, FIRST, 10)).isEqualTo(FIRST - 1);
            assertThat(read(stream, FIRST + 10, 10)).isEqualTo(FIRST);
            handle.abortAndVerify();
        }

        @Test
        void showsNothingUnparsedOnceTheHandleIsAborted() {
            byte[] message = Wire.binary(bytes(1)).bytes();
            assertThat(read(Wire.join(message, message), 0, message.length + 1)).isEqualTo(FIRST);
            assertThat(handle.handle().unparsedBytes()).isEqualTo(1);
            handle.abort();
            assertThat(handle.handle().unparsedBytes()).isZero();
            handle.abortAndVerify();
        }

        @Test
        void isAsLargeAsAskedForAtOnceIfItIsTheHandlesOwn() {
            ServerHandle owner = WebSocketHandle.createServer(options);
            owner.assumeHandshakeDone();
            owner.receive(null, null);
            assertThat(owner.getAction(ActionQueue.RECEIVE).buffer().remaining())
                    .isEqualTo(MOST);
            owner.abort();
        }

        /** {@return how much could have been read where the stream was read on} */
        private int read(byte[] stream, int from, int length) {
            handle.receive(null, null);
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            int room = read.buffer().remaining();
            read.buffer().put(stream, from, length);
            handle.completeAction(read, length);
            Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            handle.completeAction(chunk, 0);
            return room;
        }
    }
}
