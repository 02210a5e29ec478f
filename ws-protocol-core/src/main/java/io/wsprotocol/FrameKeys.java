package io.wsprotocol;

/**
 * A client's masking keys: a fresh one for each frame (RFC 6455 §5.3), or zero for all when masking is disabled (the MASK bit
 * stays set). HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
final class FrameKeys {

    private final MaskingKeySource source;
    private final boolean zero;

    FrameKeys(MaskingKeySource source, boolean zero) {
        this.source = source;
        this.zero = zero;
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
