package io.wsprotocol.spring.client;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket, plain or TLS, with one thread that reads and one that writes. Thread-safe.
 *
 * <p>A socket that nobody wants to read is not read: the peer feels it.
 */
final class StreamTransport implements SocketTransport {

    /*
     * Blocking streams, because they are what the JDK gives with TLS, SNI, host names and SOCKS already in it. The reader waits
     * until it is asked to read (awaitReadable), reads once, and then is itself the pump. The writer waits for buffers, writes
     * them all, and says so. Neither holds this lock while it waits for the network.
     */

    private static final Log LOG = LogFactory.getLog(StreamTransport.class);

    private static final int INBOX_BYTES = 16 * 1024;
    private static final int STAGE_BYTES = 16 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Socket tcp;
    private final Socket stream;
    private final InputStream in;
    private final OutputStream out;
    private final Executor executor;
    private final byte[] scratch = new byte[INBOX_BYTES];

    // The reader's own until it asks to be read, then the pump's, which asks for more only when it is empty.
    private ByteBuffer inbox;

    // Guarded by the lock.
    private boolean readAwaited;
    private boolean ended;
    private boolean closed;
    private boolean shutdownDue;
    private ByteBuffer @Nullable [] outgoing;
    private int outgoingCount;

    /**
     * Takes a socket over.
     *
     * @param tcp closed to end it all at once
     * @param stream what is read and written: the same, or the TLS socket upon it
     * @param first bytes that were read already, behind the head of the handshake's answer
     * @param executor a thread for each task: the reader, the writer, and application code when the reader is not there to run it
     * @throws IOException when the socket is broken
     */
    StreamTransport(Socket tcp, Socket stream, ByteBuffer first, Executor executor) throws IOException {
        this.tcp = tcp;
        this.stream = stream;
        this.in = stream.getInputStream();
        this.out = stream.getOutputStream();
        this.inbox = first;
        this.executor = executor;
    }

    /** Starts both threads; without them, the connection ends as one whose socket broke. */
    void start(ConnectionShell shell) {
        try {
            executor.execute(() -> readAll(shell));
            executor.execute(() -> writeAll(shell));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The latter is how a machine without threads says so.
            shell.transportFailed(e);
        }
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public int read(ByteBuffer target) {
        int bytes = Math.min(inbox.remaining(), target.remaining());
        if (bytes == 0) {
            return isEnded() ? END : 0;
        }
        target.put(inbox.slice().limit(bytes));
        inbox.position(inbox.position() + bytes);
        return bytes;
    }

    @Override
    public void awaitReadable() {
        lock.lock();
        try {
            readAwaited = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) {
        lock.lock();
        try {
            outgoing = buffers;
            outgoingCount = count;
            changed.signalAll();
            return PENDING;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean shutdownOutput() {
        lock.lock();
        try {
            shutdownDue = true;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            outgoing = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            // Not the TLS socket: that would wait for whoever is writing to say goodbye.
            tcp.close();
        } catch (IOException e) {
            LOG.debug("A socket failed to close", e);
        }
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    private void readAll(ConnectionShell shell) {
        shell.readable();
        try {
            while (awaitWanted()) {
                int bytes = in.read(scratch);
                if (bytes < 0) {
                    end();
                } else {
                    inbox = ByteBuffer.wrap(scratch, 0, bytes);
                }
                shell.readable();
            }
        } catch (IOException e) {
            fail(shell, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(shell, e);
        }
    }

    /** {@return whether to read once} */
    private boolean awaitWanted() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && !ended && !readAwaited) {
                changed.await();
            }
            readAwaited = false;
            return !closed && !ended;
        } finally {
            lock.unlock();
        }
    }

    private void writeAll(ConnectionShell shell) {
        byte[] staged = new byte[STAGE_BYTES];
        try {
            while (awaitBuffers()) {
                long total = 0;
                for (int bytes = stage(staged); bytes > 0; bytes = stage(staged)) {
                    out.write(staged, 0, bytes);
                    total += bytes;
                }
                out.flush();
                if (taken()) {
                    shell.writeCompleted(total);
                }
            }
        } catch (IOException e) {
            fail(shell, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(shell, e);
        }
    }

    /** {@return whether there is something to write; false at the end} Ends the output on the way when that is due. */
    private boolean awaitBuffers() throws InterruptedException, IOException {
        lock.lockInterruptibly();
        try {
            while (!closed && outgoing == null && !shutdownDue) {
                changed.await();
            }
            if (closed || outgoing != null) {
                return !closed;
            }
        } finally {
            lock.unlock();
        }
        stream.shutdownOutput();
        return false;
    }

    /**
     * Copies what goes out next. Under the lock, so that the engine's memory is not touched after {@link #close}, and many small
     * buffers become one write.
     *
     * @return how many bytes; 0 when all is written or nothing may be written any more
     */
    private int stage(byte[] target) {
        lock.lock();
        try {
            ByteBuffer[] buffers = outgoing;
            int bytes = 0;
            for (int i = 0; buffers != null && i < outgoingCount && bytes < target.length; i++) {
                int part = Math.min(buffers[i].remaining(), target.length - bytes);
                buffers[i].get(target, bytes, part);
                bytes += part;
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether a write was completed} From now on its buffers are the engine's again. */
    private boolean taken() {
        lock.lock();
        try {
            boolean completed = outgoing != null;
            outgoing = null;
            return completed;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void fail(ConnectionShell shell, Exception cause) {
        boolean ours;
        lock.lock();
        try {
            ours = closed;
        } finally {
            lock.unlock();
        }
        if (!ours) {
            shell.transportFailed(cause);
        }
    }
}
