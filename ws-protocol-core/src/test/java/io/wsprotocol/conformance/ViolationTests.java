package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.ActionQueue;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.ErrorCode;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.SendState;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.conformance.Feed.Cut;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule that received bytes can break: what is reported, where in the stream, and that the cuts of the stream do not matter. */
@Tag("WSPC-3.10")
class ViolationTests {

    private static final String SECRET = "s3cr3t";
    private static final HandleOptions LIMITED = HandleOptions.builder()
            .maxFramePayload(1_000)
            .maxFragments(3)
            .maxEmptyFragments(1)
            .build();

    /** Bytes that are right up to {@code offset}, and wrong from there on. */
    private record Case(
            String name,
            Violation violation,
            ErrorCode code,
            int closeStatus,
            boolean server,
            byte[] right,
            byte[] wrong,
            int into) {

        long offset() {
            return right.length + into;
        }

        @Override
        public String toString() {
            return violation.id() + " " + name + (server ? " at a server" : " at a client");
        }
    }

    private static final class Table {

        private final List<Case> cases = new ArrayList<>();
        private final boolean server;

        Table(boolean server) {
            this.server = server;
        }

        Wire w(Wire wire) {
            return wire.from(server);
        }

        void format(Violation violation, String name, Wire wrong, Wire... right) {
            add(violation, ErrorCode.INVALID_PROTOCOL_FORMAT, 1002, name, 0, wrong, right);
        }

        void operation(Violation violation, String name, Wire wrong, Wire... right) {
            add(violation, ErrorCode.INVALID_PROTOCOL_OPERATION, 1002, name, 0, wrong, right);
        }

        void limit(Violation violation, int closeStatus, String name, Wire wrong, Wire... right) {
            add(violation, ErrorCode.INVALID_PROTOCOL_OPERATION, closeStatus, name, 0, wrong, right);
        }

        /** Wrong at a byte of the payload. */
        void text(String name, int goodBytes, Wire wrong, Wire... right) {
            add(
                    Violation.INVALID_UTF8,
                    ErrorCode.INVALID_PROTOCOL_FORMAT,
                    1007,
                    name,
                    (server ? 6 : 2) + goodBytes,
                    wrong,
                    right);
        }

        void add(
                Violation violation,
                ErrorCode code,
                int closeStatus,
                String name,
                int into,
                Wire wrong,
                Wire... right) {
            byte[] before =
                    Wire.join(Arrays.stream(right).map(wire -> w(wire).bytes()).toArray(byte[][]::new));
            cases.add(new Case(name, violation, code, closeStatus, server, before, w(wrong).bytes(), into));
        }
    }

    static Stream<Case> cases() {
        return Stream.of(true, false).flatMap(ViolationTests::cases);
    }

