package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleState;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.SendState;
import io.wsprotocol.WaitReason;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.WebSocketStateException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a conversation: a handle, the bytes on their way to the peer, and what an application may know of it. Each call is held
 * against what the end's own few fields allow, each indication against the operation that it belongs to. Not thread-safe: confine
 * to one thread or guard with one lock.
 */
final class TalkingEnd {

    static final int MOST_SENDS = 6;
    static final int MOST_RECEIVES = 3;

    private static final int PIPE_BYTES = 512;
    private static final int SENDS_OF_A_TALK = 120;

    private final WebSocketHandle handle;
    private final CountedMemory memory;
    private final byte[] pipe = new byte[PIPE_BYTES];
    private int piped;

    private @Nullable Action writing;
    private long written;
    private @Nullable Action reading;

    /** Opcode of the message in progress to the peer; 0 when there is none. */
    private int message;

    private boolean closeQueued;
    private boolean aborted;

    private final ByteBuffer[] payloads = new ByteBuffer[SENDS_OF_A_TALK];
    private int queuedSends;
    private int endedSends;
    private int queuedReceives;
    private int endedReceives;
    private int pings;
    private int answered = -1;
    private int pongs;
    private int pongsSeen;

    /** What this end has sent of messages and its Close, and what it has got of them. */
    final EventLog sent;

    final EventLog received;

    /** Whether a write was cut, after which the peer may see anything. */
    boolean cut;

    /** Whether the peer seemed to break a rule, for the handle or for this end, which must not be unless it cut a write. */
    boolean offended;

    /** Whether the handle said so. It still sends, and looks at nothing more of the peer's. */
    private boolean failed;

    TalkingEnd(WebSocketHandle handle, CountedMemory memory, EventLog sent, EventLog received) {
        this.handle = handle;
        this.memory = memory;
        this.sent = sent;
        this.received = received;
        sent.clear();
        received.clear();
    }

    boolean isAborted() {
        return aborted;
    }

    /** Queues a data frame, and knows whether that is allowed. */
    void sendData(BufferType type, ByteBuffer payload) {
        int opcode = type.isText() ? 1 : 2;
        boolean allowed = maySend() && !closeQueued && (message == 0 || message == opcode);
        int from = payload.position();
        int length = payload.remaining();
        if (queued(type, payload, allowed)) {
            for (int i = from; i < from + length; i++) {
                sent.add((opcode == 1 ? EventLog.TEXT_BYTE : EventLog.BINARY_BYTE) | (payload.get(i) & 0xFF));
            }
            message = type.endsMessage() ? 0 : opcode;
            if (type.endsMessage()) {
                sent.add(EventLog.MESSAGE_END | opcode);
            }
        }
    }

    /** Queues a ping or a pong of one byte that tells which it was. */
    void sendControl(boolean ping) {
        byte number = (byte) (ping ? pings : 0x80 | pongs);
        BufferType type = ping ? BufferType.PING_PONG : BufferType.UNSOLICITED_PONG;
        if (queued(type, ByteBuffer.wrap(new byte[] {number}), maySend())) {
            pings += ping ? 1 : 0;
            pongs += ping ? 0 : 1;
        }
    }

    private boolean maySend() {
        return !aborted && handle.sendState() != SendState.BROKEN;
    }

    private boolean queued(BufferType type, ByteBuffer payload, boolean allowed) {
        if (queuedSends == SENDS_OF_A_TALK) {
            return false;
        }
        boolean full = queuedSends - endedSends == MOST_SENDS;
        try {
            boolean taken = handle.trySend(type, payload, queuedSends);
            check(allowed && taken == !full, "a send was taken that is not allowed, or refused with room for it");
            if (taken) {
                payloads[queuedSends++] = payload;
            }
            return taken;
        } catch (WebSocketStateException e) {
            check(!allowed, "an allowed send was refused");
            return false;
        }
    }

    void sendClose(CloseInfo info) {
        if (queuedSends == SENDS_OF_A_TALK) {
            return;
        }
        boolean full = queuedSends - endedSends == MOST_SENDS;
        try {
            boolean taken = handle.trySendClose(info, queuedSends);
            check(maySend() && !closeQueued && taken == !full, "a Close was taken that is not allowed, or refused");
            if (taken) {
                payloads[queuedSends++] = null;
                closeQueued = true;
                sent.addClose(info.status(), info.reason());
            }
        } catch (WebSocketStateException e) {
            check(!maySend() || closeQueued, "an allowed Close was refused");
        }
    }

    /** Queues a receive, without a bound on how many there were: an end that takes no more would miss what the other sent. */
    void receive(int targetBytes) {
        boolean allowed = !aborted && handle.receiveState() == ReceiveState.OPEN;
        boolean full = queuedReceives - endedReceives == MOST_RECEIVES;
        try {
            boolean taken =
                    handle.tryReceive(targetBytes == 0 ? null : ByteBuffer.allocate(targetBytes), queuedReceives);
            check(allowed && taken == !full, "a receive was taken that is not allowed, or refused with room for it");
            queuedReceives += taken ? 1 : 0;
        } catch (WebSocketStateException e) {
            check(!allowed, "an allowed receive was refused");
        }
    }

