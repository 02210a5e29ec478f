package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

/** The ledger itself: it is there without being asked for, and it finds what is missing. */
class ResourceLedgerTests {

    @Test
    void junitFindsItForEveryTest() {
        assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(ResourceLedger.class);
        HandPlayedPeer server = HandPlayedPeer.of(true);
        assertThat(ResourceLedger.watched()).containsExactly(server.end);
    }

    @Test
    void aBufferThatDoesNotComeBackIsFound() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        ByteBuffer kept = server.end.source().acquire(10);
        assertThatThrownBy(() -> ResourceLedger.settle(server.end))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("did not come back");
        server.end.source().release(kept);
    }

    @Test
    void aConnectionInTheMiddleOfItsWorkIsEndedAndOwesNothing() {
        HandPlayedPeer server = HandPlayedPeer.of(true);
        server.end.transport().stall(true);
        server.end.send(200_000, "on its way");
        server.end.send("waits");
        server.sends(Frames.TEXT, "half a mess");
        server.connection().pauseReading();
        ResourceLedger.settle(server.end);
        assertThat(server.end.completions()).containsExactlyInAnyOrder("on its way FAILED", "waits FAILED");
    }
}
