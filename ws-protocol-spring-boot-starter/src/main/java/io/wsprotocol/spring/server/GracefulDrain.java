package io.wsprotocol.spring.server;

import io.wsprotocol.CloseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Empties the server of connections before its web server stops: refuses new handshakes, closes all connections, spread over a
 * while so that they do not all come back at once, waits for their peers, and drops those that are late. Thread-safe.
 *
 * <p>Stops ahead of the web server's own graceful phase, which knows nothing of upgraded connections.
 *
 * @since 0.1.0
 */
public final class GracefulDrain implements SmartLifecycle {

    /** Before the web server (which stops in {@code DEFAULT_PHASE - 1024}), after what the application put ahead of everything. */
    public static final int PHASE = DEFAULT_PHASE - 512;

    private static final Log LOG = LogFactory.getLog(GracefulDrain.class);

    /* How long dropped connections may take to tell their handlers. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final String REASON = "the server is going away";

    private final ConnectionRegistry registry;
    private final Settings settings;
    private CompletableFuture<Void> current = CompletableFuture.completedFuture(null);
    private volatile boolean running;

    /**
     * How it is done. Immutable.
     *
     * @param atShutdown whether the end of the application drains the server
     * @param timeout how long peers may take to answer the Close; then they are dropped
     * @param spread the time over which the Closes are sent, evenly
     * @param status the close code
     * @since 0.1.0
     */
    public record Settings(boolean atShutdown, Duration timeout, Duration spread, int status) {

        /** Checks what must be there. */
        public Settings {
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(spread, "spread");
        }
    }

    /**
     * Makes one.
     *
     * @param registry the connections
     * @param settings how it is done
     */
    public GracefulDrain(ConnectionRegistry registry, Settings settings) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * Begins to drain, and returns; joins what is under way. The server goes on: {@link #welcome} lets handshakes in again.
     *
     * @return done when all connections are over
     */
    public CompletableFuture<Void> begin() {
        synchronized (this) {
            if (!current.isDone() && registry.isDraining()) {
                return current.copy();
            }
            registry.refuseNew(words());
            current = CompletableFuture.runAsync(this::drain, GracefulDrain::onThreadOfItsOwn);
            return current.copy();
        }
    }

    /** Lets handshakes in again, and leaves the connections that are still open alone. */
    public void welcome() {
        registry.welcome();
    }

    @Override
    public void start() {
        registry.welcome();
        running = true;
    }

    @Override
    public void stop() {
        begin().join();
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        CompletableFuture<Void> unused = begin().whenComplete((nothing, failure) -> {
            running = false;
            callback.run();
        });
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isAutoStartup() {
        // What was not started is not stopped.
        return settings.atShutdown();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(task, "ws-protocol-drain");
        thread.setDaemon(true);
        thread.start();
    }

    private void drain() {
        long began = System.nanoTime();
        List<LiveConnection> leaving = registry.connections();
        try {
            closeAll(leaving, began);
            boolean empty = registry.awaitEmpty(settings.timeout().toNanos());
            int dropped = empty || !registry.isDraining() ? 0 : dropRest();
            if (!leaving.isEmpty()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                LOG.info("Drained " + leaving.size() + " WebSocket connections in " + millis + " ms, " + dropped
                        + " of them without their answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("Interrupted while WebSocket connections were drained; " + registry.size() + " are left");
        }
    }

    private void closeAll(List<LiveConnection> leaving, long began) throws InterruptedException {
        CloseInfo words = words();
        long step = settings.spread().toNanos() / Math.max(1, leaving.size());
        for (int i = 0; i < leaving.size() && registry.isDraining(); i++) {
            leaving.get(i).shell().close(words.status(), words.reason());
            long wait = began + (i + 1) * step - System.nanoTime();
            if (step > 0 && wait > 0) {
                registry.awaitEmpty(wait);
            }
        }
    }

    private int dropRest() throws InterruptedException {
        List<LiveConnection> late = registry.connections();
        late.forEach(connection -> connection.shell().abort());
        registry.awaitEmpty(LAST_WORDS_NANOS);
        return late.size();
    }

    private CloseInfo words() {
        return new CloseInfo(settings.status(), REASON);
    }
}
