package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an action shows, and what it refuses because it has none. */
@Tag("WSPC-2.3")
class ActionTests {

    @Test
    void onlyThatThereIsNothingToDoWaitsForSomethingAndItHasNoBuffers() {
        for (Action none : new Action[] {NoAction.OPERATION, NoAction.COMPLETION, NoAction.CONTROL_FRAME}) {
            assertThat(none.type()).isEqualTo(ActionType.NO_ACTION);
            assertThat(none.buffers()).isEmpty();
            assertThat(none.bufferCount()).isZero();
            assertThatIllegalStateException().isThrownBy(none::buffer).withMessageContaining("NO_ACTION");
            assertThat(none).hasToString("NO_ACTION[waitsFor=" + none.waitsFor() + "]");
        }
        assertThat(Action.none(WaitReason.COMPLETION).waitsFor()).isEqualTo(WaitReason.COMPLETION);
        Action write = Action.ofSlot(1).issue(ActionType.SEND_TO_NETWORK, BufferType.RAW, null);
        assertThatIllegalStateException().isThrownBy(write::waitsFor).withMessageContaining("SEND_TO_NETWORK");
        assertThatIllegalStateException().isThrownBy(write::buffer).withMessageContaining("SEND_TO_NETWORK");
    }

    @Test
    void saysOfBytesHowManyAndNothingElse() {
        Action action = Action.ofSlot(Action.MAX_BUFFERS).issue(ActionType.SEND_TO_NETWORK, BufferType.CLOSE, "x");
        action.add(ByteBuffer.wrap("secret".getBytes()));
        assertThat(action).hasToString("SEND_TO_NETWORK[CLOSE, buffers=1, bytes=6]");
        action.settle();
        assertThat(action).hasToString("SEND_TO_NETWORK[CLOSE, buffers=0, bytes=6, completed]");
    }
}
