package io.wsprotocol;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client's masking keys: a fresh one for each frame (RFC 6455 §5.3), or zero for all when masking is disabled (the MASK bit
 * stays set). HOT. As thread-safe as its source.
 */
final class FrameKeys {

    /** What clients share that ask for nothing else: a power of two of them, each over a source of its own. */
    private static final FrameKeys[] SECURE = new FrameKeys[16];

    static {
        Arrays.setAll(SECURE, i -> new FrameKeys(MaskingKeySource.secure(), false));
    }

    private static final AtomicInteger TURN = new AtomicInteger();

    private final MaskingKeySource source;
    private final boolean zero;

    private FrameKeys(MaskingKeySource source, boolean zero) {
        this.source = source;
        this.zero = zero;
    }

    /** {@return the keys that a client with these options uses} */
    static FrameKeys of(HandleOptions options) {
        MaskingKeySource source = options.maskingKeySource();
        if (source == null && !options.disableMasking()) {
            return SECURE[TURN.getAndIncrement() & (SECURE.length - 1)];
        }
        return new FrameKeys(source == null ? MaskingKeySource.secure() : source, options.disableMasking());
    }

    /** {@return the key of the next frame} */
    int next() {
        return zero ? 0 : source.nextKey();
    }

    /** {@return whether every key is zero, so that payload goes out as it is} */
    boolean isZero() {
        return zero;
    }

    /** {@return 32 fresh bits, whatever the masking} */
    int random() {
        return source.nextKey();
    }
}
