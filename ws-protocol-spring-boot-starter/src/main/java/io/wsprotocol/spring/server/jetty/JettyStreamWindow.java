package io.wsprotocol.spring.server.jetty;

import io.wsprotocol.spring.server.StreamWindows;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http2.AbstractFlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.Callback;

/** Gives the HTTP/2 connection of one stream the window that the stream needs to stop no other, while it is open. Thread-safe. */
final class JettyStreamWindow implements Connection.Listener {

    private static final String WINDOWS = StreamWindows.class.getName();

    /** Requests of one connection come on several threads, and only one of them may make its account. */
    private static final ReentrantLock ACCOUNTS = new ReentrantLock();

    private final StreamWindows windows;
    private final HTTP2Session session;
    private final int streamWindow;

    private JettyStreamWindow(StreamWindows windows, HTTP2Session session, int streamWindow) {
        this.windows = windows;
        this.session = session;
        this.streamWindow = streamWindow;
    }

    /** Has a connection over a stream looked after. */
    static void watch(JettyConnection connection, ConnectionMetaData below) {
        if (below.getConnection() instanceof HTTP2Connection http2
                && http2.getSession().getFlowControlStrategy() instanceof AbstractFlowControlStrategy flow) {
            connection.addEventListener(
                    new JettyStreamWindow(windowsOf(below), http2.getSession(), flow.getInitialStreamRecvWindow()));
        }
    }

    private static StreamWindows windowsOf(ConnectionMetaData connection) {
        ACCOUNTS.lock();
        try {
            if (connection.getAttribute(WINDOWS) instanceof StreamWindows known) {
                return known;
            }
            StreamWindows made = new StreamWindows();
            connection.setAttribute(WINDOWS, made);
            return made;
        } finally {
            ACCOUNTS.unlock();
        }
    }

    @Override
    public void onOpened(Connection connection) {
        int bytes = windows.opened(streamWindow);
        if (bytes > 0) {
            // First what is allowed, then the word: the peer may use it before this call is over.
            session.updateRecvWindow(bytes);
            session.frames(null, List.of(new WindowUpdateFrame(0, bytes)), Callback.NOOP);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        windows.closed();
    }
}
