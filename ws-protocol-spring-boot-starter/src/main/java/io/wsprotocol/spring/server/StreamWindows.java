package io.wsprotocol.spring.server;

import java.util.concurrent.locks.ReentrantLock;

/**
 * By how much the window of an HTTP/2 connection is widened, so that streams that are not read stop no other. What waits in a stream counts against the
 * connection's window, too (RFC 9113 §5.2.1), and that is no larger than one or two streams' unless somebody widens it. Thread-safe.
 *
 * <p>Twice a stream's window for each stream that is open at the same time: servers open a window again only when half of it is used.
 *
 * @since 0.1.0
 */
public final class StreamWindows {

    /** A window ends at 2^31-1 bytes (RFC 9113 §6.9.1). Half of that is left to those who configured one. */
    private static final long MOST_BYTES = 1L << 30;

    private final ReentrantLock lock = new ReentrantLock();
    private int open;
    private int mostOpen;
    private long bytes;

    /** Makes the account of a connection without streams. */
    public StreamWindows() {}

    /**
     * One more stream is open.
     *
     * @param streamWindow bytes that a stream may hold
     * @return by how many bytes the connection's window must grow now; 0 when it is wide enough, as a window never shrinks
     */
    public int opened(int streamWindow) {
        lock.lock();
        try {
            open++;
            long more = 2L * streamWindow;
            if (open <= mostOpen || bytes + more > MOST_BYTES) {
                return 0;
            }
            mostOpen = open;
            bytes += more;
            return (int) more;
        } finally {
            lock.unlock();
        }
    }

    /** One stream less is open. */
    public void closed() {
        lock.lock();
        try {
            open--;
        } finally {
            lock.unlock();
        }
    }
}
