package io.wsprotocol.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.SendState;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.conformance.Feed.Cut;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Event;
import io.wsprotocol.fixture.HandlePair;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.5 to 3.8 of the action loop: pings, pongs and Close. */
class ControlFrameTests {

    private static final HandleOptions DEFAULTS = HandleOptions.defaults();

    private CheckedHandle<?> handle = CheckedHandle.openServer(DEFAULTS);

    @AfterEach
    void nothingIsLost() {
        handle.abortAndVerify();
    }

    /** Hands over bytes from the client; a receive must be queued. */
    private void deliver(byte[]... frames) {
        byte[] bytes = Wire.join(frames);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        read.buffer().put(bytes);
        handle.completeAction(read, bytes.length);
    }

    private static byte[] ping(String payload) {
        return Wire.ping(payload).from(true).bytes();
    }

    private void write(ActionQueue queue) {
        Action write = handle.expect(queue, ActionType.SEND_TO_NETWORK);
        handle.completeAction(write, write.totalBytes());
    }

    private void endRead() {
        handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK), 0);
        handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
    }

    private static ByteBuffer text(String text) {
        return UTF_8.encode(text);
    }

    @Nested
    @Tag("WSPC-3.5")
    class Pings {

        @ParameterizedTest
        @EnumSource(Cut.class)
        @Tag("R6455-K-13+")
        @Tag("R6455-K-16+")
        void areAnsweredWithTheirPayloadInBothRoles(Cut cut) {
            for (boolean server : new boolean[] {true, false}) {
                for (int length : new int[] {0, 1, 124, 125}) {
                    String payload = "x".repeat(length);
                    Feed feed = Feed.into(
                            server,
                            DEFAULTS,
                            cut,
                            Wire.ping(payload).from(server).bytes());
                    assertThat(feed.received()).isEmpty();
                    assertThat(feed.handle().writtenFrames()).singleElement().satisfies(pong -> {
                        assertThat(pong.byte0()).isEqualTo(0x8A);
                        assertThat(pong.masked()).isEqualTo(!server);
                        assertThat(pong.text()).isEqualTo(payload);
                    });
                    feed.end();
                }
            }
        }

        @Test
        void thePongHasNoContextAndNoIndicationAndDoesNotUseUpTheReceive() {
            handle.receive(null, "context");
            deliver(ping("hi"));
            Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
            assertThat(pong.bufferType()).isEqualTo(BufferType.PING_PONG);
            assertThat(pong.context()).isNull();
            assertThat(pong.internal()).isTrue();
            assertThat(pong.bufferCount()).isOne();
            handle.completeAction(pong, pong.totalBytes());
            assertThat(handle.handle().queued(ActionQueue.RECEIVE)).isOne();
            deliver(Wire.text("text").from(true).bytes());
            Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            assertThat(chunk.context()).isEqualTo("context");
            handle.completeAction(chunk, 0);
            handle.expect(ActionQueue.SEND, ActionType.NO_ACTION);
        }

        @Test
        void theSendQueueWaitsWhileThePongIsOut() {
            handle.receive(null, null);
            deliver(ping("hi"));
            handle.send(BufferType.UTF8_MESSAGE, text("text"), null);
            Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
            assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.CONTROL_FRAME);
            handle.completeAction(pong, pong.totalBytes());
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x8A, 0x81);
        }

        @Test
        @Tag("WSPC-3.2")
        @Tag("R6455-K-14+-")
        void thePongWaitsForTheEndOfTheFrameAndGoesBeforeTheNext() {
            handle.receive(null, null);
            handle.send(BufferType.UTF8_FRAGMENT, text("one"), 1);
            handle.send(BufferType.UTF8_MESSAGE, text("two"), 2);
            Action one = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            deliver(ping("hi"));
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK); // the receive goes on
            handle.completeAction(one, one.totalBytes());
            handle.completeAction(handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE), 0);
            assertThat(handle.expect(ActionQueue.SEND, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.CONTROL_FRAME);
            write(ActionQueue.RECEIVE); // although the read is still out
            handle.flush();
            handle.completeAction(read, 0);
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsExactly(0x01, 0x8A, 0x80);
        }

        @Test
        @Tag("WSPC-3.2")
        void noPongComesBetweenTheSlicesOfAClientsFrame() {
            handle = CheckedHandle.openClient(
                    HandleOptions.builder().sendBufferSize(64).build());
            handle.receive(null, null);
            handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(200), 1);
            handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), 2);
            write(ActionQueue.SEND);
            deliver(Wire.ping("hi").bytes());
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            write(ActionQueue.ALL);
            assertThat(handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION).waitsFor())
                    .isEqualTo(WaitReason.COMPLETION);
            write(ActionQueue.SEND);
            write(ActionQueue.SEND);
            Action pong = handle.expect(ActionQueue.ALL, ActionType.SEND_TO_NETWORK);
            assertThat(pong.internal()).isTrue();
            handle.completeAction(pong, pong.totalBytes());
            handle.flush();
            handle.completeAction(read, 0);
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::opcode).containsExactly(2, 10, 2);
        }

        @Test
        @Tag("R6455-K-17+")
        void behindABlockedWireTheOldestAreDropped() {
            handle = CheckedHandle.openServer(
                    HandleOptions.builder().maxPendingPongs(3).build());
            handle.receive(null, null);
            handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), null);
            Action blocked = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            deliver(IntStream.range(0, 5).mapToObj(i -> ping("p" + i)).toArray(byte[][]::new));
            Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            handle.completeAction(blocked, blocked.totalBytes());
            for (int i = 0; i < 3; i++) {
                write(ActionQueue.RECEIVE);
            }
            handle.completeAction(read, 0);
            assertThat(handle.writtenFrames())
                    .extracting(Wire.Frame::text)
                    .endsWith("p2", "p3", "p4")
                    .hasSize(4);
            assertThat(handle.handle().statistics().pongsDropped()).isEqualTo(2);
        }

        @Test
        @Tag("R6455-K-13+")
        void eachIsAnsweredWhileTheWireIsFree() {
            handle.receive(null, null);
            deliver(IntStream.range(0, 40).mapToObj(i -> ping("p" + i)).toArray(byte[][]::new));
            for (int i = 0; i < 40; i++) {
                write(ActionQueue.RECEIVE);
            }
            endRead();
            assertThat(handle.writtenFrames())
                    .extracting(Wire.Frame::text)
                    .isEqualTo(IntStream.range(0, 40).mapToObj(i -> "p" + i).toList());
        }

        @Test
        @Tag("R6455-K-13+-")
        void areStillAnsweredAfterOurCloseAndNoMoreAfterThePeers() {
            handle.receive(null, 1);
            handle.receive(null, 2);
            handle.sendClose(null, null);
            handle.flush();
            deliver(ping("before"));
            write(ActionQueue.RECEIVE);
            deliver(ping("dropped"), Wire.close(1000, "").from(true).bytes(), ping("after"));
            Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
            handle.completeAction(pong, pong.totalBytes());
            handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
            endRead();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::text).containsExactly("", "before", "dropped");
        }

        @Test
        void onlyWhoPumpsTheReceiveQueueAnswers() {
            handle.receive(null, null);
            deliver(ping("hi"));
            handle.expect(ActionQueue.SEND, ActionType.NO_ACTION);
            write(ActionQueue.ALL);
            endRead();
        }

        @Test
        void aCancelledPongLeavesTheStreamUsableAndACutOneDoesNot() {
            handle.receive(null, null);
            deliver(ping("hi"));
            handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK), 0);
            assertThat(handle.handle().sendState()).isEqualTo(SendState.OPEN);
            assertThat(handle.handle().statistics().pongsSent()).isZero();
            deliver(ping("ho"));
            handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK), 1);
            assertThat(handle.handle().sendState()).isEqualTo(SendState.BROKEN);
            endRead();
        }
    }

    @Test
    void aPongThatIsWrittenElsewhereMayBeCompletedWithAnything() {
        handle = CheckedHandle.openServer(
                HandleOptions.builder().writtenElsewhere(true).build());
        handle.receive(null, null);
        for (int written : new int[] {0, 1, 4}) {
            deliver(ping("hi"));
            handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK), written);
            assertThat(handle.handle().sendState()).isEqualTo(SendState.OPEN);
        }
        endRead();
    }

    @Test
    @Tag("V01")
    void thePongOfAnotherHandleIsRefused() {
        CheckedHandle<?> other = CheckedHandle.openServer(DEFAULTS);
        for (CheckedHandle<?> each : List.of(handle, other)) {
            each.receive(null, null);
            byte[] ping = ping("hi");
            Action read = each.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
            read.buffer().put(ping);
            each.completeAction(read, ping.length);
        }
        Action pong = handle.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
        Action foreign = other.expect(ActionQueue.RECEIVE, ActionType.SEND_TO_NETWORK);
        assertThatThrownBy(() -> handle.handle().completeAction(foreign, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("V01");
        handle.completeAction(pong, pong.totalBytes());
        other.completeAction(foreign, foreign.totalBytes());
        other.abortAndVerify();
        endRead();
    }

    @Nested
    @Tag("WSPC-3.6")
    class Pongs {

        @ParameterizedTest
        @EnumSource(Cut.class)
        @Tag("R6455-K-18+")
        void useUpTheReceiveAndShowTheirPayload(Cut cut) {
            for (boolean server : new boolean[] {true, false}) {
                Feed feed = Feed.into(
                        server,
                        DEFAULTS,
                        cut,
                        Wire.join(
                                Wire.pong("payload").from(server).bytes(),
                                Wire.pong("").from(server).bytes()));
                assertThat(feed.received()).extracting(Event::text).containsExactly("payload", "");
                assertThat(feed.received()).extracting(Event::bufferType).containsOnly(BufferType.PING_PONG);
                assertThat(feed.handle().written()).isEmpty();
                feed.end();
            }
        }
    }

    @Nested
    @Tag("WSPC-3.7")
    class KeepAlive {

        @ParameterizedTest
        @CsvSource({"PING_PONG,0x89", "UNSOLICITED_PONG,0x8A"})
        @Tag("R6455-K-15+")
        void pingsAndUnsolicitedPongsAreSendsLikeAnyOther(BufferType type, String byte0) {
            handle.send(type, null, "empty");
            handle.send(type, ByteBuffer.allocate(125), "full");
            assertThatThrownBy(() -> handle.send(type, ByteBuffer.allocate(126), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("V06");
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(write.internal()).isFalse();
            assertThat(write.bufferType()).isEqualTo(type);
            handle.completeAction(write, 2);
            Action over = handle.expect(ActionQueue.SEND, ActionType.INDICATE_SEND_COMPLETE);
            assertThat(over.context()).isEqualTo("empty");
            handle.completeAction(over, 0);
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::byte0).containsOnly(Integer.decode(byte0));
        }
    }

    @Nested
    @Tag("WSPC-3.8")
    class Close {

        @ParameterizedTest
        @EnumSource(Cut.class)
        @Tag("R6455-K-02+")
        @Tag("R6455-Z-08+")
        @Tag("R6455-Z-10+")
        @Tag("R6455-K-01+")
        @Tag("R6455-K-03+")
        @Tag("R6455-K-19+")
        void isIndicatedWithStatusAndReason(Cut cut) {
            String longest = "r".repeat(123);
            List<Wire> frames =
                    List.of(Wire.closeBody(), Wire.close(1000, ""), Wire.close(1001, "bye"), Wire.close(4999, longest));
            List<CloseInfo> infos = List.of(
                    new CloseInfo(1005, null),
                    new CloseInfo(1000, ""),
                    new CloseInfo(1001, "bye"),
                    new CloseInfo(4999, longest));
            for (boolean server : new boolean[] {true, false}) {
                for (int i = 0; i < infos.size(); i++) {
                    Feed feed = Feed.into(
                            server, DEFAULTS, cut, frames.get(i).from(server).bytes());
                    assertThat(feed.received()).singleElement().returns(infos.get(i), Event::close);
                    assertThat(feed.handle().handle().receiveState()).isEqualTo(ReceiveState.CLOSED);
                    assertThat(feed.handle().written())
                            .as("the engine does not answer by itself")
                            .isEmpty();
                    feed.end();
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
        @Tag("R6455-Z-20+")
        @Tag("R6455-Z-27+")
        @Tag("R6455-Z-28+")
        void everyStatusThatMayStandOnTheWireGoesBothWays(int status) {
            try (HandlePair pair = HandlePair.open()) {
                pair.client().handle().sendClose(new CloseInfo(status, "€"), null);
                pair.pump();
                assertThat(pair.server().received()).singleElement().returns(new CloseInfo(status, "€"), Event::close);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65535, 66536})
        @Tag("V32")
        @Tag("R6455-Z-22-")
        @Tag("R6455-Z-23-")
        @Tag("R6455-Z-24-")
        @Tag("R6455-Z-25-")
        @Tag("R6455-Z-26-")
        @Tag("R6455-Z-29-")
        @Tag("R6455-Z-20-")
        @Tag("R6455-Z-27-")
        @Tag("R6455-Z-28-")
        void noOtherStatusCanBeSent(int status) {
            assertThatThrownBy(() -> handle.sendClose(CloseInfo.of(status), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("V32");
        }

        @Test
        @Tag("V32")
        @Tag("R6455-Z-31-")
        void aServerDoesNotSend1010() {
            assertThatThrownBy(() -> handle.sendClose(CloseInfo.of(1010), null))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        @Tag("V11")
        @Tag("V31")
        @Tag("R6455-Z-21+-")
        @Tag("R6455-Z-32+-")
        void aReasonHasAStatusAndFits() {
            assertThatThrownBy(() -> handle.sendClose(new CloseInfo(1000, "x".repeat(124)), null))
                    .hasMessageContaining("V11");
            assertThatThrownBy(() -> handle.sendClose(new CloseInfo(1000, "€".repeat(42)), null))
                    .hasMessageContaining("V11");
            assertThatThrownBy(() -> handle.sendClose(new CloseInfo(1005, "x"), null))
                    .hasMessageContaining("V31");
            handle.sendClose(new CloseInfo(1000, "€".repeat(41)), null);
            handle.flush();
            assertThat(handle.writtenFrames())
                    .singleElement()
                    .satisfies(frame -> assertThat(frame.payload()).hasSize(125));
        }

        @Test
        void withoutAStatusTheBodyIsEmpty() {
            assertEmptyBody(null);
            assertEmptyBody(CloseInfo.EMPTY);
            assertEmptyBody(new CloseInfo(1005, ""));
        }

        private static void assertEmptyBody(@Nullable CloseInfo info) {
            CheckedHandle<?> server = CheckedHandle.openServer(DEFAULTS);
            server.sendClose(info, null);
            server.flush();
            assertThat(server.written()).isEqualTo(Wire.hex("8800"));
            server.abortAndVerify();
        }

        @Test
        @Tag("V08")
        @Tag("V09")
        @Tag("R6455-K-05+-")
        @Tag("R6455-F-05+-")
        void afterOursOnlyControlFramesMayBeQueued() {
            handle.sendClose(CloseInfo.of(1000), "close");
            assertThat(handle.handle().sendState()).isEqualTo(SendState.CLOSE_QUEUED);
            assertThatThrownBy(() -> handle.send(BufferType.UTF8_MESSAGE, null, null))
                    .isInstanceOf(WebSocketStateException.class)
                    .hasMessageContaining("V08");
            assertThatThrownBy(() -> handle.sendRaw(0x82, null, null))
                    .isInstanceOf(WebSocketStateException.class)
                    .hasMessageContaining("V08");
            assertThatThrownBy(() -> handle.sendClose(null, null))
                    .isInstanceOf(WebSocketStateException.class)
                    .hasMessageContaining("V09");
            handle.send(BufferType.PING_PONG, null, null);
            handle.send(BufferType.UNSOLICITED_PONG, null, null);
            Action write = handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
            assertThat(write.bufferType()).isEqualTo(BufferType.CLOSE);
            assertThat(write.closeInfo()).isNull();
            handle.completeAction(write, write.totalBytes());
            handle.flush();
            assertThat(handle.writtenFrames()).extracting(Wire.Frame::opcode).containsExactly(8, 9, 10);
        }

        @Test
        void aCancelledCloseStaysQueuedForGood() {
            handle.sendClose(null, null);
            handle.completeAction(handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK), 0);
            handle.flush();
            assertThat(handle.handle().sendState()).isEqualTo(SendState.CLOSE_QUEUED);
        }

        @Test
        void dataMayStillArriveAfterOurs() {
            handle.sendClose(null, null);
            handle.flush();
            handle.receive(null, null);
            deliver(Wire.text("late").from(true).bytes());
            Action chunk = handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE);
            assertThat(chunk.bufferType()).isEqualTo(BufferType.UTF8_MESSAGE);
            handle.completeAction(chunk, 0);
        }

        @Test
        @Tag("R6455-K-19+-")
        void afterThePeersNothingCanBeReceivedAndDataCanStillBeSent() {
            handle.receive(null, null);
            deliver(Wire.close(1000, "").from(true).bytes(), Wire.hex("FFFF"));
            handle.completeAction(handle.expect(ActionQueue.RECEIVE, ActionType.INDICATE_RECEIVE_COMPLETE), 0);
            assertThatThrownBy(() -> handle.receive(null, null)).isInstanceOf(WebSocketStateException.class);
            handle.expect(ActionQueue.RECEIVE, ActionType.NO_ACTION);
            handle.send(BufferType.UTF8_MESSAGE, null, null);
            handle.sendClose(CloseInfo.of(1000), null);
            handle.flush();
            assertThat(handle.writtenFrames()).hasSize(2);
        }

        @Test
        @Tag("R6455-K-12+")
        @Tag("R6455-Z-04+")
        void bothMayCloseAtTheSameTime() {
            try (HandlePair pair = HandlePair.open()) {
                pair.client().handle().sendClose(CloseInfo.of(1000), null);
                pair.server().handle().sendClose(CloseInfo.of(1001), null);
                pair.pump();
                assertThat(pair.server().received()).singleElement().returns(CloseInfo.of(1000), Event::close);
                assertThat(pair.client().received()).singleElement().returns(CloseInfo.of(1001), Event::close);
            }
        }
    }
}
