package io.wsprotocol.spring.test;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One direction of a connection in memory, with a bound as a socket has one. Thread-safe, for one writer and one reader. */
final class Pipe {

    /** The end was read. */
    static final int END = -1;

    private static final int CAPACITY = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final ByteBuffer content = ByteBuffer.allocate(CAPACITY);
    private boolean ended;
    private boolean abandoned;
    private @Nullable Runnable readable;
    private @Nullable Runnable roomy;

    /** {@return how many bytes were read, 0 when there are none now, {@link #END} when there will be none} Never waits. */
    int read(ByteBuffer target) {
        int bytes;
        Runnable told;
        lock.lock();
        try {
            content.flip();
            bytes = Math.min(content.remaining(), target.remaining());
            target.put(content.slice().limit(bytes));
            content.position(content.position() + bytes).compact();
            if (bytes == 0) {
                return ended && target.hasRemaining() && content.position() == 0 ? END : 0;
            }
            changed.signalAll();
            told = roomy;
            roomy = null;
        } finally {
            lock.unlock();
        }
        run(told);
        return bytes;
    }

    /** {@return how many bytes were read, or {@link #END}} Waits for the first. */
    int read(byte[] target, Duration patience) throws IOException {
        await(() -> content.position() > 0 || ended, patience, "nothing came within ");
        return read(ByteBuffer.wrap(target));
    }

    /**
     * {@return how many bytes were taken, 0 when there is no room} Never waits.
     *
     * @throws EOFException when the reader is gone
     */
    long write(ByteBuffer[] buffers, int count) throws IOException {
        long bytes = 0;
        Runnable told;
        lock.lock();
        try {
            if (abandoned || ended) {
                throw new EOFException("the connection is closed");
            }
            for (int i = 0; i < count; i++) {
                int part = Math.min(buffers[i].remaining(), content.remaining());
                content.put(buffers[i].slice().limit(part));
                buffers[i].position(buffers[i].position() + part);
                bytes += part;
            }
            changed.signalAll();
            told = bytes > 0 ? readable : null;
            readable = told == null ? readable : null;
        } finally {
            lock.unlock();
        }
        run(told);
        return bytes;
    }

    /** Writes all, and waits for room. */
    void write(byte[] bytes, Duration patience) throws IOException {
        ByteBuffer[] rest = {ByteBuffer.wrap(bytes)};
        while (rest[0].hasRemaining()) {
            long unused = write(rest, 1);
            if (rest[0].hasRemaining()) {
                await(() -> content.hasRemaining() || abandoned, patience, "the server did not read within ");
            }
        }
    }

    /** Waits until all is read. */
    void awaitEmpty(Duration patience) throws IOException {
        await(() -> content.position() == 0 || abandoned, patience, "the server did not read within ");
    }

    /** Calls once there is something to read, the end among it; now if there is already. */
    void whenReadable(Runnable callback) {
        lock.lock();
        try {
            if (content.position() == 0 && !ended) {
                readable = callback;
                return;
            }
        } finally {
            lock.unlock();
        }
        callback.run();
    }

    /** Calls once there is room, or nobody who reads; now if that is so already. */
    void whenRoom(Runnable callback) {
        lock.lock();
        try {
            if (!content.hasRemaining() && !abandoned) {
                roomy = callback;
                return;
            }
        } finally {
            lock.unlock();
        }
        callback.run();
    }

    /** The writer writes no more. Idempotent. */
    void end() {
        Runnable told;
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
            told = readable;
            readable = null;
        } finally {
            lock.unlock();
        }
        run(told);
    }

    /** The reader reads no more: what is written from now on has nowhere to go. Idempotent. */
    void abandon() {
        Runnable told;
        lock.lock();
        try {
            abandoned = true;
            changed.signalAll();
            told = roomy;
            roomy = null;
        } finally {
            lock.unlock();
        }
        run(told);
    }

    private void await(BooleanSupplier condition, Duration patience, String otherwise) throws IOException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new SocketTimeoutException(otherwise + patience.toMillis() + " ms");
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            lock.unlock();
        }
    }

    private static void run(@Nullable Runnable callback) {
        if (callback != null) {
            callback.run();
        }
    }
}
