package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wsprotocol.deflate.MessageInflater.Result;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers of the inflater may do, and what it says at the end of a message. */
class MessageInflaterTests {

    private final CoderPool pool = new CoderPool(1);
    private final DeflateOptions options =
            DeflateOptions.builder().maxRatio(100).build();
    private final MessageInflater inflater = new MessageInflater(DeflateParameters.PLAIN, options, true, pool);

    @AfterEach
    void everythingIsBack() {
        inflater.release();
        assertThat(pool.inflatersInUse()).isZero();
        pool.close();
    }

    private static ByteBuffer deflated(int zeros) {
        return ByteBuffer.wrap(Samples.deflate(new byte[zeros], 9, 0, new SplittableRandom(1)));
    }

    /** {@return what comes behind the slices} */
    private Result inflate(ByteBuffer message) {
        inflater.begin();
        inflater.input(message, true, Long.MAX_VALUE);
        Result result = inflater.next();
        while (result == Result.SLICE) {
            result = inflater.next();
        }
        return result;
    }

    @Test
    void aMessageBeginsOnceAndNothingComesBeforeItBegins() {
        assertThatIllegalStateException().isThrownBy(inflater::next);
        assertThat(inflater.isBegun()).isFalse();
        inflater.begin();
        assertThat(inflater.isBegun()).isTrue();
        assertThatIllegalStateException().isThrownBy(inflater::begin);
        assertThat(pool.inflatersInUse()).isOne();
    }

    @Test
    void inputMayLieOutsideTheHeapAndIsNotChanged() {
        ByteBuffer message = deflated(1_000);
        ByteBuffer direct = ByteBuffer.allocateDirect(message.remaining() + 2)
                .position(1)
                .put(message.duplicate())
                .flip()
                .position(1);
        assertThat(inflate(direct)).isEqualTo(Result.END);
        assertThat(inflater.slice().remaining()).isEqualTo(1_000);
        assertThat(direct).isEqualTo(message);
    }

    @Test
    void aMessageThatGrowsTooMuchOnlyInItsLastBytesIsRefusedAtItsEnd() {
        assertThat(inflate(deflated(DeflateOptions.RATIO_FREE_BYTES))).isEqualTo(Result.END);
        inflater.release();
        assertThat(inflate(deflated(DeflateOptions.RATIO_FREE_BYTES + 1))).isEqualTo(Result.RATIO_EXCEEDED);
        inflater.release();
        assertThat(inflate(deflated(1))).isEqualTo(Result.RATIO_EXCEEDED);
    }
}
