package io.wsprotocol.sample.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on the loopback address that does to each connection what its {@link Fault} says: delay, slice, throttle, stall, reset,
 * half-close, change a byte. One thread, one selector; what is random comes from a seed.
 *
 * <p>Thread-safe.
 */
final class ChaosProxy implements AutoCloseable {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int serverPort;
    private final Random random;
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Thread thread;
    private final Map<Integer, Passage.Plan> plans = new ConcurrentHashMap<>();
    private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparingLong(Turn::due));
    private volatile boolean closing;
    private final AtomicInteger open = new AtomicInteger();

    private ChaosProxy(int serverPort, long seed) throws IOException {
        this.serverPort = serverPort;
        random = new Random(seed);
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::serve, "chaos-proxy");
        thread.setDaemon(true);
    }

    /**
     * {@return a running proxy}
     *
     * @param serverPort where the server listens on the loopback address
     * @param seed of all that is random
     */
    static ChaosProxy start(int serverPort, long seed) throws IOException {
        ChaosProxy proxy = new ChaosProxy(serverPort, seed);
        proxy.thread.start();
        return proxy;
    }

    /** {@return where clients connect} */
    int port() {
        return listener.socket().getLocalPort();
    }

    /** {@return how many connections pass now} */
    int open() {
        return open.get();
    }

    /**
     * Says what happens to a connection. To be called after the connect and before its first byte.
     *
     * @param clientPort the local port of the client
     * @param fault what happens
     * @return where to read what has happened
     */
    Passage.Plan plan(int clientPort, Fault fault) {
        Passage.Plan plan = new Passage.Plan(fault);
        plans.put(clientPort, plan);
        return plan;
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
        try (selector;
                listener) {
            while (!closing) {
                await();
                runDue();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy failed", e);
        }
    }

    private void await() throws IOException {
        Turn next = turns.peek();
        long nanos = next == null ? 0 : next.due() - System.nanoTime();
        if (next == null) {
            selector.select(this::ready);
        } else if (nanos <= 0) {
            selector.selectNow(this::ready);
        } else {
            selector.select(this::ready, nanos / NANOS_PER_MILLI + 1);
        }
    }

    private void ready(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof Passage passage) {
            run(passage);
        } else {
            accept();
        }
    }

    private void run(Passage passage) {
        if (passage.isClosed()) {
            return;
        }
        passage.run(System.nanoTime());
        if (passage.isClosed()) {
            open.decrementAndGet();
        }
        long due = passage.due();
        if (due < passage.turn()) {
            passage.turn(due);
            turns.add(new Turn(due, passage));
        }
    }

    private void accept() {
        try {
            for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
                client.configureBlocking(false);
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                SocketChannel server = SocketChannel.open();
                server.configureBlocking(false);
                server.setOption(StandardSocketOptions.TCP_NODELAY, true);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
                SelectionKey clientKey = client.register(selector, 0);
                SelectionKey serverKey = server.register(selector, SelectionKey.OP_CONNECT);
                Passage passage = new Passage(client, clientKey, server, serverKey, random, this::planned);
                clientKey.attach(passage);
                serverKey.attach(passage);
                open.incrementAndGet();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy cannot accept", e);
        }
    }

    private Passage.Plan planned(int clientPort) {
        Passage.Plan plan = plans.remove(clientPort);
        return plan == null ? new Passage.Plan(Fault.NONE) : plan;
    }

    private void runDue() {
        long now = System.nanoTime();
        while (!turns.isEmpty() && turns.element().due() <= now) {
            Turn turn = turns.remove();
            // An earlier one may have been arranged in between; that one counts.
            if (turn.passage().turn() == turn.due()) {
                turn.passage().turn(Flow.NEVER);
                run(turn.passage());
            }
        }
    }

    /** When a passage has something to do. */
    private record Turn(long due, Passage passage) {}
}
