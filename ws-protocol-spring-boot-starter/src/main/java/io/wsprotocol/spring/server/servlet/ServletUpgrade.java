package io.wsprotocol.spring.server.servlet;

import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Takes sockets over by the means of the Servlet API alone. Owns the threads that run the application's handlers, as many as
 * handlers run at the same time: they may block, and the container's threads must stay free to write. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServletUpgrade implements TransportUpgrade, AutoCloseable {

    /** The name of its transports. */
    static final String NAME = "servlet";

    private final ExecutorService executor;

    /** Makes one without threads. */
    public ServletUpgrade() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("ws-protocol-servlet-");
        threads.setDaemon(true);
        executor = Executors.newCachedThreadPool(threads);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean supports(HttpServletRequest request) {
        return true;
    }

    @Override
    public void upgrade(HttpServletRequest request, ShellStarter starter) throws IOException, ServletException {
        // Initialised only after the filters are done, so there is time to hand over the rest of the state.
        request.upgrade(ServletUpgradeHandler.class).start(starter, executor);
    }

    /** Lets the threads end when their handlers have. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
