package io.wsprotocol.differential;

/**
 * An engine that reads a stream of frames in small pieces: byte by byte where it is short, so that what it makes of one frame does not depend
 * on those that arrive with it.
 */
interface Decoder {

    /** Bytes of payload that each of them takes at most: far above all streams, and below what would cost memory. */
    int MOST_PAYLOAD = 1 << 20;

    /** {@return how many bytes of a stream arrive at once} */
    static int piece(int length) {
        return length <= 512 ? 1 : 4_096;
    }

    /** {@return what becomes of the stream, at a server or at a client} */
    Reading read(boolean server, byte[] stream);
}
