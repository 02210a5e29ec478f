package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Memory that a source lends is what the engine can work in, or the engine says so. */
class WorkMemoryTests {

    private static ByteBuffer take(IntFunction<ByteBuffer> lender) {
        return WorkMemory.take(
                new BufferSource() {
                    @Override
                    public ByteBuffer acquire(int bytes) {
                        return lender.apply(bytes);
                    }

                    @Override
                    public void release(ByteBuffer buffer) {}
                },
                256);
    }

    @Test
    void whatIsLentMustBeHeapMemoryOfEnoughBytes() {
        assertThat(take(ByteBuffer::allocate).capacity()).isEqualTo(256);
        assertThat(take(bytes -> ByteBuffer.allocate(bytes + 1)).capacity()).isEqualTo(257);
        assertThatIllegalStateException().isThrownBy(() -> take(ByteBuffer::allocateDirect));
        assertThatIllegalStateException().isThrownBy(() -> take(bytes -> ByteBuffer.allocate(bytes - 1)));
        assertThatIllegalStateException()
                .isThrownBy(() -> take(bytes -> ByteBuffer.allocate(bytes).asReadOnlyBuffer()));
        assertThatNullPointerException().isThrownBy(() -> take(bytes -> null));
    }

    @Test
    void withoutASourceItIsAllocated() {
        assertThat(WorkMemory.take(null, 256).capacity()).isEqualTo(256);
    }
}
