package io.wsprotocol.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The proof of the opening handshake: {@code Sec-WebSocket-Key} and the {@code Sec-WebSocket-Accept} that answers it.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class AcceptKey {

    /** What the server appends to the key before it hashes (RFC 6455 §1.3). */
    public static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** Bytes of the random nonce behind a key. */
    public static final int NONCE_BYTES = 16;

    private static final int KEY_CHARACTERS = 24;

    private static final int KEY_DIGITS = 22;

    /** The Base64 digits whose lower four bits are zero: the last digit of 16 bytes holds two bits only. */
    private static final String LAST_DIGITS = "AQgw";

    private AcceptKey() {}

    /**
     * Tells whether the text is the canonical Base64 form of exactly 16 bytes (RFC 6455 §4.2.1, RFC 4648 §3.5): one
     * key, one text.
     */
    public static boolean isValidKey(String key) {
        if (key.length() != KEY_CHARACTERS || !key.endsWith("==")) {
            return false;
        }
        for (int i = 0; i < KEY_DIGITS; i++) {
            if (!isBase64Digit(key.charAt(i))) {
                return false;
            }
        }
        return LAST_DIGITS.indexOf(key.charAt(KEY_DIGITS - 1)) >= 0;
    }

    /**
     * Makes the key of a nonce, which the caller draws anew for each connection from a secure source.
     *
     * @throws IllegalArgumentException when the nonce has not 16 bytes
     */
    public static String encode(byte[] nonce) {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("nonce must have 16 bytes, not " + nonce.length);
        }
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Computes the answer to a key. The key is used as the text that it is, not decoded (RFC 6455 §4.2.2). */
    public static String accept(String key) {
        byte[] proof = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(sha1().digest(proof));
    }

    /** Tells whether the answer fits the key; white space around the answer is ignored (RFC 6455 §4.1). */
    public static boolean matches(String key, String accept) {
        return accept(key).equals(FieldSyntax.trim(accept));
    }

    private static boolean isBase64Digit(char c) {
        return FieldSyntax.isLetterOrDigit(c) || c == '+' || c == '/';
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1, this one does not", e);
        }
    }
}
