package io.wsprotocol.fuzz;

import java.util.function.Consumer;

/** The harnesses, each with the longest input that is worth trying. Immutable. */
enum Harness {
    SERVER_DECODE(ServerDecode.class, ServerDecode::fuzzerTestOneInput, 144),
    CLIENT_DECODE(ClientDecode.class, ClientDecode::fuzzerTestOneInput, 144),
    REQUEST_HEAD(RequestHead.class, RequestHead::fuzzerTestOneInput, 320),
    RESPONSE_HEAD(ResponseHead.class, ResponseHead::fuzzerTestOneInput, 256),
    HEADER_GRAMMAR(HeaderGrammar.class, HeaderGrammar::fuzzerTestOneInput, 128),
    CLOSE_BODY(CloseBody.class, CloseBody::fuzzerTestOneInput, 128),
    TWO_ENGINES(TwoEngines.class, TwoEngines::fuzzerTestOneInput, 128),
    INFLATE(Inflate.class, Inflate::fuzzerTestOneInput, 256),
    DEFLATE_HANDSHAKE(DeflateHandshake.class, DeflateHandshake::fuzzerTestOneInput, 192);

    private final Class<?> target;
    private final Consumer<byte[]> run;
    private final int mostBytes;

    Harness(Class<?> target, Consumer<byte[]> run, int mostBytes) {
        this.target = target;
        this.run = run;
        this.mostBytes = mostBytes;
    }

    /** {@return the class, under whose name people know the harness} */
    Class<?> target() {
        return target;
    }

    /** Runs one input; throws when the engine is wrong. */
    void run(byte[] input) {
        run.accept(input);
    }

    /** {@return whether inputs are rather text than numbers behind their first byte} */
    boolean isText() {
        return this == REQUEST_HEAD || this == RESPONSE_HEAD || this == HEADER_GRAMMAR;
    }

    int mostBytes() {
        return mostBytes;
    }
}
