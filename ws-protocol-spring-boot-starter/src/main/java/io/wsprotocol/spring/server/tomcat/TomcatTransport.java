package io.wsprotocol.spring.server.tomcat;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http11.upgrade.UpgradeInfo;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.net.SocketWrapperBase.BlockingMode;
import org.apache.tomcat.util.net.SocketWrapperBase.CompletionCheck;
import org.apache.tomcat.util.net.SocketWrapperBase.CompletionHandlerCall;
import org.apache.tomcat.util.net.SocketWrapperBase.CompletionState;
import org.jspecify.annotations.Nullable;

/**
 * One socket of Tomcat's. Reads when the poller reports bytes, so an idle connection holds no buffer of ours. Not thread-safe: used
 * under the lock of its shell, except what Tomcat calls.
 */
final class TomcatTransport implements SocketTransport {

    /*
     * Writing. A plain socket is written to directly, without a copy; only what the kernel does not take becomes an asynchronous
     * operation of Tomcat's. TLS always goes through the asynchronous operation, which ends when the encrypted bytes have left.
     * Such an operation goes on without the lock of Tomcat's socket wrapper. That matters: a handler runs under that lock when it
     * is called from the poller's event, and may there wait for its own send queue to fall.
     *
     * The plain channel is remembered instead of asked for: Tomcat uses its NioChannel objects again for other connections as soon
     * as a socket is closed, perhaps by another thread; a closed SocketChannel only throws.
     */

    /** Ends an asynchronous write at each progress, so that a slow peer is told from a dead one. */
    private static final CompletionCheck ANY_PROGRESS = (state, buffers, offset, length) ->
            state == CompletionState.DONE ? CompletionHandlerCall.DONE : CompletionHandlerCall.NONE;

    private final SocketWrapperBase<?> wrapper;
    private final UpgradeInfo upgradeInfo;
    private final @Nullable SocketChannel plain;
    private final WriteCompletion completion = new WriteCompletion();
    private @Nullable ConnectionShell shell;

    /* The last read left room: that was all, and the poller tells at once what came since. Saves the read that finds nothing. */
    private boolean drained;

    TomcatTransport(SocketWrapperBase<?> wrapper, UpgradeInfo upgradeInfo) {
        this.wrapper = wrapper;
        this.upgradeInfo = upgradeInfo;
        this.plain = plainChannel(wrapper);
    }

    /** Sets who owns this transport, before Tomcat's first event. */
    void shell(ConnectionShell owner) {
        shell = owner;
    }

    @Override
    public String name() {
        return TomcatUpgrade.NAME;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int limit = target.limit();
        int bytes;
        try {
            bytes = readSome(target);
        } catch (EOFException e) {
            return END;
        } finally {
            target.limit(limit);
        }
        if (bytes > 0) {
            upgradeInfo.addBytesReceived(bytes);
        }
        return bytes;
    }

    @Override
    public void awaitReadable() {
        wrapper.registerReadInterest();
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) throws IOException {
        if (plain != null && !wrapper.hasDataToWrite()) {
            long bytes = plain.write(buffers, 0, count);
            if (bytes > 0) {
                upgradeInfo.addBytesSent(bytes);
                return bytes;
            }
        }
        if (!wrapper.hasAsyncIO()) {
            return writeBlocking(buffers, count);
        }
        return writeAsynchronously(buffers, count);
    }

    @Override
    public boolean shutdownOutput() {
        if (plain == null) {
            // TLS says goodbye with a close_notify of its own, in close().
            return true;
        }
        try {
            plain.shutdownOutput();
            return true;
        } catch (IOException e) {
            // Gone already: the close that follows is all that is left to do.
            return false;
        }
    }

    @Override
    public void close() {
        wrapper.close();
        // Tomcat does this only for connections that it closes itself, and would keep the counters of all others for
        // ever.
        upgradeInfo.setGroupInfo(null);
    }

    @Override
    public void execute(Runnable task) {
        wrapper.execute(task);
    }

    /** {@return whether the socket is closed} Thread-safe. */
    boolean isClosed() {
        return wrapper.isClosed();
    }

    /** Tomcat saw bytes, or the peer's end. */
    void dispatchRead() {
        if (shell != null) {
            shell.readable();
        }
    }

    /** Tomcat saw a failure, or stops. */
    void dispatchFailure(SocketEvent event) {
        taken(TomcatUpgradeHandler.failureOf(event, wrapper.getError()));
    }

    /** The socket is no longer ours. */
    void taken(IOException cause) {
        if (shell != null) {
            shell.transportFailed(cause);
        }
    }

    private int readSome(ByteBuffer target) throws IOException {
        // What came together with the request waits in Tomcat's buffer.
        if (plain == null || !wrapper.getSocketBufferHandler().isReadBufferEmpty()) {
            return wrapper.read(false, target);
        }
        if (drained) {
            drained = false;
            return 0;
        }
        int room = target.remaining();
        int bytes = plain.read(target);
        drained = bytes > 0 && bytes < room;
        return bytes;
    }

    private long writeAsynchronously(ByteBuffer[] buffers, int count) throws IOException {
        long before = remaining(buffers, count);
        // An array of its own: Tomcat looks at it once more after the socket was closed, when ours is in use again.
        ByteBuffer[] pending = Arrays.copyOf(buffers, count);
        CompletionState state = wrapper.write(
                pending, 0, count, BlockingMode.CLASSIC, -1, TimeUnit.MILLISECONDS, null, ANY_PROGRESS, completion);
        return switch (state) {
            case INLINE -> {
                long bytes = before - remaining(buffers, count);
                upgradeInfo.addBytesSent(bytes);
                yield bytes;
            }
            // An error was reported to the completion handler.
            default -> PENDING;
        };
    }

    /** For connectors whose asynchronous I/O is switched off. */
    private long writeBlocking(ByteBuffer[] buffers, int count) throws IOException {
        long bytes = remaining(buffers, count);
        for (int i = 0; i < count; i++) {
            wrapper.write(true, buffers[i]);
        }
        wrapper.flush(true);
        upgradeInfo.addBytesSent(bytes);
        return bytes;
    }

    private static @Nullable SocketChannel plainChannel(SocketWrapperBase<?> wrapper) {
        return wrapper.getSocket() instanceof NioChannel channel && !(channel instanceof SecureNioChannel)
                ? channel.getIOChannel()
                : null;
    }

    private static long remaining(ByteBuffer[] buffers, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += buffers[i].remaining();
        }
        return bytes;
    }

    /** Hears the end of an asynchronous write, on a thread of Tomcat's. */
    private final class WriteCompletion implements CompletionHandler<Long, @Nullable Void> {

        @Override
        public void completed(Long bytes, @Nullable Void nothing) {
            upgradeInfo.addBytesSent(bytes);
            if (shell != null) {
                shell.writeCompleted(bytes);
            }
        }

        @Override
        public void failed(Throwable cause, @Nullable Void nothing) {
            if (shell != null) {
                shell.transportFailed(cause);
            }
        }
    }
}
