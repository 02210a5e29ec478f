package io.wsprotocol.spring.server.servlet;

import io.wsprotocol.spring.server.ShellStarter;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the container calls about one upgraded connection. The container makes it by reflection, hence public.
 *
 * @since 0.1.0
 */
public final class ServletUpgradeHandler implements HttpUpgradeHandler {

    private @Nullable ShellStarter starter;
    private @Nullable Executor executor;
    private @Nullable ServletTransport transport;

    /** For the container. */
    public ServletUpgradeHandler() {}

    /** Sets what {@link #init} needs. */
    void start(ShellStarter shellStarter, Executor handlerExecutor) {
        starter = shellStarter;
        executor = handlerExecutor;
    }

    @Override
    public void init(WebConnection connection) {
        if (starter == null || executor == null) {
            throw new IllegalStateException("not made by ServletUpgrade");
        }
        try {
            ServletTransport made = new ServletTransport(connection, executor);
            transport = made;
            made.start(starter.start(made));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        starter = null;
    }

    @Override
    public void destroy() {
        if (transport != null) {
            transport.onError(new EOFException("the container closed the connection"));
        }
    }
}
