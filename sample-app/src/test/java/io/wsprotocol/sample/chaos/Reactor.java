package io.wsprotocol.sample.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One thread with a selector and a clock for all {@link Peer}s. Thread-safe: {@link #execute} and {@link #mostLateMillis}; the rest is for
 * its own thread.
 */
final class Reactor implements AutoCloseable {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::due));
    private volatile boolean closing;
    private volatile long mostLate;

    private Reactor() throws IOException {
        selector = Selector.open();
        thread = new Thread(this::serve, "soak-clients");
        thread.setDaemon(true);
    }

    static Reactor start() throws IOException {
        Reactor reactor = new Reactor();
        reactor.thread.start();
        return reactor;
    }

    /** Has something done on the reactor's thread. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Has something done later. */
    void after(long nanos, Runnable task) {
        at(System.nanoTime() + nanos, task);
    }

    /** Has something done when the clock says so. */
    void at(long due, Runnable task) {
        timers.add(new Timer(due, task));
    }

    /** {@return the key of a channel whose readiness goes to that peer} */
    SelectionKey register(SocketChannel channel, int interest, Peer peer) throws IOException {
        return channel.register(selector, interest, peer);
    }

    /** {@return how late a timer fired at worst: what this machine adds to each figure of time} */
    long mostLateMillis() {
        return mostLate / NANOS_PER_MILLI;
    }

    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        try (selector) {
            while (!closing) {
                await();
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                runTimers();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the selector failed", e);
        }
    }

    private void await() throws IOException {
        Timer next = timers.peek();
        if (next == null) {
            selector.select(Reactor::ready);
            return;
        }
        long nanos = next.due() - System.nanoTime();
        if (nanos <= 0) {
            selector.selectNow(Reactor::ready);
        } else {
            selector.select(Reactor::ready, nanos / NANOS_PER_MILLI + 1);
        }
    }

    private static void ready(SelectionKey key) {
        if (key.isValid()) {
            ((Peer) key.attachment()).run();
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.element().due() <= now) {
            Timer timer = timers.remove();
            mostLate = Math.max(mostLate, now - timer.due());
            timer.task().run();
        }
    }

    /** Something to do at a time. */
    private record Timer(long due, Runnable task) {}
}
