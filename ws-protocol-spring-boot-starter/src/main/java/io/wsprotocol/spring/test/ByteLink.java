package io.wsprotocol.spring.test;

import java.io.IOException;
import java.time.Duration;

/** Bytes to a server and back. Not thread-safe. */
interface ByteLink {

    /** The server sends no more. */
    int END = -1;

    /**
     * {@return how many bytes were read, or {@link #END}}
     *
     * @param target takes them
     * @param patience how long to wait for the first
     * @throws java.net.SocketTimeoutException when none came
     */
    int read(byte[] target, Duration patience) throws IOException;

    /**
     * Writes all of the bytes.
     *
     * @param bytes to write
     * @param patience how long to wait for a server that does not read
     */
    void write(byte[] bytes, Duration patience) throws IOException;

    /** Waits until the server has read what was written, as far as that can be known. */
    void settle(Duration patience) throws IOException;

    /** Ends the bytes to the server; those from it may go on. */
    void shutdownOutput() throws IOException;

    /** Ends it all, and waits until the application has heard of it, as far as that can be known. Idempotent. */
    void close(Duration patience) throws IOException;

    /** Makes links. */
    @FunctionalInterface
    interface Opener {

        /**
         * {@return a link on which a request was sent; its answer is what it reads first}
         *
         * @param head the request
         */
        ByteLink open(byte[] head) throws IOException;
    }
}
