package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Declared lengths at the powers of two and beside them, in every form: what is right counts, and what is declared is never allocated. */
class LengthTests {

    private static final int[] FORMS = {0, 2, 8};

    /** Lengths 0, 2^k - 1, 2^k, 2^k + 1, and with the top bit set, as they stand in 64 bits. */
    private static List<Long> lengths() {
        List<Long> lengths = new ArrayList<>(List.of(0L, 125L, 126L, 127L));
        for (int k = 0; k < Long.SIZE; k++) {
            for (long beside = -1; beside <= 1; beside++) {
                lengths.add((1L << k) + beside);
            }
        }
        return lengths;
    }

    private static boolean fits(long length, int form) {
        return form == 8 || (length >= 0 && length < (form == 0 ? 126 : 1 << 16));
    }

    private static @Nullable Violation verdict(long length, int form) {
        if (length < 0) {
            return Violation.LENGTH_NEGATIVE;
        }
        boolean shortest = form == 0 || (form == 2 ? length > 125 : length > 65_535);
        return shortest ? null : Violation.LENGTH_NOT_MINIMAL;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-F-09+")
    @Tag("R6455-F-10+-")
    @Tag("R6455-F-11+-")
    @Tag("R6455-F-12+")
    void everyLengthInEveryFormIsJudgedByItsHeader(boolean server) {
        for (long length : lengths()) {
            for (int form : FORMS) {
                if (fits(length, form)) {
                    for (Feed.Cut cut : Feed.Cut.values()) {
                        Feed feed = Feed.into(server, HandleOptions.defaults(), cut, header(server, length, form));
                        assertThat(feed.failed() ? feed.failure().violation() : null)
                                .as("%d in %d bytes, %s", length, form, cut)
                                .isEqualTo(verdict(length, form));
                        feed.end();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Q-05+-")
    @Tag("R6455-Q-06+-")
    void aFrameBeyondTheLimitIsRefusedByItsHeader(boolean server) {
        HandleOptions limited = HandleOptions.builder().maxFramePayload(1_000).build();
        for (long length : lengths()) {
            int form = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
            if (length < 0) {
                continue;
            }
            Feed feed = Feed.into(server, limited, Feed.Cut.WHOLE, header(server, length, form));
            assertThat(feed.failed()).as("%d", length).isEqualTo(length > 1_000);
            if (feed.failed()) {
                assertThat(feed.failure().violation()).isEqualTo(Violation.FRAME_TOO_BIG);
                assertThat(feed.failure().closeStatus()).isEqualTo(1009);
            }
            feed.end();
        }
    }

    private static byte[] header(boolean server, long length, int form) {
        return Wire.binary().declaring(length).lengthBytes(form).from(server).bytes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-F-07-")
    @Tag("R6455-Q-05-")
    void whatIsDeclaredIsNeverBorrowed(boolean server) {
        HandleOptions small = HandleOptions.builder().receiveBufferSize(256).build();
        for (int opcode = 0; opcode < 16; opcode++) {
            for (long length : lengths()) {
                byte[] bytes = Wire.frame(opcode, new byte[0])
                        .declaring(length)
                        .lengthBytes(8)
                        .from(server)
                        .bytes();
                Feed feed = Feed.into(server, small, Feed.Cut.WHOLE, bytes);
                assertThat(feed.handle().source().mostBytesLent()).isEqualTo(256);
                feed.end();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Q-05-")
    void aHeaderThatDeclaresAllThereIsAllocatesNothing(boolean server) {
        byte[] header = header(server, Long.MAX_VALUE, 8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5_000 && least > 0; i++) {
            try (CheckedHandle<?> checked = CheckedHandle.open(server, HandleOptions.defaults())) {
                checked.receive(null, null);
                Action read = checked.handle().getAction(ActionQueue.RECEIVE);
                read.buffer().put(header);
                long before = threads.getCurrentThreadAllocatedBytes();
                checked.handle().completeAction(read, header.length);
                Action next = checked.handle().getAction(ActionQueue.RECEIVE);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                assertThat(next.type()).isEqualTo(ActionType.RECEIVE_FROM_NETWORK);
                checked.handle().completeAction(next, 0);
            }
        }
        assertThat(least).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R6455-Q-05-")
    void aRefusedHeaderCostsAnExceptionAndNoMore(boolean server) {
        byte[] header = header(server, Long.MAX_VALUE, 8);
        HandleOptions limited = HandleOptions.builder().maxFramePayload(1_000).build();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            try (CheckedHandle<?> checked = CheckedHandle.open(server, limited)) {
                checked.receive(null, null);
                Action read = checked.handle().getAction(ActionQueue.RECEIVE);
                read.buffer().put(header);
                checked.handle().completeAction(read, header.length);
                long before = threads.getCurrentThreadAllocatedBytes();
                try {
                    throw new AssertionError("accepted: " + checked.handle().getAction(ActionQueue.RECEIVE));
                } catch (WebSocketProtocolException e) {
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
            }
        }
        assertThat(least).isLessThan(16 << 10);
    }
}
