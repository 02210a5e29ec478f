package io.wsprotocol.spring.metrics;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.Violation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Adds what one handle does to the meters of its role. Allocates nothing after it was made. Not thread-safe: confined like its handle.
 */
final class MeteredHandleObserver implements HandleObserver {

    private final RoleMeters meters;
    private final int sampleRate;

    /* Of each type by itself: types come in a regular turn, and one of so many of all would be the same type each time. */
    private final int[] countdowns = new int[RoleMeters.ACTION_TYPES];
    private int sends;
    private int receives;
    private boolean closed;

    /* When the action of each type was handed out, valid while its bit is set: at most one of each type is out at a time. */
    private final long[] issuedNanos = new long[RoleMeters.ACTION_TYPES];
    private int timed;
    private boolean nothingToRead;

    /* Null where a connection counts the sends. */
    private final @Nullable SendSample sample;
    private final @Nullable ReceiveSample silence;

    /**
     * Makes an observer.
     *
     * @param meters of the handle's role
     * @param countsSends whether the handle's send operations are the messages to count; false where a connection counts them
     * @param sampleRate one of how many actions of each type is timed
     * @param firstSample which of them is timed first, 1 to sampleRate
     */
    MeteredHandleObserver(RoleMeters meters, boolean countsSends, int sampleRate, int firstSample) {
        this.meters = meters;
        this.sampleRate = sampleRate;
        Arrays.fill(countdowns, firstSample);
        this.sample = countsSends ? new SendSample(meters, sampleRate, firstSample) : null;
        this.silence = meters.receiveWait == null
                ? null
                : new ReceiveSample(meters.receiveWait, meters.clock, sampleRate, firstSample);
        meters.handles.increment();
    }

    @Override
    public void operationQueued(ActionQueue queue, int depth) {
        if (sample != null && queue == ActionQueue.SEND) {
            sample.queued();
        }
        depthChanged(queue, depth);
    }

    @Override
    public void operationFinished(ActionQueue queue, int depth) {
        depthChanged(queue, depth);
    }

    @Override
    public void actionIssued(Action action) {
        ActionType type = action.type();
        int number = type.nativeValue();
        if (isTimed(type) && --countdowns[number] == 0) {
            countdowns[number] = sampleRate;
            timed |= 1 << number;
            issuedNanos[number] = meters.clock.monotonicTime();
        }
        if (sample != null && type == ActionType.SEND_TO_NETWORK && !action.internal()) {
            sample.handedOut();
        }
        if (silence != null && type == ActionType.RECEIVE_FROM_NETWORK) {
            silence.asked();
        }
    }

    /** Neither the peer's silence nor a receive that is taken back because of it is any work of ours, or an error. */
    private boolean isTimed(ActionType type) {
        return type != ActionType.RECEIVE_FROM_NETWORK
                && !(nothingToRead && type == ActionType.INDICATE_RECEIVE_COMPLETE);
    }

    @Override
    public void actionCompleted(Action action, long bytesTransferred) {
        ActionType type = action.type();
        if (type == ActionType.RECEIVE_FROM_NETWORK) {
            nothingToRead = bytesTransferred == 0;
            if (silence != null && bytesTransferred > 0) {
                silence.answered();
            }
        }
        if (sample != null && type == ActionType.INDICATE_SEND_COMPLETE) {
            sample.completed(action.fullyTransferred());
        }
        meters.actionCompleted(type);
        int bit = 1 << type.nativeValue();
        if ((timed & bit) != 0) {
            timed ^= bit;
            long nanos = meters.clock.monotonicTime() - issuedNanos[type.nativeValue()];
            meters.actionTimed(type, succeeded(action, bytesTransferred), nanos);
        }
        count(action, bytesTransferred);
    }

    @Override
    public void violation(Violation violation) {
        meters.error(violation);
    }

    @Override
    public void handleClosed() {
        depthChanged(ActionQueue.SEND, 0);
        depthChanged(ActionQueue.RECEIVE, 0);
        closed = true;
        meters.handles.decrement();
    }

    private void depthChanged(ActionQueue queue, int depth) {
        if (closed) {
            return;
        }
        if (queue == ActionQueue.RECEIVE) {
            meters.receiveQueue.changed(receives, depth);
            receives = depth;
        } else if (sample != null) {
            meters.sendQueue.changed(sends, depth);
            sends = depth;
        }
    }

    private static boolean succeeded(Action action, long bytesTransferred) {
        return switch (action.type()) {
            case SEND_TO_NETWORK -> bytesTransferred == action.totalBytes();
            case INDICATE_SEND_COMPLETE -> action.fullyTransferred();
            case INDICATE_RECEIVE_COMPLETE -> action.bufferType() != null;
            case RECEIVE_FROM_NETWORK, NO_ACTION -> true;
        };
    }

    private void count(Action action, long bytesTransferred) {
        BufferType bufferType = action.bufferType();
        switch (action.type()) {
            case SEND_TO_NETWORK -> {
                meters.bytesSent.add(bytesTransferred);
                if (action.internal() && bytesTransferred == action.totalBytes()) {
                    meters.messageSent(MessageKind.PONG);
                }
            }
            case RECEIVE_FROM_NETWORK -> meters.bytesReceived.add(bytesTransferred);
            case INDICATE_SEND_COMPLETE -> {
                MessageKind kind = bufferType == null ? null : MessageKind.sent(bufferType);
                if (kind != null && action.fullyTransferred()) {
                    meters.messageSent(kind);
                }
            }
            case INDICATE_RECEIVE_COMPLETE -> {
                MessageKind kind = bufferType == null ? null : MessageKind.received(bufferType, action.endsMessage());
                if (kind != null) {
                    meters.messageReceived(kind);
                }
            }
            case NO_ACTION -> {}
        }
    }
}
