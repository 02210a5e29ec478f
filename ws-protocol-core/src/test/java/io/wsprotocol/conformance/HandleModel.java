package io.wsprotocol.conformance;

import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.SendState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The action loop as plain as it can be said: which operation is accepted, which action comes next, what it carries. Knows frames as
 * objects, not as bytes; is told which frame of the peer is complete. Written apart from the engine. Not thread-safe: confine to
 * one thread or guard with one lock.
 */
final class HandleModel {

    /** The slots of which each has at most one action out. */
    enum Slot {
        SEND,
        RECEIVE,
        CONTROL
    }

    /** What an action must be. Bytes of a read are not said: memory is the engine's business. */
    record Expected(
            ActionType type,
            @Nullable BufferType bufferType,
            long bytes,
            @Nullable Object context,
            boolean fully) {

        static final Expected NOTHING = new Expected(ActionType.NO_ACTION, null, 0, null, false);
    }

    /** A frame that the peer sends; what is wrong about it is the test's to know. */
    record PeerFrame(int opcode, boolean fin, int length, boolean wrong) {}

    /** Thrown where the engine must report the peer's fault. */
    static final class PeerAtFault extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    private static final class Send {

        final BufferType type;
        final int header;
        final int length;
        final Object context;
        long left;
        boolean over;
        boolean fully;

        Send(BufferType type, int header, int length, Object context) {
            this.type = type;
            this.header = header;
            this.length = length;
            this.context = context;
            this.left = header + (long) length;
        }

        boolean begun() {
            return left < header + (long) length;
        }
    }

    private final boolean server;
    private final int sendBuffer;
    private final int maxPongs;
    private final Deque<Send> sends = new ArrayDeque<>();
    private final Deque<Object> receives = new ArrayDeque<>();
    private final Deque<Integer> pongs = new ArrayDeque<>();
    private final Deque<PeerFrame> arrived = new ArrayDeque<>();
    private final Map<Slot, Expected> out = new EnumMap<>(Slot.class);
    private boolean aborted;
    private boolean broken;
    private boolean closeQueued;
    private boolean cancelled;
    private boolean closeReceived;
    private boolean failed;
    private int sending;
    private int receiving;

    HandleModel(boolean server, int sendBuffer, int maxPongs) {
        this.server = server;
        this.sendBuffer = sendBuffer;
        this.maxPongs = maxPongs;
    }

    // ---- operations ----

    /** {@return whether the handle must accept it} */
    boolean send(BufferType type, int length, Object context) {
        if (aborted || broken || (closeQueued && !type.isControl()) || (closeQueued && type == BufferType.CLOSE)) {
            return false;
        }
        int kind = type.isText() ? 1 : type.isBinary() ? 2 : 0;
        if (kind != 0 && sending != 0 && sending != kind) {
            return false;
        }
        if (kind != 0) {
            sending = type.endsMessage() ? 0 : kind;
        }
        closeQueued |= type == BufferType.CLOSE;
        int header = 2 + (length > 65_535 ? 8 : length > 125 ? 2 : 0) + (server ? 0 : 4);
        sends.add(new Send(type, header, length, context));
        return true;
    }

    /** {@return whether the handle must accept it} */
    boolean receive(Object context) {
        if (aborted || closeReceived || failed) {
            return false;
        }
        return receives.add(context);
    }

    void abort() {
        aborted = true;
        pongs.clear();
    }

    // ---- actions ----

    Expected next(ActionQueue queue) {
        return switch (queue) {
            case SEND -> nextSend();
            case RECEIVE -> nextReceiveOrPong();
            case ALL -> {
                Expected pong = nextPong();
                Expected send = pong == null ? nextSend() : pong;
                yield send == Expected.NOTHING ? nextReceive() : send;
            }
        };
    }

    private Expected nextReceiveOrPong() {
        Expected pong = nextPong();
        return pong != null ? pong : nextReceive();
    }

    private boolean mayWrite() {
        return !aborted && !broken;
    }

    private boolean wireTaken() {
        Send first = sends.peek();
        boolean insideFrame = first != null && !first.over && first.begun();
        boolean writing = out.containsKey(Slot.SEND) && out.get(Slot.SEND).type == ActionType.SEND_TO_NETWORK;
        return out.containsKey(Slot.CONTROL) || writing || (insideFrame && mayWrite());
    }

    private @Nullable Expected nextPong() {
        if (pongs.isEmpty() || !mayWrite() || closeReceived || failed || wireTaken()) {
            return null;
        }
        int length = pongs.remove();
        return issue(
                Slot.CONTROL,
                new Expected(
                        ActionType.SEND_TO_NETWORK, BufferType.PING_PONG, 2L + (server ? 0 : 4) + length, null, false));
    }

