package io.wsprotocol;

/**
 * Where a client's masking keys and handshake keys come from. An implementation must draw from strong entropy: the key of one
 * frame must not help to predict the next (RFC 6455 §5.3, §10.3). Called by the owner of the handle; one source shared by several
 * handles must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface MaskingKeySource {

    /** {@return 32 fresh, unpredictable bits} */
    int nextKey();

    /**
     * {@return a source that counts unless another is given} Thread-safe and shared. It draws blocks from a key stream that the
     * platform's {@link java.security.SecureRandom} keys.
     */
    static MaskingKeySource secure() {
        return SecureMaskingKeys.next();
    }
}
