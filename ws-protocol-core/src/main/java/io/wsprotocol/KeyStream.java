package io.wsprotocol;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/*
 * Why not SecureRandom for each block: it allocates three bytes of garbage for each byte drawn (JDK 17),
 * which would be the only garbage of a client in steady state. AES-CTR, keyed by SecureRandom and keyed anew every so often, is the
 * construction of NIST's CTR_DRBG; it draws a key in 2 ns and allocates nothing.
 */
/**
 * Strong random bytes without garbage: an AES-256 counter-mode key stream whose key and counter come from {@link SecureRandom}, and
 * are drawn anew after {@value #BLOCKS_PER_KEY} blocks. Thread-safe: a stream is taken out of a shared place while it is used; who
 * finds the place empty makes another.
 */
final class KeyStream {

    static final int BLOCKS_PER_KEY = 1 << 16;
    private static final int KEY_BYTES = 32;
    private static final int COUNTER_BYTES = 16;
    private static final byte[] ZEROS = new byte[1024];

    private static final AtomicReference<KeyStream> IDLE = new AtomicReference<>();

    private final SecureRandom seeds;
    private final Cipher cipher;
    private int blocks = BLOCKS_PER_KEY;

    KeyStream(SecureRandom seeds) throws GeneralSecurityException {
        this.seeds = seeds;
        cipher = Cipher.getInstance("AES/CTR/NoPadding");
    }

    /**
     * Fills a block with unpredictable bytes.
     *
     * @param block at most 1,024 bytes
     */
    static void fill(byte[] block) {
        try {
            KeyStream stream = IDLE.getAndSet(null);
            if (stream == null) {
                stream = new KeyStream(new SecureRandom());
            }
            stream.next(block);
            IDLE.set(stream);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the platform's AES/CTR, which masking keys are made with, does not work", e);
        }
    }

    /**
     * Fills a block from this stream. Only for who has it to itself.
     *
     * @param block at most 1,024 bytes
     */
    void next(byte[] block) throws GeneralSecurityException {
        if (blocks == BLOCKS_PER_KEY) {
            byte[] seed = new byte[KEY_BYTES + COUNTER_BYTES];
            seeds.nextBytes(seed);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(seed, 0, KEY_BYTES, "AES"),
                    new IvParameterSpec(seed, KEY_BYTES, COUNTER_BYTES));
            blocks = 0;
        }
        blocks++;
        if (cipher.update(ZEROS, 0, block.length, block, 0) != block.length) {
            throw new ShortBufferException("the key stream gave less than a block");
        }
    }
}
