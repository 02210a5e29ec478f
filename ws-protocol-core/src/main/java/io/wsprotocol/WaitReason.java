package io.wsprotocol;

/**
 * Why {@link WebSocketHandle#getAction} answered {@link ActionType#NO_ACTION}. Immutable.
 *
 * @since 0.1.0
 */
public enum WaitReason {
    /** No operation is queued: call {@link WebSocketHandle#send} or {@link WebSocketHandle#receive}. */
    OPERATION,
    /** An action of this queue is out: complete it first. */
    COMPLETION,
    /** A pong must leave first: pump {@link ActionQueue#RECEIVE} or {@link ActionQueue#ALL}. */
    CONTROL_FRAME
}
