package io.wsprotocol.driver;

import static io.wsprotocol.driver.ConnectionOptions.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.DeflateOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound on a connection's memory; that connections keep to it is shown by {@link HostilePeerTests}. */
class ConnectionOptionsTests {

    private static final int KIB = 1 << 10;

    private static long bound(ConnectionOptions.Builder builder) {
        ConnectionOptions options = builder.build();
        return options.maxRetainedBytes(options.handleOptions(HandleOptions.defaults()));
    }

    @Test
    void theBoundIsTheSumOfWhatTheOptionsAllow() {
        long fixed = (24 + 4 + 16) * KIB + 2 * 16 * 126;
        assertThat(bound(ConnectionOptions.builder())).isEqualTo(fixed + 2048 * KIB + 512 * KIB + 1024 * 144);
        assertThat(bound(ConnectionOptions.builder().partialMessages(true))).isEqualTo(fixed + 512 * KIB + 1024 * 144);
        assertThat(bound(ConnectionOptions.builder().overflowPolicy(OverflowPolicy.DROP_OLDEST)))
                .isEqualTo(fixed + 2048 * KIB + 2 * (512 * KIB + 1024 * 144));
        assertThat(bound(ConnectionOptions.builder()
                        .maxMessageBytes(64 * KIB)
                        .lowWaterBytes(1)
                        .highWaterBytes(2)
                        .maxQueuedBytes(32 * KIB)
                        .maxQueuedMessages(16)))
                .isEqualTo(fixed + 128 * KIB + 32 * KIB + 16 * 144);
    }

    @Test
    void compressionAddsItsCodersAndWithTakeoverItsHistory() {
        long plain = bound(ConnectionOptions.builder());
        DeflateOptions alone = DeflateOptions.defaults();
        assertThat(bound(ConnectionOptions.builder().compression(alone))).isEqualTo(plain + (64 + 20) * KIB);
        assertThat(bound(ConnectionOptions.builder()
                        .compression(
                                alone.toBuilder().clientContextTakeover(true).build())))
                .isEqualTo(plain + (64 + 20 + 40) * KIB);
        assertThat(bound(ConnectionOptions.builder()
                        .compression(
                                alone.toBuilder().serverContextTakeover(true).build())))
                .isEqualTo(plain + (64 + 20 + 40) * KIB);
    }

    @Test
    void followsTheHandlesOwnMemory() {
        ConnectionOptions options = ConnectionOptions.defaults();
        long plain = options.maxRetainedBytes(options.handleOptions(HandleOptions.defaults()));
        HandleOptions large = HandleOptions.builder()
                .receiveBufferSize(64 * KIB)
                .sendBufferSize(32 * KIB)
                .maxPendingPongs(1)
                .build();
        assertThat(options.maxRetainedBytes(options.handleOptions(large)))
                .isEqualTo(plain + 60 * KIB + 16 * KIB - 2 * 15 * 126);
    }

    @Test
    void whatHasNoLimitHasNoBound() {
        assertThat(bound(ConnectionOptions.builder().maxMessageBytes(UNLIMITED)))
                .isEqualTo(UNLIMITED);
        assertThat(bound(ConnectionOptions.builder().maxMessageBytes(UNLIMITED).partialMessages(true)))
                .isLessThan(UNLIMITED);
        assertThat(bound(ConnectionOptions.builder().maxQueuedBytes(UNLIMITED))).isEqualTo(UNLIMITED);
        assertThat(bound(ConnectionOptions.builder().maxQueuedMessages(ConnectionOptions.UNLIMITED_COUNT)))
                .isEqualTo(UNLIMITED);
        assertThat(bound(ConnectionOptions.builder()
                        .maxMessageBytes(UNLIMITED / 2)
                        .overflowPolicy(OverflowPolicy.DROP_OLDEST)
                        .maxQueuedBytes(UNLIMITED / 2)))
                .isEqualTo(UNLIMITED);
    }

    @Test
    void theWaterMarksLieInOrderBelowTheBound() {
        ConnectionOptions.Builder marks =
                ConnectionOptions.builder().lowWaterBytes(5).highWaterBytes(5).maxQueuedBytes(5);
        assertThat(marks.build().highWaterBytes()).isEqualTo(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> marks.lowWaterBytes(6).build())
                .withMessageContaining("6, 5, 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> marks.lowWaterBytes(5).maxQueuedBytes(4).build())
                .withMessageContaining("5, 5, 4");
    }

    @Test
    void everyValueOutOfRangeIsRefusedByName() {
        ConnectionOptions.Builder builder = ConnectionOptions.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxMessageBytes(0))
                .withMessageContaining("maxMessageBytes must be at least 1");
        for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), ConnectionOptions.OFF.plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.failureCloseTimeout(none))
                    .withMessageContaining("failureCloseTimeout must be positive");
        }
        assertThat(builder.failureCloseTimeout(ConnectionOptions.OFF).build().failureCloseTimeout())
                .isEqualTo(ConnectionOptions.OFF);
    }
}
