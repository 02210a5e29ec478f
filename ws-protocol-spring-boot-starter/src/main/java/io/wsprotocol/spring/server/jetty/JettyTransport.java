package io.wsprotocol.spring.server.jetty;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One socket of Jetty's. Reads when there is something, so an idle connection holds no buffer of ours. Not thread-safe: used under the
 * lock of its shell, except what Jetty calls.
 */
class JettyTransport implements SocketTransport {

    /*
     * A plain socket is read from and written to directly, without a copy; only what the kernel does not take becomes a write of
     * Jetty's, which ends when the kernel has taken it. TLS always goes through Jetty, whose write ends when the encrypted bytes have left.
     */

    /** Most bytes of one write of Jetty's, so that a slow peer is told from a dead one: what fits into one record of TLS. */
    static final int CHUNK_BYTES = 16 << 10;

    final JettyConnection connection;
    final EndPoint endPoint;
    private final Executor executor;
    private final @Nullable SocketChannel plain;
    private final Write write = new Write();
    private @Nullable ConnectionShell shell;
    private @Nullable ByteBuffer glued;
    private volatile boolean closed;

    JettyTransport(JettyConnection connection, Executor executor) {
        this.connection = connection;
        this.endPoint = connection.getEndPoint();
        this.executor = executor;
        this.plain =
                endPoint instanceof SocketChannelEndPoint && endPoint.getTransport() instanceof SocketChannel channel
                        ? channel
                        : null;
    }

    /** Sets who owns this transport, before anything is read. */
    void shell(ConnectionShell owner) {
        shell = owner;
    }

    /** From now on, Jetty tells the endpoint what happens to it. */
    void opened() {
        // A socket that ended before says so to whoever reads from it.
    }

    /** Sets what came together with the request. */
    void glued(ByteBuffer bytes) {
        glued = bytes;
    }

    @Override
    public String name() {
        return JettyUpgrade.NAME;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (glued != null) {
            return readGlued(glued, target);
        }
        return plain != null ? plain.read(target) : fill(target);
    }

    @Override
    public void awaitReadable() {
        connection.fillInterested();
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) throws IOException {
        if (plain != null) {
            long bytes = plain.write(buffers, 0, count);
            if (bytes > 0) {
                return bytes;
            }
        }
        return write.start(pieces(buffers, count));
    }

    @Override
    public boolean shutdownOutput() {
        if (plain != null) {
            endPoint.shutdownOutput();
        }
        // TLS says goodbye with a close_notify of its own, in close().
        return true;
    }

    @Override
    public final void close() {
        closed = true;
        closeEndPoint();
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** {@return whether {@link #close} was called} Thread-safe. */
    final boolean isClosed() {
        return closed;
    }

    /** Jetty saw bytes, or the peer's end. */
    void readable() {
        ConnectionShell to = shell;
        if (to != null) {
            tell(to::readable);
        }
    }

    /** The endpoint is no longer ours. Not said again to those who closed it themselves. */
    final void lost(Throwable cause) {
        ConnectionShell to = shell;
        if (to != null && !closed) {
            tell(() -> to.transportFailed(cause));
        }
    }

    /** Says something to the shell, on a thread of Jetty's that may take long. */
    void tell(Runnable news) {
        news.run();
    }

    void closeEndPoint() {
        endPoint.close();
    }

    /** {@return whether Jetty is at a write} */
    final boolean isWriting() {
        return write.stage.get() == Stage.PENDING;
    }

    private int readGlued(ByteBuffer from, ByteBuffer target) {
        int bytes = Math.min(from.remaining(), target.remaining());
        target.put(from.slice().limit(bytes));
        from.position(from.position() + bytes);
        if (!from.hasRemaining()) {
            glued = null;
        }
        return bytes;
    }

    /** Jetty's buffers are always flipped: it appends to what an empty view of the target's rest has, nothing yet. */
    private int fill(ByteBuffer target) throws IOException {
        int bytes = endPoint.fill(target.slice().limit(0));
        if (bytes > 0) {
            target.position(target.position() + bytes);
        }
        return bytes;
    }

    /** {@return views of the first bytes} Jetty keeps the array for as long as it writes. */
    ByteBuffer[] pieces(ByteBuffer[] buffers, int count) {
        ByteBuffer[] views = new ByteBuffer[count];
        int left = CHUNK_BYTES;
        int used = 0;
        while (used < count && left > 0) {
            ByteBuffer view = buffers[used].duplicate();
            view.limit(view.position() + Math.min(view.remaining(), left));
            left -= view.remaining();
            views[used++] = view;
        }
        return used == count ? views : Arrays.copyOf(views, used);
    }

    /** The write that Jetty is at, one at a time; hears of its end, perhaps before it was even started. */
    private final class Write implements Callback {

        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.ENDED);
        private long bytes;
        private @Nullable Throwable failure;

        long start(ByteBuffer[] buffers) throws IOException {
            bytes = 0;
            for (ByteBuffer buffer : buffers) {
                bytes += buffer.remaining();
            }
            failure = null;
            stage.set(Stage.STARTING);
            endPoint.write(this, buffers);
            if (stage.compareAndSet(Stage.STARTING, Stage.PENDING)) {
                return PENDING;
            }
            if (failure != null) {
                throw new IOException("Jetty failed to write", failure);
            }
            return bytes;
        }

        @Override
        public void succeeded() {
            // The next write may have begun before the shell is done with this one.
            long taken = bytes;
            ConnectionShell to = shell;
            if (stage.getAndSet(Stage.ENDED) == Stage.PENDING && to != null) {
                tell(() -> to.writeCompleted(taken));
            }
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            if (stage.getAndSet(Stage.ENDED) == Stage.PENDING) {
                lost(cause);
            }
        }

        /** Takes the connection's lock, and may go on writing. */
        @Override
        public InvocationType getInvocationType() {
            return InvocationType.BLOCKING;
        }
    }

    private enum Stage {
        STARTING,
        PENDING,
        ENDED
    }
}
