package io.wsprotocol.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsprotocol.Violation;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.HandleRole;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests of {@link ConnectionJournal}. */
class ConnectionJournalTests {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final ConnectionJournal journal = new ConnectionJournal(3, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void aConnectionThatClosesAsItShouldIsOnlyCounted() {
        ConnectionObserver connection = journal.connectionOpened(HandleRole.SERVER, "test");
        assertThat(journal.totals(HandleRole.SERVER)).isEqualTo(new ConnectionJournal.Totals(1, 0, 1, 0, 0));

        connection.closed(event(1000, null));
        assertThat(journal.totals(HandleRole.SERVER)).isEqualTo(new ConnectionJournal.Totals(1, 0, 0, 0, 0));
        assertThat(journal.totals(HandleRole.CLIENT)).isEqualTo(new ConnectionJournal.Totals(0, 0, 0, 0, 0));
        assertThat(journal.events()).isEmpty();
    }

    @Test
    void refusalsOverflowsAndFailuresAreRememberedTheNewestFirst() {
        journal.handshakeRefused(HandleRole.SERVER, Violation.values()[0]);
        ConnectionObserver connection = journal.connectionOpened(HandleRole.SERVER, "test");
        connection.sendOverflowed();
        connection.sendOverflowed();
        connection.closed(event(1006, new IOException("reset")));

        assertThat(journal.events())
                .containsExactly(
                        new ConnectionJournal.Event(NOW, HandleRole.SERVER, "closed", 1006, null),
                        new ConnectionJournal.Event(NOW, HandleRole.SERVER, "send-overflow", null, null),
                        new ConnectionJournal.Event(
                                NOW,
                                HandleRole.SERVER,
                                "handshake-refused",
                                null,
                                Violation.values()[0].name().toLowerCase(java.util.Locale.ROOT)));
        assertThat(journal.totals(HandleRole.SERVER)).isEqualTo(new ConnectionJournal.Totals(1, 1, 0, 1, 1));
    }

    @Test
    void aHandshakeBeyondABoundIsARefusalThatNamesTheBound() {
        journal.handshakeCapped(HandleRole.SERVER, ConnectionCap.SESSIONS_PER_ADDRESS);

        assertThat(journal.totals(HandleRole.SERVER)).isEqualTo(new ConnectionJournal.Totals(0, 1, 0, 0, 0));
        assertThat(journal.events())
                .containsExactly(new ConnectionJournal.Event(
                        NOW, HandleRole.SERVER, "handshake-refused", null, "sessions_per_address"));
    }

    @Test
    void theOldestEventGivesWay() {
        for (int i = 0; i < 3; i++) {
            journal.handshakeRefused(HandleRole.SERVER, null);
        }
        journal.handshakeRefused(HandleRole.CLIENT, null);

        assertThat(journal.events()).hasSize(3);
        assertThat(journal.events().get(0).role()).isEqualTo(HandleRole.CLIENT);
    }

    @Test
    void withoutRoomItCountsAndRemembersNothing() {
        ConnectionJournal countsOnly = new ConnectionJournal(0, Clock.systemUTC());
        countsOnly.handshakeRefused(HandleRole.SERVER, null);

        assertThat(countsOnly.events()).isEmpty();
        assertThat(countsOnly.totals(HandleRole.SERVER).refused()).isOne();
        assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionJournal(-1, Clock.systemUTC()));
    }

    private static CloseEvent event(int code, @Nullable Throwable cause) {
        return new CloseEvent(code, null, cause == null, CloseEvent.Initiator.REMOTE, cause);
    }
}
