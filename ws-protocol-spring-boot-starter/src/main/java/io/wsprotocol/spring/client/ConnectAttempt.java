package io.wsprotocol.spring.client;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.driver.ConnectionOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect, which whoever asked for it may give up: then what it goes through is closed at once, and the thread that waits for
 * the server, or for its turn, waits no longer. Only the look-up of a name cannot be cut short. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectAttempt {

    private static final Log LOG = LogFactory.getLog(ConnectAttempt.class);

    // Guarded by this.
    private @Nullable Thread working;
    private @Nullable Closeable link;
    private boolean givenUp;

    /** Makes one that nobody has given up. */
    public ConnectAttempt() {}

    /**
     * Opens a connection on this thread.
     *
     * @param way how
     * @throws InterruptedIOException when the attempt was given up; there is no connection then
     */
    ClientConnector.Opened open(
            ClientConnector way,
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options)
            throws IOException {
        begin();
        ClientConnector.Opened opened;
        try {
            opened = way.open(uri, subprotocols, headers, options, this);
        } finally {
            end();
        }
        if (isGivenUp()) {
            opened.close();
            throw givenUp();
        }
        return opened;
    }

    /**
     * Says what the attempt goes through from now on. To be called before anything is waited for there.
     *
     * @param next closed by another thread when the attempt is given up; whoever waits in it must fail then
     * @throws InterruptedIOException when the attempt was given up; the link is closed then
     * @throws IOException when the link does not close
     */
    public void through(Closeable next) throws IOException {
        synchronized (this) {
            link = Objects.requireNonNull(next, "next");
        }
        if (isGivenUp()) {
            next.close();
            throw givenUp();
        }
    }

    /** Gives the attempt up. Without effect on a connection that is open already. Idempotent. */
    public void giveUp() {
        Closeable open;
        synchronized (this) {
            if (givenUp) {
                return;
            }
            givenUp = true;
            open = link;
            if (working != null) {
                // Under the lock: it must not meet what the thread does next.
                working.interrupt();
            }
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("A connection on its way failed to close", e);
            }
        }
    }

    /** {@return whether somebody gave it up} */
    public synchronized boolean isGivenUp() {
        return givenUp;
    }

    private synchronized void begin() throws InterruptedIOException {
        if (givenUp) {
            throw givenUp();
        }
        working = Thread.currentThread();
    }

    private synchronized void end() {
        working = null;
        link = null;
        if (givenUp) {
            // That was for this attempt, not for what the thread does next.
            boolean unused = Thread.interrupted();
        }
    }

    private static InterruptedIOException givenUp() {
        return new InterruptedIOException("the attempt to connect was given up");
    }
}
