package io.wsprotocol.driver;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a network stack gives to a connection, in the readiness style: calls do what is possible now and never wait. Used by one
 * thread at a time.
 *
 * @since 0.1.0
 */
public interface Transport {

    /** What {@link #read} answers at the end of the input. */
    int END = -1;

    /**
     * Reads what is there.
     *
     * @param target where to, from its position on
     * @return the number of bytes read, 0 when there are none now, {@link #END} at the end of the input
     * @throws IOException when the transport is lost
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Writes what the network takes now, in order.
     *
     * @param buffers the bytes; the position of each buffer moves behind what was taken
     * @param offset the first buffer
     * @param length the number of buffers
     * @return the number of bytes taken, 0 when the network takes none now
     * @throws IOException when the transport is lost
     */
    long write(ByteBuffer[] buffers, int offset, int length) throws IOException;

    /**
     * Ends the output and leaves the input open, so that the peer reads our last bytes before it sees the end. A transport that
     * cannot do this does nothing, as this method unless overridden: the input is read on for a while all the same.
     *
     * @throws IOException when the transport is lost
     */
    default void shutdownOutput() throws IOException {}

    /** Closes both directions; once closed, {@link #read} answers {@link #END} or throws. */
    void close();
}