    /** {@return whether there was something to do} Asks for an action and takes it on; indications end at once. */
    boolean act(ActionQueue queue) {
        ActionQueue asked = failed && !aborted ? ActionQueue.SEND : queue;
        Action action;
        try {
            action = handle.getAction(asked);
        } catch (WebSocketProtocolException e) {
            check(!failed, "a queue for sends looks at what was received");
            failed = true;
            offended = true;
            return true;
        }
        switch (action.type()) {
            case NO_ACTION -> {
                idle(asked, action.waitsFor());
                return false;
            }
            case SEND_TO_NETWORK -> {
                check(writing == null && action.totalBytes() > 0, "two writes at a time, or one of nothing");
                writing = action;
                written = 0;
            }
            case RECEIVE_FROM_NETWORK -> {
                check(reading == null && action.buffer().hasRemaining(), "two reads at a time, or one without room");
                reading = action;
            }
            case INDICATE_SEND_COMPLETE -> sendEnded(action);
            case INDICATE_RECEIVE_COMPLETE -> received(action);
        }
        return true;
    }

    /** Nothing to do must have a reason that is true. */
    private void idle(ActionQueue queue, WaitReason reason) {
        boolean out = writing != null || reading != null;
        switch (reason) {
            case COMPLETION -> check(out, "waits for a completion and nothing is out");
            case CONTROL_FRAME -> check(queue == ActionQueue.SEND, "a queue waits for the control frame that it has");
            case OPERATION ->
                check(handle.queued(queue) == 0 && (queue != ActionQueue.ALL || !out), "waits with work queued");
        }
    }

    private void sendEnded(Action action) {
        check(Objects.equals(action.context(), endedSends), "a send was indicated out of turn");
        ByteBuffer payload = payloads[endedSends++];
        check(
                !action.fullyTransferred() || payload == null || !payload.hasRemaining(),
                "a payload sent is not consumed");
        check(action.fullyTransferred() || cut || aborted, "a send failed for no reason");
        handle.completeAction(action, 0);
    }

    private void received(Action action) {
        check(Objects.equals(action.context(), endedReceives), "a receive was indicated out of turn");
        endedReceives++;
        BufferType type = action.bufferType();
        if (type == BufferType.CLOSE) {
            CloseInfo info = Objects.requireNonNull(action.closeInfo());
            received.addClose(info.status(), info.reason());
        } else if (type == BufferType.PING_PONG) {
            pong(action.buffer());
        } else if (type != null) {
            ByteBuffer shown = action.buffer();
            for (int i = shown.position(); i < shown.limit(); i++) {
                received.add((type.isText() ? EventLog.TEXT_BYTE : EventLog.BINARY_BYTE) | (shown.get(i) & 0xFF));
            }
            if (action.endsMessage()) {
                received.add(EventLog.MESSAGE_END | (type.isText() ? 1 : 2));
            }
        }
        handle.completeAction(action, 0);
    }

    /** Answers come in the order of our pings, maybe with gaps; what the peer sends unasked comes without. */
    private void pong(ByteBuffer shown) {
        int number = shown.remaining() == 1 ? shown.get(shown.position()) & 0xFF : -1;
        boolean right = number < 0x80 ? number > answered && number < pings : number == (0x80 | pongsSeen++);
        answered = number < 0x80 ? number : answered;
        offended |= !right;
    }

    /** Moves bytes of the write at hand towards the peer, and completes it when all are moved. */
    boolean write(int most) {
        Action action = writing;
        if (action == null) {
            return false;
        }
        long before = written;
        for (int i = 0; i < action.bufferCount(); i++) {
            ByteBuffer buffer = action.buffers()[i];
            int count = (int) Math.min(Math.min(buffer.remaining(), PIPE_BYTES - piped), most - (written - before));
            buffer.get(pipe, piped, count);
            piped += count;
            written += count;
            if (buffer.hasRemaining()) {
                break;
            }
        }
        if (written == action.totalBytes()) {
            writing = null;
            handle.completeAction(action, written);
            return true;
        }
        return written > before;
    }

    /** Gives up the write at hand where it stands. */
    void cutWrite() {
        Action action = writing;
        if (action != null) {
            cut = true;
            writing = null;
            handle.completeAction(action, written);
        }
    }

    /** Reads what the peer has written. */
    boolean read(TalkingEnd peer, int most) {
        Action action = reading;
        if (action == null || peer.piped == 0) {
            return false;
        }
        int count = Math.min(Math.min(most, peer.piped), action.buffer().remaining());
        if (count == 0) {
            return false;
        }
        action.buffer().put(peer.pipe, 0, count);
        peer.piped -= count;
        System.arraycopy(peer.pipe, count, peer.pipe, 0, peer.piped);
        reading = null;
        handle.completeAction(action, count);
        return true;
    }

    void cancelRead() {
        Action action = reading;
        if (action != null) {
            reading = null;
            handle.completeAction(action, 0);
        }
    }

    void abort() {
        handle.abort();
        aborted = true;
    }

    /** {@return whether anything moved} One round of a driver that keeps a receive queued. */
    boolean drive(TalkingEnd peer) {
        if (queuedReceives == endedReceives && !aborted && handle.receiveState() == ReceiveState.OPEN) {
            receive(0);
        }
        boolean moved = act(ActionQueue.ALL);
        moved |= write(Integer.MAX_VALUE);
        return moved | read(peer, Integer.MAX_VALUE);
    }

    /** Aborts, and fails unless every operation is indicated once and all memory comes back. */
    void end(int mostSteps) {
        abort();
        Action out = writing;
        if (out != null) {
            writing = null;
            handle.completeAction(out, written);
        }
        cancelRead();
        int steps = 0;
        while (act(ActionQueue.ALL)) {
            check(steps++ < mostSteps, "an aborted handle never ends");
        }
        check(endedSends == queuedSends && endedReceives == queuedReceives, "an operation was never indicated");
        check(memory.allBack(), "an aborted handle keeps memory");
        handle.close();
        check(handle.state() == HandleState.DELETED, "a closed handle lives");
    }
}
