package io.wsprotocol;

/** The three ways to say "nothing now", shared by all handles because they never change. */
final class NoAction {

    static final Action OPERATION = Action.none(WaitReason.OPERATION);
    static final Action COMPLETION = Action.none(WaitReason.COMPLETION);
    static final Action CONTROL_FRAME = Action.none(WaitReason.CONTROL_FRAME);

    private NoAction() {}
}
