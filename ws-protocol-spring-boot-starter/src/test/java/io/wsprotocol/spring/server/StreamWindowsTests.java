package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests of {@link StreamWindows}. */
class StreamWindowsTests {

    private final StreamWindows windows = new StreamWindows();

    @Test
    void eachStreamThatIsOpenAtTheSameTimeWidensTheConnectionByTwiceItsWindow() {
        assertThat(windows.opened(100)).isEqualTo(200);
        assertThat(windows.opened(100)).isEqualTo(200);
    }

    @Test
    void aStreamInThePlaceOfAnotherNeedsNothing() {
        assertThat(windows.opened(100)).isEqualTo(200);
        for (int i = 0; i < 10; i++) {
            windows.closed();
            assertThat(windows.opened(100)).isZero();
        }
        assertThat(windows.opened(100)).isEqualTo(200);
    }

    @Test
    void theWindowNeverComesNearWhatTheProtocolAllows() {
        long all = 0;
        for (int i = 0; i < 10_000; i++) {
            all += windows.opened(1 << 20);
        }
        assertThat(all).isEqualTo(1L << 30);
        assertThat(new StreamWindows().opened(Integer.MAX_VALUE)).isZero();
    }
}
