package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.Wire;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All 65,536 close codes, received and sent, in both roles, through the whole handle. */
@Tag("R6455-K-02+")
@Tag("R6455-Z-20+")
@Tag("R6455-Z-21+-")
@Tag("R6455-Z-22+-")
@Tag("R6455-Z-23+-")
@Tag("R6455-Z-24+-")
@Tag("R6455-Z-25+-")
@Tag("R6455-Z-26+-")
@Tag("R6455-Z-27+")
@Tag("R6455-Z-28+")
@Tag("R6455-Z-29+-")
@Tag("sweep")
class CloseStatusTests {

    private static final int CODES = 1 << 16;

    private static boolean valid(int code) {
        if (code >= 3000) {
            return code <= 4999;
        }
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyCodeIsReceivedOrRefused(boolean server) {
        for (int code = 0; code < CODES; code++) {
            byte[] frame = Wire.close(code, "").from(server).bytes();
            WebSocketHandle handle = OpenHandle.of(server, HandleOptions.defaults());
            handle.receive(null, null);
            Action read = handle.getAction(ActionQueue.RECEIVE);
            read.buffer().put(frame);
            handle.completeAction(read, frame.length);
            boolean accepted = false;
            try {
                Action closed = handle.getAction(ActionQueue.RECEIVE);
                assertThat(closed.closeInfo()).isEqualTo(new CloseInfo(code, ""));
                accepted = true;
            } catch (WebSocketProtocolException e) {
                assertThat(e.violation()).isEqualTo(Violation.CLOSE_STATUS_INVALID);
                assertThat(e.closeStatus()).isEqualTo(1002);
            }
            assertThat(accepted).as("%d", code).isEqualTo(valid(code));
            handle.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Z-04+-")
    @Tag("R6455-Z-31+-")
    void everyCodeIsSentOrRefused(boolean server) {
        for (int code = 0; code < CODES; code++) {
            WebSocketHandle handle = OpenHandle.of(server, HandleOptions.defaults());
            boolean accepted = false;
            try {
                handle.sendClose(new CloseInfo(code, null), null);
                accepted = true;
            } catch (IllegalArgumentException e) {
                assertThat(handle.queued(ActionQueue.SEND)).isZero();
            }
            if (accepted) {
                byte[] written = bytes(handle.getAction(ActionQueue.SEND));
                byte[] body = Wire.frames(written).get(0).payload();
                // 1005 stands for a body without a status (RFC 6455 §7.4.1)
                assertThat(body).hasSize(code == 1005 ? 0 : 2);
                assertThat(code == 1005 ? code : (body[0] & 0xFF) << 8 | (body[1] & 0xFF))
                        .isEqualTo(code);
            }
            assertThat(accepted).as("%d", code).isEqualTo(code == 1005 || (valid(code) && !(server && code == 1010)));
            handle.close();
        }
    }

    private static byte[] bytes(Action action) {
        byte[] all = new byte[(int) action.totalBytes()];
        int at = 0;
        for (int i = 0; i < action.bufferCount(); i++) {
            int length = action.buffers()[i].remaining();
            action.buffers()[i].get(all, at, length);
            at += length;
        }
        return all;
    }
}
