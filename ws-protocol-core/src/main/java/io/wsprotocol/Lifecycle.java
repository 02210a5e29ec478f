package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The states of a handle, the turn on the wire among them, and the only place that moves them. Every other class asks. What may
 * follow what is the tables below; the picture in ARCHITECTURE.md is drawn from them by a test. HOT. Not thread-safe: confine to one
 * thread or guard with one lock.
 */
final class Lifecycle {

    static final Map<HandleState, Set<HandleState>> HANDLE_MOVES = new EnumMap<>(Map.of(
            HandleState.CREATED, EnumSet.of(HandleState.HANDSHAKING, HandleState.OPEN, HandleState.DELETED),
            HandleState.HANDSHAKING, EnumSet.of(HandleState.OPEN, HandleState.DELETED),
            HandleState.OPEN, EnumSet.of(HandleState.ABORTED, HandleState.DELETED),
            HandleState.ABORTED, EnumSet.of(HandleState.DELETED),
            HandleState.DELETED, EnumSet.noneOf(HandleState.class)));

    static final Map<SendState, Set<SendState>> SEND_MOVES = new EnumMap<>(Map.of(
            SendState.OPEN, EnumSet.of(SendState.CLOSE_QUEUED, SendState.BROKEN),
            SendState.CLOSE_QUEUED, EnumSet.of(SendState.BROKEN),
            SendState.BROKEN, EnumSet.noneOf(SendState.class)));

    static final Map<ReceiveState, Set<ReceiveState>> RECEIVE_MOVES = new EnumMap<>(Map.of(
            ReceiveState.OPEN, EnumSet.of(ReceiveState.CLOSED, ReceiveState.FAILED),
            ReceiveState.CLOSED, EnumSet.of(ReceiveState.FAILED),
            ReceiveState.FAILED, EnumSet.noneOf(ReceiveState.class)));

    /** No message in progress; else {@link Opcode#TEXT} or {@link Opcode#BINARY}. */
    static final int NONE = Opcode.CONTINUATION;

    private static final byte NOBODY = 0;
    private static final byte SEND_SIDE = 1;
    private static final byte CONTROL_SIDE = 2;

    private HandleState handle = HandleState.CREATED;
    private SendState send = SendState.OPEN;
    private ReceiveState receive = ReceiveState.OPEN;
    private byte sending = NONE;
    private byte receiving = NONE;
    private byte writer = NOBODY;
    private boolean pongWaits;

    HandleState handle() {
        return handle;
    }

    SendState send() {
        return send;
    }

    ReceiveState receive() {
        return receive;
    }

    boolean isOpen() {
        return handle == HandleState.OPEN;
    }

    /** {@return whether nothing that is queued will reach the network any more} */
    boolean cannotSend() {
        return handle != HandleState.OPEN || send == SendState.BROKEN;
    }

    /** {@return whether pings still deserve a pong: until the peer's Close (RFC 6455 §5.5.2), also after our own} */
    boolean mayAnswerPings() {
        return handle == HandleState.OPEN && send != SendState.BROKEN && receive == ReceiveState.OPEN;
    }

    /** {@return whether the next data frame must begin a message} */
    boolean expectsMessage() {
        return receiving == NONE && receive == ReceiveState.OPEN;
    }

    /** {@return the opcode of the received message in progress, or {@link #NONE}} */
    int receiving() {
        return receiving;
    }

    void to(HandleState next) {
        require(HANDLE_MOVES, handle, next);
        handle = next;
    }

    void to(SendState next) {
        require(SEND_MOVES, send, next);
        send = next;
    }

    void to(ReceiveState next) {
        require(RECEIVE_MOVES, receive, next);
        receive = next;
    }

    private static <S> void require(Map<S, Set<S>> moves, S from, S next) {
        if (!moves.getOrDefault(from, Set.of()).contains(next)) {
            throw new IllegalStateException("no move from " + from + " to " + next);
        }
    }

