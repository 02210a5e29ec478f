package io.wsprotocol.fuzz;

/** Harness: frames that a server sends to a client (RFC 6455 §5 to §8), judged by {@link Decoding}. */
public final class ClientDecode {

    private static final Decoding DECODING = new Decoding(false);

    private ClientDecode() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        DECODING.run(input);
    }
}
