package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.spring.SendOverflow;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What applications say otherwise than by properties, and what properties leave of it. */
class DeclaredLimitsTests {

    private static final SessionSettings OURS =
            new SessionSettings(ConnectionOptions.defaults(), SendOverflow.BLOCK, Duration.ofSeconds(10));

    private static final Set<ExplicitSetting> NOTHING = Set.of();

    @Test
    void silenceChangesNothing() {
        DeclaredLimits.Result result = DeclaredLimits.NONE.applyTo(OURS, NOTHING);
        assertThat(result.settings()).isSameAs(OURS);
        assertThat(result.notes()).isEmpty();
    }

    @Test
    void whatIsWithinOursAnywayChangesNothing() {
        DeclaredLimits stomp = new DeclaredLimits(null, null, null, 64 << 10, Duration.ofSeconds(10));
        assertThat(stomp.applyTo(OURS, NOTHING).settings()).isSameAs(OURS);
        assertThat(stomp.applyTo(OURS, EnumSet.allOf(ExplicitSetting.class)).notes())
                .isEmpty();
    }

    @Test
    void sizesCountForTheirKindAndTheOtherKeepsOurs() {
        SessionSettings text =
                DeclaredLimits.most(100L, null, null).applyTo(OURS, NOTHING).settings();
        assertThat(text.textBytes()).isEqualTo(100);
        assertThat(text.binaryBytes()).isEqualTo(1 << 20);
        assertThat(text.options().maxMessageBytes()).isEqualTo(1 << 20);
        SessionSettings binary =
                DeclaredLimits.most(null, 5L << 20, null).applyTo(OURS, NOTHING).settings();
        assertThat(binary.textBytes()).isEqualTo(1 << 20);
        assertThat(binary.binaryBytes()).isEqualTo(5 << 20);
        assertThat(binary.options().maxMessageBytes()).isEqualTo(5 << 20);
    }

    @Test
    void noLimitIsNotTakenOver() {
        DeclaredLimits.Result result =
                DeclaredLimits.most(0L, -1L, Duration.ZERO).applyTo(OURS, NOTHING);
        assertThat(result.settings().textBytes()).isEqualTo(1 << 20);
        assertThat(result.settings().binaryBytes()).isEqualTo(1 << 20);
        assertThat(result.settings().options().idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(result.settings().options().keepAlive()).isEqualTo(KeepAliveMode.PING);
        assertThat(result.notes())
                .filteredOn(note -> note.contains("not taken over"))
                .hasSize(3);
    }

    @Test
    void propertiesThatAreSetCountAndEachIsNamed() {
        DeclaredLimits all = new DeclaredLimits(1L, 2L, Duration.ofSeconds(3), 4 << 20, Duration.ofMinutes(5));
        DeclaredLimits.Result result = all.applyTo(OURS, EnumSet.allOf(ExplicitSetting.class));
        assertThat(result.settings()).isSameAs(OURS);
        assertThat(result.notes())
                .hasSize(3)
                .anyMatch(note -> note.startsWith("ws-protocol.limits.max-message-size is set (1048576 bytes)"))
                .anyMatch(note -> note.startsWith("ws-protocol.idle-timeout is set (PT1M)"))
                .anyMatch(note -> note.startsWith("ws-protocol.send.timeout is set (PT10S)"));
    }

    @Test
    void aSpecificPlaceIsAskedBeforeAGeneralOne() {
        DeclaredLimits merged = DeclaredLimits.most(1L, null, null)
                .orElse(new DeclaredLimits(2L, 3L, Duration.ofSeconds(4), 5, Duration.ofSeconds(6)));
        assertThat(merged).isEqualTo(new DeclaredLimits(1L, 3L, Duration.ofSeconds(4), 5, Duration.ofSeconds(6)));
        assertThat(merged.orElse(DeclaredLimits.NONE)).isEqualTo(merged);
    }
}
