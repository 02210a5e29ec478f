package io.wsprotocol.spring.test;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end of a connection in memory, under the engine. Thread-safe. */
final class InMemoryTransport implements SocketTransport, ConnectionObserver {

    /** The name of all of them. */
    static final String NAME = "in memory";

    private final Pipe in;
    private final Pipe out;
    private final Executor executor;
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable ConnectionShell shell;
    // Which thread is about to tell the application of the end.
    private volatile @Nullable Thread ending;

    /**
     * Makes one.
     *
     * @param in what the other end writes
     * @param out what the other end reads
     * @param executor a thread for each task
     */
    InMemoryTransport(Pipe in, Pipe out, Executor executor) {
        this.in = in;
        this.out = out;
        this.executor = executor;
    }

    /** Begins to carry bytes. */
    void start(ConnectionShell owner) {
        shell = owner;
        execute(owner::readable);
    }

    /** {@return whether the application has heard of the end} Waits for it. */
    boolean awaitOver(Duration patience) throws InterruptedException {
        return over.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int read(ByteBuffer target) {
        return in.read(target);
    }

    @Override
    public void awaitReadable() {
        in.whenReadable(() -> execute(owner()::readable));
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) throws IOException {
        long bytes = out.write(buffers, count);
        if (bytes > 0) {
            return bytes;
        }
        out.whenRoom(() -> execute(() -> owner().writeCompleted(0)));
        return PENDING;
    }

    @Override
    public boolean shutdownOutput() {
        out.end();
        return true;
    }

    @Override
    public void close() {
        out.end();
        in.abandon();
    }

    /** Each task is a thread's only one, so its end is the end of all that it told. */
    @Override
    public void execute(Runnable task) {
        executor.execute(() -> {
            try {
                task.run();
            } finally {
                if (ending == Thread.currentThread()) {
                    over.countDown();
                }
            }
        });
    }

    /** The pump tells us before it tells the application, in one of our tasks. */
    @Override
    public void closed(CloseEvent event) {
        ending = Thread.currentThread();
    }

    private ConnectionShell owner() {
        ConnectionShell owner = shell;
        if (owner == null) {
            throw new IllegalStateException("not started");
        }
        return owner;
    }
}
