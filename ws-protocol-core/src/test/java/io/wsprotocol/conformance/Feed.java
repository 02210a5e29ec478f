package io.wsprotocol.conformance;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a handle bytes from its peer, cut in any way, and notes what comes of it. Pumps the receive queue with one receive queued
 * at a time; writes go out whole.
 */
final class Feed {

    /** The ways to cut a stream that every test of received bytes runs through. */
    enum Cut {
        WHOLE,
        BYTE_BY_BYTE,
        AT_RANDOM;

        IntSupplier sizes() {
            SplittableRandom random = new SplittableRandom(42);
            return switch (this) {
                case WHOLE -> () -> Integer.MAX_VALUE;
                case BYTE_BY_BYTE -> () -> 1;
                case AT_RANDOM -> () -> 1 + random.nextInt(7);
            };
        }
    }

    private final CheckedHandle<?> handle;
    private final List<Event> received = new ArrayList<>();
    private @Nullable WebSocketProtocolException failure;
    private @Nullable Action waiting;

    private Feed(CheckedHandle<?> handle) {
        this.handle = handle;
    }

    /** {@return what an open handle makes of the bytes} */
    static Feed into(boolean server, HandleOptions options, Cut cut, byte[] bytes) {
        return into(CheckedHandle.open(server, options), cut.sizes(), bytes);
    }

    /** {@return what the handle makes of the bytes, of which it gets no more at a time than supplied} */
    static Feed into(CheckedHandle<?> handle, IntSupplier sizes, byte[] bytes) {
        Feed feed = new Feed(handle);
        try {
            feed.run(sizes, bytes);
        } catch (WebSocketProtocolException e) {
            feed.failure = e;
        }
        return feed;
    }

    private void run(IntSupplier sizes, byte[] bytes) {
        int given = 0;
        while (true) {
            if (handle.handle().queued(ActionQueue.RECEIVE) == 0) {
                if (handle.handle().receiveState() != ReceiveState.OPEN) {
                    return;
                }
                handle.receive(null, null);
            }
            Action action = handle.getAction(ActionQueue.RECEIVE);
            if (action.type() == ActionType.INDICATE_RECEIVE_COMPLETE) {
                received.add(Event.of(action));
                handle.completeAction(action, 0);
            } else if (action.type() == ActionType.SEND_TO_NETWORK) {
                handle.completeAction(action, action.totalBytes());
            } else if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                int count =
                        Math.min(Math.min(bytes.length - given, action.buffer().remaining()), sizes.getAsInt());
                if (count == 0) {
                    // Nothing more: leave the read out, as a driver that waits for its socket
                    waiting = action;
                    return;
                }
                action.buffer().put(bytes, given, count);
                given += count;
                handle.completeAction(action, count);
            } else {
                return;
            }
        }
    }

    /** {@return the handle} */
    CheckedHandle<?> handle() {
        return handle;
    }

    /** {@return the read that is still out; fails when there is none} */
    Action read() {
        if (waiting == null) {
            throw new AssertionError("no read is out");
        }
        return waiting;
    }

    /** {@return the indications} */
    List<Event> received() {
        return received;
    }

    /** {@return the violation; fails when there was none} */
    WebSocketProtocolException failure() {
        if (failure == null) {
            throw new AssertionError("the peer was not found at fault");
        }
        return failure;
    }

    /** {@return whether the peer was found at fault} */
    boolean failed() {
        return failure != null;
    }

    /** Aborts and verifies that nothing is lost. */
    void end() {
        handle.abort();
        if (waiting != null) {
            handle.completeAction(waiting, 0);
        }
        handle.abortAndVerify();
    }
}