    private Expected nextSend() {
        Send first = sends.peek();
        if (first == null || out.containsKey(Slot.SEND)) {
            return Expected.NOTHING;
        }
        if (!mayWrite()) {
            first.over = true;
        }
        if (first.over) {
            return issue(
                    Slot.SEND,
                    new Expected(ActionType.INDICATE_SEND_COMPLETE, first.type, 0, first.context, first.fully));
        }
        boolean pongFirst = !pongs.isEmpty() && !closeReceived && !failed;
        if (out.containsKey(Slot.CONTROL) || (pongFirst && !first.begun())) {
            return Expected.NOTHING;
        }
        long bytes = server ? first.left : Math.min(first.left, sendBuffer);
        return issue(Slot.SEND, new Expected(ActionType.SEND_TO_NETWORK, first.type, bytes, first.context, false));
    }

    private Expected nextReceive() {
        Object context = receives.peek();
        if (context == null || out.containsKey(Slot.RECEIVE)) {
            return Expected.NOTHING;
        }
        if (cancelled || aborted) {
            return indicate(null, 0);
        }
        if (failed) {
            throw new PeerAtFault();
        }
        for (PeerFrame frame = arrived.poll(); frame != null; frame = arrived.poll()) {
            Expected comes = take(frame);
            if (comes != null) {
                return comes;
            }
        }
        return issue(Slot.RECEIVE, new Expected(ActionType.RECEIVE_FROM_NETWORK, null, -1, context, false));
    }

    private @Nullable Expected take(PeerFrame frame) {
        boolean data = frame.opcode < 8;
        boolean outOfOrder = data && (frame.opcode == 0) != (receiving != 0);
        if (frame.wrong || outOfOrder || (closeReceived && (data || frame.opcode == 8))) {
            failed = true;
            pongs.clear();
            throw new PeerAtFault();
        }
        switch (frame.opcode) {
            case 8:
                closeReceived = true;
                pongs.clear();
                return indicate(BufferType.CLOSE, 0);
            case 9:
                if (!closeReceived && mayWrite()) {
                    if (pongs.size() == maxPongs) {
                        pongs.remove();
                    }
                    pongs.add(frame.length);
                }
                return nextPong();
            case 10:
                return closeReceived ? null : indicate(BufferType.PING_PONG, frame.length);
            default:
                receiving = frame.opcode == 0 ? receiving : frame.opcode;
                boolean text = receiving == 1;
                receiving = frame.fin ? 0 : receiving;
                if (frame.length == 0 && !frame.fin) {
                    return null;
                }
                BufferType whole = text ? BufferType.UTF8_MESSAGE : BufferType.BINARY_MESSAGE;
                BufferType part = text ? BufferType.UTF8_FRAGMENT : BufferType.BINARY_FRAGMENT;
                return indicate(frame.fin ? whole : part, frame.length);
        }
    }

    private Expected indicate(@Nullable BufferType type, long bytes) {
        return issue(
                Slot.RECEIVE, new Expected(ActionType.INDICATE_RECEIVE_COMPLETE, type, bytes, receives.peek(), false));
    }

    private Expected issue(Slot slot, Expected action) {
        out.put(slot, action);
        return action;
    }

    /** {@return the slots whose action is out} */
    List<Slot> outstanding() {
        return new ArrayList<>(out.keySet());
    }

    Expected outstanding(Slot slot) {
        return out.get(slot);
    }

    /** A read brought those frames, whole. */
    void completeRead(PeerFrame... frames) {
        out.remove(Slot.RECEIVE);
        arrived.addAll(Arrays.asList(frames));
        cancelled = frames.length == 0;
    }

    void completeIndication(Slot slot) {
        out.remove(slot);
        if (slot == Slot.SEND) {
            sends.remove();
        } else {
            receives.remove();
            cancelled = false;
        }
    }

    void completeWrite(Slot slot, long bytes) {
        Expected write = out.remove(slot);
        boolean whole = bytes == write.bytes;
        if (slot == Slot.CONTROL) {
            broken |= !whole && bytes > 0;
            return;
        }
        Send first = sends.element();
        boolean begun = first.begun() || bytes > 0;
        first.left -= bytes;
        if (first.left == 0) {
            first.over = true;
            first.fully = true;
        } else if (!whole) {
            first.over = true;
            broken |= begun && !aborted;
        }
    }

    // ---- states ----

    int queued(ActionQueue queue) {
        return switch (queue) {
            case SEND -> sends.size();
            case RECEIVE -> receives.size();
            case ALL -> sends.size() + receives.size();
        };
    }

    SendState sendState() {
        return broken ? SendState.BROKEN : closeQueued ? SendState.CLOSE_QUEUED : SendState.OPEN;
    }

    ReceiveState receiveState() {
        return failed ? ReceiveState.FAILED : closeReceived ? ReceiveState.CLOSED : ReceiveState.OPEN;
    }
}
