package io.wsprotocol.spring.server.jetty;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.ShellStarter;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/** What Jetty calls about one upgraded endpoint. Called by one thread at a time until it is open, then by any. */
final class JettyConnection extends AbstractConnection implements Connection.UpgradeTo {

    private final ShellStarter starter;
    private final JettyTransport transport;

    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * Makes one.
     *
     * @param endPoint a socket or a stream
     * @param stream which of both
     * @param executor runs what may take long
     * @param starter makes the shell once the endpoint is ours
     */
    JettyConnection(EndPoint endPoint, boolean stream, Executor executor, ShellStarter starter) {
        super(endPoint, executor);
        this.starter = starter;
        this.transport = stream ? new JettyStreamTransport(this, executor) : new JettyTransport(this, executor);
    }

    /** Called before {@link #onOpen} when bytes came together with the request. */
    @Override
    public void onUpgradeTo(ByteBuffer glued) {
        transport.glued(glued);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        // Time is the business of the connection's deadlines.
        getEndPoint().setIdleTimeout(0);
        ConnectionShell shell = started();
        transport.shell(shell);
        transport.opened();
        // Jetty has the end of the request to deal with after this call, and the listener may take long.
        getExecutor().execute(shell::readable);
    }

    private ConnectionShell started() {
        try {
            return starter.start(transport);
        } catch (RuntimeException | Error e) {
            // Jetty has no time limit for it any more, and nobody else knows it.
            transport.close();
            throw e;
        }
    }

    @Override
    public void onFillable() {
        transport.readable();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        transport.lost(cause);
    }

    /** {@return whether the endpoint shall be closed} No silence is too long while the connection lives. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return transport.isClosed();
    }

    /** The end of the endpoint, whoever ended it. */
    @Override
    public void onClose(@Nullable Throwable cause) {
        ended(cause);
        transport.lost(cause != null ? cause : new EofException("the container closed the connection"));
    }

    /** Tells those who count Jetty's connections, once. */
    void ended(@Nullable Throwable cause) {
        if (over.compareAndSet(false, true)) {
            super.onClose(cause);
        }
    }
}
