package io.wsprotocol.spring.server;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes session ids: 128 bits that nobody can guess, since an id may serve to address a session. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SessionIds {

    private static final int ID_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SessionIds() {}

    /** {@return a new id: 32 hexadecimal digits} */
    public static String next() {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
