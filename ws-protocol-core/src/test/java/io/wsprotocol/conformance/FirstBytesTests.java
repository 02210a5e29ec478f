package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferSource;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All 65,536 pairs of first bytes of a frame, for both roles, inside a message and outside, with RSV1 negotiated and not, through the
 * whole handle, byte by byte, against a model of a dozen lines.
 */
@Tag("sweep")
class FirstBytesTests {

    private static final int PAIRS = 1 << 16;
    private static final ByteBuffer MEMORY = ByteBuffer.allocate(256);
    private static final HandleOptions OPTIONS = HandleOptions.builder()
            .receiveBufferSize(256)
            .bufferSource(new BufferSource() {
                @Override
                public ByteBuffer acquire(int bytes) {
                    return bytes <= MEMORY.capacity() ? MEMORY : ByteBuffer.allocate(bytes);
                }

                @Override
                public void release(ByteBuffer buffer) {}
            })
            .build();

    /** What must come of a frame's beginning: nothing wrong, or a rule broken, found after so many bytes of it. */
    private record Verdict(@Nullable Violation violation, int after) {}

    private static Verdict verdict(int byte0, int byte1, boolean server, boolean inMessage, boolean rsv1) {
        int opcode = byte0 % 16;
        boolean control = opcode >= 8;
        boolean first = opcode == 1 || opcode == 2;
        boolean reserved = byte0 / 16 % 4 != 0 || (byte0 / 64 % 2 != 0 && !rsv1);
        boolean compressed = byte0 / 64 % 2 != 0;
        boolean unknown = opcode > 10 || (opcode > 2 && opcode < 8);
        if (reserved || (compressed && !unknown && !first)) {
            return new Verdict(Violation.RESERVED_BITS, 1);
        }
        if (unknown) {
            return new Verdict(Violation.RESERVED_OPCODE, 1);
        }
        if (control && byte0 < 128) {
            return new Verdict(Violation.CONTROL_FRAME_FRAGMENTED, 1);
        }
        if (byte1 >= 128 != server) {
            return new Verdict(server ? Violation.MASK_MISSING : Violation.MASK_UNEXPECTED, 2);
        }
        if (control && byte1 % 128 > 125) {
            return new Verdict(Violation.CONTROL_FRAME_TOO_LONG, 2);
        }
        int header = 2 + (byte1 % 128 == 126 ? 2 : byte1 % 128 == 127 ? 8 : 0) + (server ? 4 : 0);
        if (first && inMessage) {
            return new Verdict(Violation.DATA_FRAME_INSIDE_MESSAGE, header);
        }
        if (opcode == 0 && !inMessage) {
            return new Verdict(Violation.CONTINUATION_WITHOUT_MESSAGE, header);
        }
        return new Verdict(null, header);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, true", "true, true, false", "true, false, true", "true, false, false",
        "false, true, true", "false, true, false", "false, false, true", "false, false, false"
    })
    @Tag("R6455-F-02+-")
    @Tag("R6455-F-04+-")
    @Tag("R6455-F-06+-")
    @Tag("R6455-F-07+-")
    @Tag("R6455-F-08+-")
    @Tag("R6455-F-14+")
    @Tag("R6455-F-21+-")
    @Tag("R6455-F-22+-")
    @Tag("R6455-F-23+-")
    @Tag("R6455-F-24+-")
    @Tag("R6455-D-07+-")
    @Tag("R6455-D-08+-")
    @Tag("R7692-P-13+-")
    @Tag("R7692-P-14+-")
    @Tag("R7692-P-16+-")
    @Tag("R6455-Q-10+")
    void everyPairIsJudgedAsTheModelSays(boolean server, boolean inMessage, boolean rsv1) {
        byte[] frame = new byte[14];
        byte[] begun = Wire.text("a").unfinished().from(server).bytes();
        int accepted = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            int byte0 = pair >>> 8;
            int byte1 = pair & 0xFF;
            frame[0] = (byte) byte0;
            frame[1] = (byte) byte1;
            frame[3] = (byte) ((byte1 & 0x7F) == 126 ? 126 : 0);
            frame[7] = (byte) ((byte1 & 0x7F) == 127 ? 1 : 0);
            Verdict expected = verdict(byte0, byte1, server, inMessage, rsv1);
            WebSocketHandle handle = open(server, rsv1);
            if (inMessage) {
                feed(handle, begun, begun.length);
            }
            Verdict actual = feed(handle, frame, expected.after);
            if (!expected.equals(actual)) {
                assertThat(actual).as("%02x %02x", byte0, byte1).isEqualTo(expected);
            }
            accepted += actual.violation == null ? 1 : 0;
            handle.close();
        }
        // Three control opcodes with FIN and 126 lengths; data with both values of FIN and 128 lengths
        int data = (inMessage ? 1 : rsv1 ? 4 : 2) * 2 * 128;
        assertThat(accepted).isEqualTo(3 * 126 + data);
    }

    private static WebSocketHandle open(boolean server, boolean rsv1) {
        WebSocketHandle handle = OpenHandle.of(server, OPTIONS);
        handle.allowReservedBits(rsv1 ? 0x40 : 0);
        return handle;
    }

    /** Feeds byte by byte until a rule is broken or so many bytes are parsed. */
    private static Verdict feed(WebSocketHandle handle, byte[] bytes, int count) {
        int given = 0;
        while (true) {
            if (handle.queued(ActionQueue.RECEIVE) == 0 && handle.receiveState() == ReceiveState.OPEN) {
                handle.receive(null, null);
            }
            Action action;
            try {
                action = handle.getAction(ActionQueue.RECEIVE);
            } catch (WebSocketProtocolException e) {
                return new Verdict(e.violation(), given);
            }
            if (action.type() == ActionType.NO_ACTION) {
                return new Verdict(null, given);
            }
            if (action.type() == ActionType.RECEIVE_FROM_NETWORK && given == count) {
                handle.completeAction(action, 0); // cancelled: the frame that follows needs the slot
                handle.completeAction(handle.getAction(ActionQueue.RECEIVE), 0);
                return new Verdict(null, given);
            }
            if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                action.buffer().put(bytes[given++]);
                handle.completeAction(action, 1);
            } else {
                handle.completeAction(action, action.type() == ActionType.SEND_TO_NETWORK ? action.totalBytes() : 0);
            }
        }
    }
}