    /**
     * {@return the first header byte of a frame of that kind, queued now}
     *
     * @throws WebSocketStateException when it may not be queued now; nothing has changed
     */
    int headerToSend(BufferType type) {
        int header = type.header();
        int opcode = header & FrameHeader.B0_OPCODE;
        if (opcode == Opcode.CLOSE) {
            requireNoClose();
        } else if (!Opcode.isControl(opcode)) {
            return (header & FrameHeader.B0_FIN) | dataOpcode(opcode);
        }
        return header;
    }

    /** RFC 6455 §5.4: fragments of one message only, all of its type; §5.5.1: no data after our Close. */
    private int dataOpcode(int opcode) {
        requireData();
        if (sending == NONE) {
            return opcode;
        }
        if (sending != opcode) {
            throw new WebSocketStateException("V28: a " + name(sending) + " message is in progress, a " + name(opcode)
                    + " frame must wait for its end (RFC 6455 §5.4)");
        }
        return Opcode.CONTINUATION;
    }

    /** Checks a data frame whose opcode the caller chose. */
    void requireRaw(int opcode) {
        requireData();
        if ((opcode == Opcode.CONTINUATION) != (sending != NONE)) {
            throw new WebSocketStateException(
                    opcode == Opcode.CONTINUATION
                            ? "V03: no message is in progress that a frame could continue (RFC 6455 §5.4)"
                            : "V28: a message is in progress, only a continuation frame may follow (RFC 6455 §5.4)");
        }
    }

    private void requireData() {
        if (send == SendState.CLOSE_QUEUED) {
            throw new WebSocketStateException("V08: no data frame may follow our Close (RFC 6455 §5.5.1)");
        }
    }

    private void requireNoClose() {
        if (send == SendState.CLOSE_QUEUED) {
            throw new WebSocketStateException("V09: our Close is queued or sent already (RFC 6455 §5.5.1)");
        }
    }

    /** Notes that a frame with that first header byte was queued. */
    void queued(int header) {
        int opcode = header & FrameHeader.B0_OPCODE;
        if (opcode == Opcode.CLOSE) {
            to(SendState.CLOSE_QUEUED);
        } else if (!Opcode.isControl(opcode)) {
            if ((header & FrameHeader.B0_FIN) != 0) {
                sending = NONE;
            } else if (opcode != Opcode.CONTINUATION) {
                sending = (byte) opcode;
            }
        }
    }

    /** Notes the first frame of a received message. */
    void messageBegun(int opcode) {
        receiving = (byte) opcode;
    }

    /** Notes that the end of a received message is indicated. */
    void messageEnded() {
        receiving = NONE;
    }

    // ---- whose turn it is on the wire: given back only at a frame's last byte (RFC 6455 §5.4: frames never mix) ----

    /** Notes whether a ping waits for its pong. */
    void pongWaits(boolean waits) {
        pongWaits = waits;
    }

    /** {@return whether a pong is on its way, or must leave before the next frame of the send side (RFC 6455 §5.5.2)} */
    boolean pongComesFirst() {
        return writer == CONTROL_SIDE || pongMayGo();
    }

    /** {@return whether a pong may take the wire now} */
    boolean pongMayGo() {
        return pongWaits && writer == NOBODY && mayAnswerPings();
    }

    /** {@return whether an automatic pong is on its way} */
    boolean isPongOut() {
        return writer == CONTROL_SIDE;
    }

    /** The send side goes on; never while {@link #pongComesFirst()}. */
    void takeWireForSend() {
        writer = SEND_SIDE;
    }

    /** The automatic pong goes; only when {@link #pongMayGo()}. */
    void takeWireForPong() {
        writer = CONTROL_SIDE;
    }

    /** The send side's frames are over, or given up. */
    void releaseWireOfSend() {
        if (writer == SEND_SIDE) {
            writer = NOBODY;
        }
    }

    /** The automatic pong is over, or given up. */
    void releaseWireOfPong() {
        writer = NOBODY;
    }

    private static String name(int opcode) {
        return opcode == Opcode.TEXT ? "text" : "binary";
    }
}
