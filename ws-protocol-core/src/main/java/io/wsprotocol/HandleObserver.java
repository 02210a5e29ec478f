package io.wsprotocol;

/**
 * Hears what a handle does: the four events that the Windows component traces, and violations. Called synchronously by the
 * handle's owner, in the middle of the handle's work: it must not call the handle, block or throw. All methods do nothing unless
 * overridden.
 *
 * @since 0.1.0
 */
public interface HandleObserver {

    /**
     * An operation was accepted.
     *
     * @param queue {@link ActionQueue#SEND} or {@link ActionQueue#RECEIVE}
     * @param depth how many operations that queue now holds, this one included
     */
    default void operationQueued(ActionQueue queue, int depth) {}

    /**
     * An action is handed out.
     *
     * @param action valid until completed; {@link ActionType#NO_ACTION} is not reported
     */
    default void actionIssued(Action action) {}

    /**
     * An action was completed; its accessors still answer.
     *
     * @param action the action
     * @param bytesTransferred what the driver reported
     */
    default void actionCompleted(Action action, long bytesTransferred) {}

    /**
     * An operation has been indicated and left its queue.
     *
     * @param queue {@link ActionQueue#SEND} or {@link ActionQueue#RECEIVE}
     * @param depth how many operations that queue still holds
     */
    default void operationFinished(ActionQueue queue, int depth) {}

    /**
     * The peer broke a rule.
     *
     * @param violation the rule
     */
    default void violation(Violation violation) {}

    /**
     * The handle was closed. Operations that were still queued are gone, and no event tells of them; only the completion of an
     * action that is out may still be reported.
     */
    default void handleClosed() {}
}
