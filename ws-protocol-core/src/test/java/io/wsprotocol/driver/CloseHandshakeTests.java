package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.driver.CloseEvent.Initiator;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What may still happen on each way out, and which cause stands in the end. */
class CloseHandshakeTests {

    private static final Exception FIRST = new IOException("first");
    private static final Exception SECOND = new IOException("second");

    private final ConnectionOptions options = ConnectionOptions.defaults();
    private final SendQueue queue = new SendQueue(options, (context, outcome) -> {}, () -> {});
    private final Deadlines deadlines = new Deadlines(options, 0);
    private final CloseHandshake close = new CloseHandshake(true, queue, deadlines);

    private void assertNothingMay() {
        assertThat(close.mayQueue()).isFalse();
        assertThat(close.mayWrite()).isFalse();
        assertThat(close.mayReceive()).isFalse();
        assertThat(close.mayDeliver()).isFalse();
        assertThat(close.isDraining()).isFalse();
        assertThat(close.wantsOutputShutdown()).isFalse();
    }

    @Test
    void anOpenConnectionMayDoAll() {
        assertThat(close.mayQueue()).isTrue();
        assertThat(close.mayWrite()).isTrue();
        assertThat(close.mayReceive()).isTrue();
        assertThat(close.mayDeliver()).isTrue();
        assertThat(close.isDraining()).isFalse();
        assertThat(close.wantsTransportClose()).isFalse();
    }

    @Test
    void whenTheTransportIsGoneNothingMayBeDoneAndNothingIsWanted() {
        close.transportGone(FIRST);
        assertNothingMay();
        close.drop(SECOND);
        close.fail(FailureReason.IDLE_TIMEOUT);
        assertThat(close.wantsTransportClose()).isFalse();
        CloseEvent event = close.event();
        assertThat(event.code()).isEqualTo(CloseStatus.ABNORMAL);
        assertThat(event.initiator()).isEqualTo(Initiator.TRANSPORT);
        assertThat(event.cause()).isSameAs(FIRST);
        assertThat(event).hasToString("CloseEvent[code=1006, clean=false, initiator=TRANSPORT, cause=IOException]");
    }

    @Test
    void whatIsDroppedStaysDroppedForTheFirstReason() {
        close.drop(FIRST);
        assertNothingMay();
        close.drop(SECOND);
        close.failInput(FailureReason.MESSAGE_TOO_BIG);
        assertThat(close.wantsTransportClose()).isTrue();
        close.transportGone(SECOND);
        assertThat(close.event().code()).isEqualTo(CloseStatus.ABNORMAL);
        assertThat(close.event().initiator()).isEqualTo(Initiator.LOCAL);
        assertThat(close.event().cause()).isSameAs(FIRST);
    }

    @Test
    void theFirstFailureIsTheOneThatThePeerHears() {
        close.failInput(FailureReason.TOO_MANY_CONTROL_FRAMES);
        close.failInput(CloseStatus.PROTOCOL_ERROR, "later", SECOND);
        CloseInfo info = close.toSendLast();
        assertThat(info).isNotNull();
        assertThat(info.status()).isEqualTo(FailureReason.TOO_MANY_CONTROL_FRAMES.closeStatus());
        assertThat(close.mayDeliver()).isFalse();
        assertThat(close.mayQueue()).isTrue();
        close.closeQueued();
        assertThat(close.mayQueue()).isFalse();
    }

    @Test
    void whatComesBehindAFailureIsReadUntilTheInputEnds() {
        close.failInput(FailureReason.MESSAGE_TOO_BIG);
        close.closeQueued();
        assertThat(close.isDraining()).isFalse();
        close.closeWritten();
        assertThat(close.isDraining()).isTrue();
        close.inputEnded();
        assertThat(close.isDraining()).isFalse();
        assertThat(close.wantsTransportClose()).isTrue();
    }

    @Test
    void aServerThatAnsweredTheCloseEndsItselfAndAClientWaits() {
        close.closeReceived(CloseInfo.of(CloseStatus.NORMAL));
        close.closeQueued();
        assertThat(close.wantsTransportClose()).isFalse();
        close.closeWritten();
        assertThat(close.wantsTransportClose()).isTrue();
        assertThat(close.wantsOutputShutdown()).isFalse();

        CloseHandshake client = new CloseHandshake(false, queue, deadlines);
        client.closeReceived(CloseInfo.of(CloseStatus.NORMAL));
        client.closeQueued();
        client.closeWritten();
        assertThat(client.wantsTransportClose()).isFalse();
        assertThat(client.wantsOutputShutdown()).isTrue();
    }
}
