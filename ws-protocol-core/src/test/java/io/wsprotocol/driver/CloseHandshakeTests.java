package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.driver.CloseEvent.Initiator;
import io.wsprotocol.driver.OutgoingEntry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may still happen on each way out, and which cause stands in the end. */
class CloseHandshakeTests {

    private static final Exception FIRST = new IOException("first");
    private static final Exception SECOND = new IOException("second");

    private final ConnectionOptions options = ConnectionOptions.defaults();
    private final List<String> completions = new ArrayList<>();
    private final SendQueue queue =
            new SendQueue(options, (context, outcome) -> completions.add(context + " " + outcome), () -> {});
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

    private void queues(String context) {
        assertThat(queue.offer(Kind.TEXT, ByteBuffer.allocate(1), true, context))
                .isEqualTo(SendResult.ACCEPTED);
    }

    private void assertShut(String context) {
        assertThat(queue.isOpen()).isFalse();
        assertThat(completions).containsExactly(context + " FAILED");
    }

    private static long seconds(int seconds) {
        return seconds * 1_000_000_000L;
    }

    @Test
    void whatIsQueuedFailsWhenItCannotLeaveAnyMore() {
        queues("a");
        close.closeQueued();
        assertShut("a");
    }

    @Test
    void aDropFailsWhatIsQueuedAndEndsAllDeadlines() {
        queues("a");
        deadlines.messageBegun();
        deadlines.writeBegun();
        close.drop(FIRST);
        assertShut("a");
        assertThat(deadlines.next()).isEqualTo(WebSocketConnection.NO_DEADLINE);
    }

    @Test
    void aFailureThatIsNotOfTheInputGoesAheadOfWhatIsQueued() {
        queues("a");
        close.fail(FailureReason.IDLE_TIMEOUT);
        assertShut("a");
        assertThat(close.toSend()).isNotNull();
        assertThat(close.toSendLast()).isNull();
        assertThat(deadlines.next()).isEqualTo(seconds(1));
    }

    @Test
    void aFailureOfTheInputGoesBehindWhatIsQueuedAndNothingPushesItForward() {
        queues("a");
        close.failInput(FailureReason.MESSAGE_TOO_BIG);
        close.fail(FailureReason.IDLE_TIMEOUT);
        assertThat(queue.isOpen()).isFalse();
        assertThat(completions).isEmpty();
        assertThat(close.toSend()).isNull();
        assertThat(close.toSendLast()).isNotNull();
        close.transportGone(SECOND);
        assertThat(close.event().initiator()).isEqualTo(Initiator.LOCAL);
        assertThat(close.event().code()).isEqualTo(FailureReason.MESSAGE_TOO_BIG.closeStatus());
    }

    @Test
    void aPeerThatReadsTooSlowlyIsFailedWithTheStatusAskedFor() {
        queue.overflowed(4500);
        close.noteRequests();
        assertThat(close.toSend()).isNotNull();
        assertThat(close.toSend().status()).isEqualTo(4500);
    }

    @Test
    void thePeersCloseEndsTheWaitForItsMessage() {
        deadlines.messageBegun();
        close.closeReceived(CloseInfo.of(CloseStatus.NORMAL));
        deadlines.advanceTo(seconds(3_600));
        assertThat(deadlines.messageDue()).isFalse();
        assertThat(deadlines.closeDue()).isTrue();
    }

    @Test
    void theEndOfTheInputBeginsTheLastDeadline() {
        close.inputEnded();
        assertThat(deadlines.next()).isEqualTo(seconds(5));
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
    void whoDrainsSixtyFourKibibytesWaitsAndOneByteMoreIsTooMuch() {
        close.failInput(FailureReason.MESSAGE_TOO_BIG);
        close.drained(60 << 10);
        close.drained(4 << 10);
        assertThat(close.wantsTransportClose()).isFalse();
        close.drained(1);
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
