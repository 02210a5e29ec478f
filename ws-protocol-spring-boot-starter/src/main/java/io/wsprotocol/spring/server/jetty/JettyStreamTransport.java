package io.wsprotocol.spring.server.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/**
 * One stream of an HTTP/2 connection of Jetty's (RFC 8441). Not thread-safe: used under the lock of its shell, except what Jetty calls.
 */
final class JettyStreamTransport extends JettyTransport {

    /*
     * One thread reads the frames of all streams of a connection, and one at a time writes them. Neither may wait for an application or
     * for the lock of one stream, so everything is told by another thread, and what is written is a copy: a frame that waits for its turn
     * may outlive the transport, whose buffers are somebody else's by then.
     *
     * The end. END_STREAM is the FIN of a stream. Jetty forgets a stream when both sides have ended it; closed sooner on one side only, it
     * would be remembered as long as the connection lives. So whoever closes a stream here reads on for a moment, for nobody, until
     * the peer ends it too; after that moment it is reset. A stream whose write is stuck is reset at once.
     */

    private static final Log LOG = LogFactory.getLog(JettyStreamTransport.class);

    private static final long LINGER_MILLIS = TimeUnit.SECONDS.toMillis(2);
    private static final int DISCARD_BYTES = 4 << 10;

    private final ReentrantLock discarding = new ReentrantLock();

    JettyStreamTransport(JettyConnection connection, Executor executor) {
        super(connection, executor);
    }

    @Override
    public String name() {
        return JettyUpgrade.STREAM_NAME;
    }

    /**
     * Jetty looks whether the stream still lives, and then lets the endpoint hear of its end instead of the request. What ends it between
     * the two is told to a request that is done, and to whoever reads there is just nothing.
     */
    @Override
    void opened() {
        if (endPoint.getTransport() instanceof Stream stream && stream.isClosed()) {
            lost(new EofException("the stream ended while it was taken over"));
        }
    }

    @Override
    public boolean shutdownOutput() {
        endPoint.shutdownOutput();
        return true;
    }

    @Override
    void readable() {
        if (isClosed()) {
            discard();
        } else {
            super.readable();
        }
    }

    @Override
    void tell(Runnable news) {
        try {
            execute(news);
        } catch (RejectedExecutionException e) {
            // Jetty stops and has no threads left; the end must be told nevertheless.
            news.run();
        }
    }

    @Override
    ByteBuffer[] pieces(ByteBuffer[] buffers, int count) {
        long all = 0;
        for (int i = 0; i < count; i++) {
            all += buffers[i].remaining();
        }
        ByteBuffer copy = ByteBuffer.allocate((int) Math.min(all, CHUNK_BYTES));
        for (int i = 0; i < count && copy.hasRemaining(); i++) {
            ByteBuffer view = buffers[i].duplicate();
            copy.put(view.limit(view.position() + Math.min(view.remaining(), copy.remaining())));
        }
        return new ByteBuffer[] {copy.flip()};
    }

    @Override
    void closeEndPoint() {
        if (isWriting()) {
            reset(new IOException("closed while the peer did not read"));
        } else {
            endPoint.setIdleTimeout(LINGER_MILLIS);
            endPoint.shutdownOutput();
            discard();
        }
        connection.ended(null);
    }

    /** RST_STREAM with CANCEL: what a broken connection is over TCP (RFC 8441 §5). */
    private void reset(IOException cause) {
        Callback write = endPoint.cancelWrite(cause);
        if (write != null) {
            write.failed(cause);
        }
    }

    /** Reads what nobody wants any more, until the peer ends the stream or Jetty does. */
    private void discard() {
        discarding.lock();
        try {
            ByteBuffer nothing = ByteBuffer.allocate(DISCARD_BYTES).limit(0);
            int bytes;
            do {
                bytes = endPoint.fill(nothing);
                nothing.position(0).limit(0);
            } while (bytes > 0);
            if (bytes == 0) {
                endPoint.tryFillInterested(Callback.from(InvocationType.NON_BLOCKING, this::discard, this::discarded));
            }
        } catch (IOException | RuntimeException e) {
            discarded(e);
        } finally {
            discarding.unlock();
        }
    }

    private void discarded(Throwable cause) {
        LOG.debug("The stream ended by a reset", cause);
    }
}
