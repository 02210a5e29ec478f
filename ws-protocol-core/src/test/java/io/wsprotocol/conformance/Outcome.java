package io.wsprotocol.conformance;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferSource;
import io.wsprotocol.BufferType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleStatistics;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * All that a received stream leads to and that its cuts must not change: what was indicated of each message, pongs, Close, error with
 * its place, bytes written in answer, counters. Immutable.
 *
 * @param log the indications and the error, in order, with the bytes of each message joined
 * @param written the bytes of the automatic pongs, in hex
 * @param counters the handle's, without the number of bytes received when the stream was not read to its end
 */
record Outcome(String log, String written, HandleStatistics counters) {

    private static final int MOST_STEPS = 100_000;
    private static final int RECEIVE_BYTES = 256;
    private static final ByteBuffer RECEIVE = ByteBuffer.allocate(RECEIVE_BYTES);
    private static final HandleOptions OPTIONS = HandleOptions.builder()
            .receiveBufferSize(RECEIVE_BYTES)
            .maxEmptyFragments(2)
            .maxFragments(6)
            .maskingKeySource(() -> 0x01020304)
            .bufferSource(new BufferSource() {
                @Override
                public ByteBuffer acquire(int bytes) {
                    return bytes == RECEIVE_BYTES ? RECEIVE : ByteBuffer.allocate(bytes);
                }

                @Override
                public void release(ByteBuffer buffer) {}
            })
            .build();

    /** {@return what a fresh handle makes of the stream, whose pieces end at these places} */
    static Outcome of(StreamCorpus.Stream stream, int... ends) {
        WebSocketHandle handle = OpenHandle.of(stream.server(), OPTIONS);
        Log log = new Log();
        boolean complete = false;
        try {
            complete = run(handle, stream.bytes(), ends, log);
        } catch (WebSocketProtocolException e) {
            log.line(e.violation() + " at " + e.streamOffset());
        }
        HandleStatistics counters = handle.statistics();
        handle.close();
        return new Outcome(log.text(), Wire.hex(log.written.toByteArray()), complete ? counters : unread(counters));
    }

    /** {@return whether the stream was read to its end} */
    private static boolean run(WebSocketHandle handle, byte[] bytes, int[] ends, Log log) {
        int given = 0;
        int piece = 0;
        for (int step = 0; step < MOST_STEPS; step++) {
            if (handle.queued(ActionQueue.RECEIVE) == 0) {
                if (handle.receiveState() != ReceiveState.OPEN) {
                    return false;
                }
                handle.receive(null, null);
            }
            Action action = handle.getAction(ActionQueue.ALL);
            long done = 0;
            if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                if (given == bytes.length) {
                    return true;
                }
                while (piece < ends.length && ends[piece] <= given) {
                    piece++;
                }
                int end = piece < ends.length ? ends[piece] : bytes.length;
                int count = Math.min(end - given, action.buffer().remaining());
                action.buffer().put(bytes, given, count);
                given += count;
                done = count;
            } else if (action.type() == ActionType.SEND_TO_NETWORK) {
                done = log.wrote(action);
            } else {
                log.indicated(action);
            }
            handle.completeAction(action, done);
        }
        throw new AssertionError("no progress");
    }

    private static HandleStatistics unread(HandleStatistics all) {
        return new HandleStatistics(
                0,
                all.bytesSent(),
                all.framesReceived(),
                all.framesSent(),
                all.messagesReceived(),
                all.messagesSent(),
                all.payloadReceived(),
                all.payloadSent(),
                all.pingsReceived(),
                all.pongsSent(),
                all.pongsDropped());
    }

    /** What happened so far; parts of a message run together. */
    private static final class Log {

        private final StringBuilder lines = new StringBuilder();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        long wrote(Action action) {
            take(action, written);
            return action.totalBytes();
        }

        void indicated(Action action) {
            BufferType type = action.bufferType();
            if (type == BufferType.CLOSE) {
                line("Close " + action.closeInfo());
            } else if (type == BufferType.PING_PONG) {
                ByteArrayOutputStream pong = new ByteArrayOutputStream();
                take(action, pong);
                line("Pong " + Wire.hex(pong.toByteArray()));
            } else {
                take(action, message);
                if (action.endsMessage()) {
                    line(type + " ends");
                }
            }
        }

        private static void take(Action action, ByteArrayOutputStream target) {
            for (int i = 0; i < action.bufferCount(); i++) {
                ByteBuffer buffer = action.buffers()[i];
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                target.writeBytes(bytes);
            }
        }

        void line(String what) {
            lines.append(Wire.hex(message.toByteArray()))
                    .append(' ')
                    .append(what)
                    .append('\n');
            message.reset();
        }

        String text() {
            line("end");
            return lines.toString();
        }
    }
}
