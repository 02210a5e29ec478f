package io.wsprotocol.spring.server.servlet;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One upgraded connection of the Servlet API, non-blocking. Thread-safe.
 *
 * <p>The API cannot close a socket at once: after {@link #close} nothing is read or written any more, but the container lets go of
 * the socket only when it next has something to do with it.
 */
final class ServletTransport implements SocketTransport, ReadListener, WriteListener {

    /*
     * The container calls onDataAvailable again and again while there are bytes, so the one way to hold back a peer is not to
     * return. But a container also waits for that call before it says that writing is possible. So: the container's thread puts
     * bytes into the inbox, another thread pumps, and the container's thread waits for it, unless the container owes a
     * call about writing. Then it leaves, and may leave bytes behind: the container keeps them in a buffer of its own and
     * speaks of them again only when more arrive, which may be never. So the call about writing reads on.
     */

    private static final Log LOG = LogFactory.getLog(ServletTransport.class);

    private static final int INBOX_BYTES = 8 * 1024;
    private static final int WRITE_BYTES = 8 * 1024;
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WAIT_FOR_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WebConnection connection;
    private final ServletInputStream in;
    private final ServletOutputStream out;
    private final Executor executor;
    private @Nullable ConnectionShell shell;

    // Guarded by the lock.
    private @Nullable ByteBuffer inbox;
    private boolean ended;
    private boolean closed;
    private boolean readAwaited = true;
    private boolean inputLeft;
    private boolean writesHeard;
    private boolean writePending;
    private boolean writeCallOwed;
    private boolean unflushed;

    ServletTransport(WebConnection connection, Executor executor) throws IOException {
        this.connection = connection;
        this.in = connection.getInputStream();
        this.out = connection.getOutputStream();
        this.executor = executor;
    }

    /** Lets the container call from now on. */
    void start(ConnectionShell owner) {
        shell = owner;
        lock.lock();
        try {
            // The container calls once by itself, and so completes what was pending before.
            out.setWriteListener(this);
            writesHeard = true;
        } finally {
            lock.unlock();
        }
        in.setReadListener(this);
        // The listener shall hear of the connection even before the peer says anything.
        wakePump();
    }

    @Override
    public String name() {
        return ServletUpgrade.NAME;
    }

    @Override
    public int read(ByteBuffer target) {
        lock.lock();
        try {
            ByteBuffer from = inbox;
            if (from == null) {
                return ended ? END : 0;
            }
            int bytes = Math.min(from.remaining(), target.remaining());
            target.put(from.slice().limit(bytes));
            from.position(from.position() + bytes);
            if (!from.hasRemaining()) {
                inbox = null;
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitReadable() {
        lock.lock();
        try {
            readAwaited = true;
            changed.signalAll();
            if (inbox == null && !ended) {
                return;
            }
        } finally {
            lock.unlock();
        }
        wakePump();
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) throws IOException {
        lock.lock();
        try {
            long bytes = 0;
            int i = 0;
            // Ends at the first no: the next answer may be a yes again, and that buffer would overtake this one.
            while (i < count && (!buffers[i].hasRemaining() || isReady())) {
                if (buffers[i].hasRemaining()) {
                    bytes += writeChunk(buffers[i]);
                } else {
                    i++;
                }
            }
            if (bytes == 0) {
                writePending = true;
                return PENDING;
            }
            flush();
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean shutdownOutput() {
        // The API knows no half-closed connection, and a close that comes later than the call that brought the last
        // bytes leaves
        // the socket open until the peer moves.
        return false;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                // Before the container's thread is woken: when it leaves, the container looks whether both streams are
                // closed.
                connection.close();
            }
        } catch (Exception e) {
            LOG.debug("The container failed to close a connection", e);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void onDataAvailable() throws IOException {
        try {
            while (awaitPump() && in.isReady()) {
                byte[] bytes = new byte[INBOX_BYTES];
                offer(bytes, in.read(bytes));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            onError(e);
        }
    }

    @Override
    public void onAllDataRead() {
        offer(new byte[0], END);
    }

    @Override
    public void onWritePossible() throws IOException {
        boolean completes;
        boolean readsOn;
        lock.lock();
        try {
            writeCallOwed = false;
            completes = writePending;
            writePending = false;
            readsOn = inputLeft;
            inputLeft = false;
            if (unflushed && !closed) {
                flush();
            }
        } finally {
            lock.unlock();
        }
        if (completes && shell != null) {
            shell.writeCompleted(0);
        }
        if (readsOn) {
            onDataAvailable();
        }
    }

    /** Also called when the peer ends its stream in the middle of a frame, and may be called together with {@link #onAllDataRead}. */
    @Override
    public void onError(Throwable cause) {
        if (isClosed() || shell == null) {
            return;
        }
        if (cause instanceof EOFException) {
            onAllDataRead();
        } else {
            shell.transportFailed(cause);
        }
    }

    /** {@return whether the container takes bytes now} It calls {@link #onWritePossible} after each no. */
    private boolean isReady() {
        writeCallOwed = !writesHeard || !out.isReady();
        if (writeCallOwed) {
            changed.signalAll();
        }
        return !writeCallOwed;
    }

    private void flush() throws IOException {
        unflushed = !isReady();
        if (!unflushed) {
            out.flush();
            // What the socket did not take leaves in the container's next call, which must not wait for the pump.
            isReady();
        }
    }

    private int writeChunk(ByteBuffer buffer) throws IOException {
        int bytes = Math.min(buffer.remaining(), WRITE_BYTES);
        if (buffer.hasArray()) {
            out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), bytes);
            buffer.position(buffer.position() + bytes);
        } else {
            byte[] copy = new byte[bytes];
            buffer.get(copy);
            out.write(copy, 0, bytes);
        }
        return bytes;
    }

    /** {@return whether the pump wants more} False also when the container's thread should leave, to be able to write. */
    private boolean awaitPump() throws InterruptedException {
        lock.lock();
        try {
            // Back before the write went on: because there are bytes, and that will not change.
            boolean hurries = !inputLeft;
            inputLeft = false;
            while (!closed && !(readAwaited && inbox == null)) {
                if (!writeCallOwed) {
                    changed.awaitNanos(WAIT_NANOS);
                } else if (hurries) {
                    inputLeft = true;
                    return false;
                } else {
                    changed.awaitNanos(WAIT_FOR_WRITE_NANOS);
                    hurries = true;
                }
            }
            return !closed && !ended;
        } finally {
            lock.unlock();
        }
    }

    private void offer(byte[] bytes, int count) {
        lock.lock();
        try {
            if (count > 0) {
                inbox = ByteBuffer.wrap(bytes, 0, count);
            } else if (count == END) {
                ended = true;
            }
            if (!readAwaited) {
                return;
            }
        } finally {
            lock.unlock();
        }
        wakePump();
    }

    private void wakePump() {
        ConnectionShell to;
        lock.lock();
        try {
            readAwaited = false;
            to = shell;
        } finally {
            lock.unlock();
        }
        if (to != null) {
            executor.execute(to::readable);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
