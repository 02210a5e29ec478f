package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The states of a handle and the only place that moves them. Every other class asks. What may follow what is the tables below; the
 * picture in ARCHITECTURE.md is drawn from them by a test. HOT. Not thread-safe: confine to one thread or guard with one lock.
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

    private HandleState handle = HandleState.CREATED;
    private SendState send = SendState.OPEN;
    private ReceiveState receive = ReceiveState.OPEN;
    private int sending = NONE;
    private int receiving = NONE;

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
        return switch (type) {
            case UTF8_MESSAGE -> FrameHeader.B0_FIN | dataOpcode(Opcode.TEXT);
            case UTF8_FRAGMENT -> dataOpcode(Opcode.TEXT);
            case BINARY_MESSAGE -> FrameHeader.B0_FIN | dataOpcode(Opcode.BINARY);
            case BINARY_FRAGMENT -> dataOpcode(Opcode.BINARY);
            case PING_PONG -> FrameHeader.B0_FIN | Opcode.PING;
            case UNSOLICITED_PONG -> FrameHeader.B0_FIN | Opcode.PONG;
            case CLOSE -> FrameHeader.B0_FIN | closeOpcode();
            case RAW ->
                throw new IllegalArgumentException("RAW frames are sent with sendRaw, which takes their header byte");
        };
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

    private int closeOpcode() {
        if (send == SendState.CLOSE_QUEUED) {
            throw new WebSocketStateException("V09: our Close is queued or sent already (RFC 6455 §5.5.1)");
        }
        return Opcode.CLOSE;
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
                sending = opcode;
            }
        }
    }

    /** Notes the first frame of a received message. */
    void messageBegun(int opcode) {
        receiving = opcode;
    }

    /** Notes that the end of a received message is indicated. */
    void messageEnded() {
        receiving = NONE;
    }

    private static String name(int opcode) {
        return opcode == Opcode.TEXT ? "text" : "binary";
    }
}
