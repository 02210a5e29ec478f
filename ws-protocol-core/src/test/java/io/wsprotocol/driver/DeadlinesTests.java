package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is due when, without a connection; with one: {@link DeadlineTests}. */
class DeadlinesTests {

    private static final long SECOND = 1_000_000_000L;

    private final Deadlines deadlines = new Deadlines(
            ConnectionOptions.builder()
                    .messageTimeout(Duration.ofSeconds(30))
                    .maxLifetime(Duration.ofSeconds(100))
                    .build(),
            0);

    private void at(int seconds) {
        deadlines.advanceTo(seconds * SECOND);
    }

    @Test
    void timeInWhichNobodyReadIsNotThePeers() {
        at(10);
        deadlines.messageBegun();
        at(15);
        deadlines.received();
        at(22);
        deadlines.excusePeer();
        at(46);
        assertThat(deadlines.messageDue()).isFalse();
        at(47);
        assertThat(deadlines.messageDue()).isTrue();
    }

    @Test
    void aFailureLeavesNothingToWaitForButItsClose() {
        at(10);
        deadlines.messageBegun();
        deadlines.failing();
        assertThat(deadlines.next()).isEqualTo(11 * SECOND);
        at(1_000);
        assertThat(deadlines.closeDue()).isTrue();
        assertThat(deadlines.idleDue()).isFalse();
        assertThat(deadlines.lifeDue()).isFalse();
        assertThat(deadlines.messageDue()).isFalse();
        assertThat(deadlines.pingDue()).isFalse();
    }
}
