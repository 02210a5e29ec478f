package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.deflate.CoderPool.MessageCoder;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Who has the coders, and what ends them. */
class CoderPoolTests {

    /** The JDK throws a NullPointerException with that message, a newer one an IllegalStateException. */
    private static void assertEnded(MessageCoder coder) {
        assertThatThrownBy(coder.deflater::getTotalIn)
                .isInstanceOfAny(NullPointerException.class, IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void lendsAgainWhatCameBack() {
        try (CoderPool pool = new CoderPool(1)) {
            MessageCoder deflater = pool.takeDeflater(6);
            BlockDecoder inflater = pool.takeInflater();
            FrameMemory memory = pool.takeFrameMemory();
            pool.giveDeflater(deflater);
            pool.giveInflater(inflater);
            pool.giveFrameMemory(memory);
            assertThat(pool.takeDeflater(6)).isSameAs(deflater);
            assertThat(pool.takeInflater()).isSameAs(inflater);
            assertThat(pool.takeFrameMemory()).isSameAs(memory);
        }
    }

    @Test
    void lendsInflatersBeyondItsBoundAndNoDeflaters() {
        try (CoderPool pool = new CoderPool(1)) {
            assertThat(pool.maxCoders()).isOne();
            MessageCoder deflater = pool.takeDeflater(6);
            assertThat(pool.takeDeflater(6)).isNull();
            assertThat(pool.deflatersRefused()).isOne();
            BlockDecoder kept = pool.takeInflater();
            BlockDecoder beyond = pool.takeInflater();
            assertThat(pool.inflatersBeyond()).isOne();
            pool.giveInflater(kept);
            pool.giveInflater(beyond);
            assertThat(pool.takeInflater()).isSameAs(kept);
            assertThat(pool.takeInflater()).isNotSameAs(beyond);
            pool.giveDeflater(deflater);
        }
    }

    @Test
    void aDeflaterOfAnotherLevelIsReplaced() {
        try (CoderPool pool = new CoderPool(1)) {
            MessageCoder fast = pool.takeDeflater(Deflater.BEST_SPEED);
            pool.giveDeflater(fast);
            MessageCoder small = pool.takeDeflater(Deflater.BEST_COMPRESSION);
            assertThat(small).isNotSameAs(fast);
            assertEnded(fast);
            pool.giveDeflater(small);
            assertThat(pool.takeDeflater(Deflater.BEST_COMPRESSION)).isSameAs(small);
            pool.giveDeflater(small);
        }
    }

    @Test
    void keepsNothingOnceItIsClosed() {
        CoderPool pool = new CoderPool(2);
        MessageCoder idle = pool.takeDeflater(6);
        MessageCoder lent = pool.takeDeflater(6);
        BlockDecoder inflater = pool.takeInflater();
        FrameMemory memory = pool.takeFrameMemory();
        pool.giveDeflater(idle);
        pool.close();
        assertEnded(idle);
        assertThat(lent.deflater.getTotalIn()).isZero();
        pool.giveDeflater(lent);
        pool.giveInflater(inflater);
        pool.giveFrameMemory(memory);
        assertEnded(lent);
        assertThat(pool.takeInflater()).isNotSameAs(inflater);
        assertThat(pool.takeFrameMemory()).isNotSameAs(memory);
        MessageCoder late = pool.takeDeflater(Deflater.BEST_SPEED);
        assertThat(late.level).isEqualTo(Deflater.BEST_SPEED);
        pool.giveDeflater(late);
        assertEnded(late);
    }
}