    private static Stream<Case> cases(boolean server) {
        Table t = new Table(server);
        Wire begun = Wire.text(SECRET).unfinished();
        Wire first = Wire.binary((byte) 1);
        t.operation(Violation.DATA_FRAME_INSIDE_MESSAGE, "text inside a message", Wire.text(SECRET), first, begun);
        t.operation(
                Violation.DATA_FRAME_INSIDE_MESSAGE, "binary inside a message", Wire.binary(), begun, Wire.ping(""));
        t.operation(Violation.CONTINUATION_WITHOUT_MESSAGE, "continuation first", Wire.continuation((byte) 1));
        t.operation(
                Violation.CONTINUATION_WITHOUT_MESSAGE,
                "continuation after the end",
                Wire.continuation((byte) 1),
                begun,
                Wire.continuation());
        t.format(Violation.CLOSE_BODY_ONE_BYTE, "close body of one byte", Wire.closeBody((byte) 3), first);
        for (int opcode : new int[] {8, 9, 10}) {
            byte[] tooLong = new byte[126];
            t.format(
                    Violation.CONTROL_FRAME_TOO_LONG,
                    "126 bytes, opcode " + opcode,
                    Wire.frame(opcode, tooLong),
                    first);
            t.format(
                    Violation.CONTROL_FRAME_TOO_LONG,
                    "64-bit form, opcode " + opcode,
                    Wire.frame(opcode, tooLong).lengthBytes(8));
            t.format(
                    Violation.CONTROL_FRAME_FRAGMENTED,
                    "FIN 0, opcode " + opcode,
                    Wire.frame(opcode, new byte[2]).unfinished(),
                    first);
        }
        for (int rsv : new int[] {0x40, 0x20, 0x10, 0x70}) {
            t.format(Violation.RESERVED_BITS, "rsv " + rsv, Wire.text(SECRET).rsv(rsv), first);
            t.format(
                    Violation.RESERVED_BITS,
                    "rsv on a ping " + rsv,
                    Wire.ping(SECRET).rsv(rsv),
                    first);
            t.format(
                    Violation.RESERVED_BITS,
                    "rsv on a continuation " + rsv,
                    Wire.continuation().rsv(rsv),
                    begun);
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
            t.format(Violation.RESERVED_OPCODE, "opcode " + opcode, Wire.frame(opcode, new byte[3]), first);
        }
        for (int status : new int[] {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
            t.format(Violation.CLOSE_STATUS_INVALID, "status " + status, Wire.close(status, SECRET), first);
        }
        t.add(
                Violation.CLOSE_REASON_NOT_UTF8,
                ErrorCode.INVALID_PROTOCOL_FORMAT,
                1007,
                "reason",
                0,
                Wire.closeBody((byte) 3, (byte) 0xE8, (byte) 'a', (byte) 0xC3),
                first);
        t.format(
                Violation.LENGTH_NOT_MINIMAL,
                "125 in 16 bits",
                Wire.frame(2, new byte[125]).lengthBytes(2),
                first);
        t.format(Violation.LENGTH_NOT_MINIMAL, "0 in 16 bits", Wire.binary().lengthBytes(2), first);
        t.format(
                Violation.LENGTH_NOT_MINIMAL,
                "126 in 64 bits",
                Wire.frame(2, new byte[126]).lengthBytes(8),
                first);
        t.format(
                Violation.LENGTH_NOT_MINIMAL,
                "65535 in 64 bits",
                Wire.binary().declaring(65535).lengthBytes(8),
                first);
        t.format(
                Violation.LENGTH_NEGATIVE,
                "2^63",
                Wire.binary().declaring(Long.MIN_VALUE).lengthBytes(8),
                first);
        t.format(
                Violation.LENGTH_NEGATIVE, "2^64-1", Wire.binary().declaring(-1).lengthBytes(8), first);
        byte[] nothing = {};
        t.limit(Violation.FRAME_TOO_BIG, 1009, "1001 bytes", Wire.frame(2, new byte[1001]), first);
        t.limit(Violation.FRAME_TOO_BIG, 1009, "2^63-1 bytes", Wire.binary().declaring(Long.MAX_VALUE), first);
        t.limit(
                Violation.TOO_MANY_FRAGMENTS,
                1008,
                "a fourth fragment",
                Wire.continuation((byte) 4),
                Wire.binary((byte) 1).unfinished(),
                Wire.continuation((byte) 2).unfinished(),
                Wire.continuation((byte) 3).unfinished());
        t.limit(
                Violation.TOO_MANY_EMPTY_FRAGMENTS,
                1008,
                "a second empty fragment",
                Wire.continuation(nothing).unfinished(),
                Wire.binary((byte) 1).unfinished(),
                Wire.continuation(nothing).unfinished());
        texts(t);
        return t.cases.stream();
    }

    private static void texts(Table t) {
        Wire first = Wire.binary((byte) 1);
        t.text("a stray continuation byte", 2, text("6162 80"), first);
        t.text("an overlong slash", 0, text("C0AF"), first);
        t.text("a surrogate", 2, text("61 ED A080"), first);
        t.text("beyond U+10FFFF", 1, text("F4 90 8080"), first);
        t.text("a cut code point before ASCII", 3, text("61 E282 62"), first);
        t.text("FE", 0, text("FE"));
        t.text("a message that ends inside a code point", 2, text("E282"), first);
        t.text(
                "a second fragment that goes on wrongly",
                0,
                Wire.continuation((byte) 'a'),
                text("E282").unfinished());
        t.text(
                "a last fragment without the rest",
                0,
                Wire.continuation(),
                text("61 C3").unfinished());
    }

    private static Wire text(String hex) {
        return Wire.frame(1, Wire.hex(hex));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Tag("V02")
    @Tag("V03")
    @Tag("V05")
    @Tag("V06")
    @Tag("V07")
    @Tag("V29")
    @Tag("V32")
    @Tag("V35")
    @Tag("V37")
    @Tag("R6455-F-06-")
    @Tag("R6455-F-07-")
    @Tag("R6455-F-08-")
    @Tag("R6455-F-10-")
    @Tag("R6455-F-11-")
    @Tag("R6455-F-20-")
    @Tag("R6455-F-21-")
    @Tag("R6455-F-22-")
    @Tag("R6455-F-23-")
    @Tag("R6455-F-24-")
    @Tag("R6455-F-31-")
    @Tag("R6455-F-33-")
    @Tag("R6455-K-01-")
    @Tag("R6455-K-03-")
    @Tag("R6455-Z-21-")
    @Tag("R6455-Z-22-")
    @Tag("R6455-Z-23-")
    @Tag("R6455-Z-24-")
    @Tag("R6455-Z-25-")
    @Tag("R6455-Z-26-")
    @Tag("R6455-Z-29-")
    @Tag("R6455-E-01-")
    @Tag("R6455-E-02-")
    @Tag("R6455-Q-05-")
    @Tag("R6455-Q-06-")
    @Tag("R6455-F-25-")
    @Tag("R6455-F-27-")
    @Tag("R6455-F-32-")
    @Tag("R6455-D-09-")
    @Tag("R6455-D-10-")
    @Tag("R6455-D-07-")
    @Tag("R6455-D-08-")
    @Tag("R7692-P-16-")
    @Tag("R6455-K-12-")
    @Tag("R7692-P-17-")
    void aBreachIsReportedAlikeHoweverTheStreamIsCut(Case it) {
        byte[] following = Wire.ping("behind").from(it.server).bytes();
        for (byte[] bytes : List.of(Wire.join(it.right, it.wrong), Wire.join(it.right, it.wrong, following))) {
            for (Cut cut : Cut.values()) {
                Feed feed = Feed.into(it.server, LIMITED, cut, bytes);
                WebSocketProtocolException failure = feed.failure();
                assertThat(failure.violation()).as("%s", cut).isEqualTo(it.violation);
                assertThat(failure.code()).isEqualTo(it.code);
                assertThat(failure.hresult()).isEqualTo(it.code.hresult());
                assertThat(failure.closeStatus()).isEqualTo(it.closeStatus);
                assertThat(failure.streamOffset()).as("%s", cut).isEqualTo(it.offset());
                assertThat(failure).hasMessageContaining(it.violation.id()).hasMessageContaining(it.violation.rfc());
                assertSaysNothingOfThePeer(failure);
                assertThat(feed.handle().handle().receiveState()).isEqualTo(ReceiveState.FAILED);
                feed.end();
            }
        }
    }

    private static void assertSaysNothingOfThePeer(WebSocketProtocolException failure) {
        String secretInHex = Wire.hex(SECRET.getBytes(StandardCharsets.UTF_8));
        assertThat(failure.toString().toLowerCase(Locale.ROOT)).doesNotContain(SECRET, secretInHex);
        assertThat(failure.getStackTrace()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Tag("R6455-Q-10-")
    void aBreachIsFoundAtItsFirstByte(Case it) {
        if (it.into > 0 || it.violation == Violation.CLOSE_STATUS_INVALID) {
            return; // found in the payload
        }
        byte[] bytes = Wire.join(it.right, it.wrong);
        Feed feed = Feed.into(it.server, LIMITED, Cut.BYTE_BY_BYTE, bytes);
        long taken = feed.handle().handle().statistics().bytesReceived() - it.right.length;
        int most = switch (it.violation) {
            case RESERVED_BITS, RESERVED_OPCODE, CONTROL_FRAME_FRAGMENTED -> 1;
            case CONTROL_FRAME_TOO_LONG -> 2;
            case LENGTH_NEGATIVE -> 3;
            default -> it.wrong.length;
        };
        assertThat(taken).isLessThanOrEqualTo(most);
        feed.end();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("V36")
    @Tag("V43")
    @Tag("V44")
    @Tag("R6455-F-02-")
    @Tag("R6455-F-04-")
    @Tag("R6455-F-01-")
    @Tag("R6455-F-03-")
    @Tag("R6455-D-05-")
    @Tag("R6455-D-11-")
    void theWrongMaskBitIsFoundOnTheSecondByte(boolean server) {
        byte[] wrong = Wire.text(SECRET).from(!server).bytes();
        for (Cut cut : Cut.values()) {
            Feed feed = Feed.into(server, LIMITED, cut, wrong);
            assertThat(feed.failure().violation())
                    .isEqualTo(server ? Violation.MASK_MISSING : Violation.MASK_UNEXPECTED);
            assertThat(feed.failure().closeStatus()).isEqualTo(1002);
            assertThat(feed.failure().streamOffset()).isZero();
            if (cut == Cut.BYTE_BY_BYTE) {
                assertThat(feed.handle().handle().statistics().bytesReceived()).isEqualTo(2);
            }
            feed.end();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("V04")
    @Tag("V10")
    @Tag("R6455-K-19-")
    @Tag("R6455-K-12-")
    void nothingMayFollowAClose(boolean server) {
        byte[] close = Wire.close(1000, "").from(server).bytes();
        List<Wire> wrong = List.of(Wire.text(SECRET), Wire.continuation(), close(1000));
        List<Violation> violations =
                List.of(Violation.DATA_AFTER_CLOSE, Violation.DATA_AFTER_CLOSE, Violation.CLOSE_AFTER_CLOSE);
        for (int i = 0; i < wrong.size(); i++) {
            for (Cut cut : Cut.values()) {
                CheckedHandle<?> handle = CheckedHandle.open(server, LIMITED);
                handle.receive(null, "first");
                handle.receive(null, "second");
                Feed feed = Feed.into(
                        handle,
                        cut.sizes(),
                        Wire.join(close, wrong.get(i).from(server).bytes()));
                assertThat(feed.received()).singleElement().returns(BufferType.CLOSE, event -> event.bufferType());
                assertThat(feed.failure().violation()).isEqualTo(violations.get(i));
                assertThat(feed.failure().code()).isEqualTo(ErrorCode.INVALID_PROTOCOL_OPERATION);
                assertThat(feed.failure().streamOffset()).isEqualTo(close.length);
                feed.end();
            }
        }
    }

    private static Wire close(int status) {
        return Wire.close(status, "");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-13-")
    @Tag("R6455-Z-14-")
    @Tag("R6455-Q-11-")
    void theSendSideStaysUsableSoThatTheConnectionCanBeFailedPolitely(boolean server) {
        Feed feed = Feed.into(
                server,
                LIMITED,
                Cut.WHOLE,
                Wire.frame(3, new byte[0]).from(server).bytes());
        CheckedHandle<?> handle = feed.handle();
        WebSocketProtocolException failure = feed.failure();
        assertThat(handle.handle().queued(ActionQueue.RECEIVE)).isOne();
        assertThatThrownBy(() -> handle.getAction(ActionQueue.RECEIVE)).isSameAs(failure);
        assertThatThrownBy(() -> handle.getAction(ActionQueue.ALL)).isSameAs(failure);
        assertThatThrownBy(() -> handle.receive(null, null)).isInstanceOf(WebSocketStateException.class);
        handle.sendClose(CloseInfo.of(failure.closeStatus()), "close");
        handle.flush();
        assertThat(handle.writtenFrames()).singleElement().returns(8, Wire.Frame::opcode);
        assertThat(handle.handle().sendState()).isEqualTo(SendState.CLOSE_QUEUED);
        feed.end();
    }

    @Test
    @Tag("R6455-F-02+")
    void aServerThatDoesNotInsistOnMaskingTakesBothKinds() {
        HandleOptions lenient = HandleOptions.builder().disableMasking(true).build();
        byte[] both = Wire.join(
                Wire.text("plain").bytes(),
                Wire.text("masked").masked(Wire.RFC_KEY).bytes());
        for (Cut cut : Cut.values()) {
            Feed feed = Feed.into(true, lenient, cut, both);
            assertThat(feed.failed()).isFalse();
            assertThat(feed.received().stream().map(event -> event.text()).reduce("", String::concat))
                    .isEqualTo("plainmasked");
            feed.end();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyViolationNamesItsRowsAndItsSection(Case it) {
        assertThat(it.violation.rows()).isNotBlank();
        assertThat(it.violation.rfc()).startsWith("RFC 6455 §");
        assertThat(it.violation.code()).isEqualTo(it.code);
        assertThat(it.violation.closeStatus()).isEqualTo(it.closeStatus);
    }
}
