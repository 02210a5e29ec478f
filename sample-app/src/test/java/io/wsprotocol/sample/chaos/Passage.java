package io.wsprotocol.sample.chaos;

import io.wsprotocol.sample.chaos.Fault.Cut;
import io.wsprotocol.sample.chaos.Fault.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One connection through the {@link ChaosProxy}: two sockets, two {@link Flow}s. Confined to the proxy's thread, except
 * what its {@link Plan} tells.
 */
final class Passage {

    /** What the reports say of that which has not happened. */
    static final long NOT_YET = Long.MIN_VALUE;

    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private final Flow toServer;
    private final Flow toClient;
    private final IntFunction<Plan> plans;
    private boolean planned;
    private boolean closed;
    private long turn = Flow.NEVER;
    private Plan plan = new Plan(Fault.NONE);

    /** Takes both channels, in non-blocking mode; the second one is connecting. */
    Passage(
            SocketChannel client,
            SelectionKey clientKey,
            SocketChannel server,
            SelectionKey serverKey,
            Random random,
            IntFunction<Plan> plans) {
        this.client = client;
        this.clientKey = clientKey;
        this.server = server;
        this.serverKey = serverKey;
        this.plans = plans;
        toServer = new Flow(client, server, random);
        toClient = new Flow(server, client, random);
    }

    boolean isClosed() {
        return closed;
    }

    /** {@return when {@link #run} should be called although no socket is ready} */
    long due() {
        return closed || !server.isConnected() ? Flow.NEVER : Math.min(toServer.due(), toClient.due());
    }

    /** {@return when the proxy will call {@link #run} of itself} */
    long turn() {
        return turn;
    }

    void turn(long arranged) {
        turn = arranged;
    }

    /** Does what is possible now. */
    void run(long now) {
        if (closed) {
            return;
        }
        try {
            if (connected()) {
                pump(now);
            }
        } catch (IOException e) {
            // One end is gone the hard way; so is the other.
            close(true);
            return;
        }
        if (isOver()) {
            close(false);
        } else {
            listen();
        }
    }

    private boolean connected() throws IOException {
        if (server.isConnected()) {
            return true;
        }
        if (!serverKey.isConnectable()) {
            return false;
        }
        server.finishConnect();
        return true;
    }

    private void pump(long now) throws IOException {
        if (clientKey.isReadable() && toServer.wantsRead()) {
            findPlan();
            toServer.read(now);
        }
        if (serverKey.isReadable() && toClient.wantsRead()) {
            toClient.read(now);
        }
        if (serverKey.isWritable()) {
            toServer.unblock();
        }
        if (clientKey.isWritable()) {
            toClient.unblock();
        }
        happened(toServer.write(now), now);
        if (!closed) {
            happened(toClient.write(now), now);
        }
    }

    /** The client says which connection is which before it sends its first byte. */
    private void findPlan() throws IOException {
        if (!planned) {
            planned = true;
            plan = plans.apply(((InetSocketAddress) client.getRemoteAddress()).getPort());
            plan.passage(((InetSocketAddress) server.getLocalAddress()).getPort());
            toServer.plan(plan.fault(), plan.fault().toServer());
            toClient.plan(plan.fault(), plan.fault().toClient());
        }
    }

    private void happened(@Nullable Cut cut, long now) {
        if (cut != null) {
            plan.noteCut(now);
            if (cut.kind() == Kind.RESET) {
                close(true);
            }
        }
    }

    /** Over when nobody expects anything of a direction any more; a stalled one never ends by itself. */
    private boolean isOver() {
        boolean oneOver = toServer.isOver() || toClient.isOver();
        return oneOver && (toServer.isOver() || toServer.isStalled()) && (toClient.isOver() || toClient.isStalled());
    }

    private void listen() {
        if (closed) {
            return;
        }
        if (server.isConnected()) {
            clientKey.interestOps(interest(toServer, toClient));
            serverKey.interestOps(interest(toClient, toServer));
        }
    }

    private static int interest(Flow in, Flow out) {
        return (in.wantsRead() ? SelectionKey.OP_READ : 0) | (out.isBlocked() ? SelectionKey.OP_WRITE : 0);
    }

    /** Closes both ends, on wish so that they see a reset. */
    void close(boolean reset) {
        closed = true;
        for (SocketChannel channel : new SocketChannel[] {client, server}) {
            try {
                if (reset && channel.isOpen()) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the proxy cannot close", e);
            }
        }
    }

    /** What shall happen to a connection, and what has. Thread-safe. */
    static final class Plan {

        private final Fault fault;
        private volatile int serverSidePort;
        private volatile long cutAt = NOT_YET;

        Plan(Fault fault) {
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }

        /** {@return the port of the proxy's socket to the server; 0 before bytes have passed} */
        int serverSidePort() {
            return serverSidePort;
        }

        /** {@return when the cut took place, as {@link System#nanoTime}; or {@link #NOT_YET}} */
        long cutAt() {
            return cutAt;
        }

        private void passage(int port) {
            serverSidePort = port;
        }

        private void noteCut(long now) {
            cutAt = now;
        }
    }
}
