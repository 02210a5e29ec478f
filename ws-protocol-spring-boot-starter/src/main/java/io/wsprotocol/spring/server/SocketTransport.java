package io.wsprotocol.spring.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One upgraded socket as a network stack gives it. {@link ConnectionShell} calls everything but {@link #execute} under its lock,
 * so an implementation is confined; what it reports back ({@link ConnectionShell#readable}, {@link ConnectionShell#writeCompleted},
 * {@link ConnectionShell#transportFailed}) may come from any thread.
 *
 * @since 0.1.0
 */
public interface SocketTransport {

    /** What {@link #write} returns when the buffers stay with the transport for a while. */
    long PENDING = -1;

    /** What {@link #read} returns at the end of the peer's bytes. */
    int END = -1;

    /** {@return what kind of transport this is, for logs and meters, such as {@code tomcat native}} */
    String name();

    /**
     * Reads what is there; never blocks.
     *
     * @param target takes the bytes
     * @return how many bytes, 0 when nothing is there now, {@link #END} when the peer sends no more
     * @throws IOException when the socket is broken
     */
    int read(ByteBuffer target) throws IOException;

    /** Asks for one call of {@link ConnectionShell#readable} once there is something to read. Until then nothing is called. */
    void awaitReadable();

    /**
     * Begins to write; never blocks. Moves the positions of the buffers by what it took.
     *
     * @param buffers what to write, in order
     * @param count how many of them
     * @return how many bytes were taken, at least one; or {@link #PENDING}: the buffers belong to the transport until it calls
     *     {@link ConnectionShell#writeCompleted} or {@link ConnectionShell#transportFailed}, and nothing else is written before
     * @throws IOException when the socket is broken
     */
    long write(ByteBuffer[] buffers, int count) throws IOException;

    /**
     * Tells the peer that nothing more will be written, if the socket can do that and go on reading.
     *
     * @return whether reading goes on until the peer ends, within bounds of bytes and time, so that no reset overtakes the last
     *     bytes; if not, the socket is closed now
     */
    boolean shutdownOutput();

    /**
     * Closes the socket at once; what the kernel has already taken still leaves. The buffers of a pending write are not touched
     * afterwards. Idempotent.
     */
    void close();

    /**
     * Runs a task on a thread that may run application code.
     *
     * @param task what to run
     * @throws java.util.concurrent.RejectedExecutionException when there is no such thread any more
     */
    void execute(Runnable task);
}
