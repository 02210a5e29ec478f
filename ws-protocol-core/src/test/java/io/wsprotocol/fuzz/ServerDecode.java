package io.wsprotocol.fuzz;

/** Harness: frames that a client sends to a server (RFC 6455 §5 to §8), judged by {@link Decoding}. */
public final class ServerDecode {

    private static final Decoding DECODING = new Decoding(true);

    private ServerDecode() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        DECODING.run(input);
    }
}
