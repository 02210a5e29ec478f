package io.wsprotocol.sample.chaos;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.driver.ClientUpgrade;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionLoop;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.Interest;
import io.wsprotocol.driver.MessageListener;
import io.wsprotocol.driver.SendListener;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.fixture.ChannelTransport;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One client connection of the soak, on the engine itself: connect, upgrade, messages, end. Confined to the thread of its {@link Reactor}.
 */
abstract class Peer implements MessageListener, SendListener {

    private static final int HEAD_BYTES = 8 << 10;

    private final Reactor reactor;
    private final ConnectionOptions options;
    private final ClientHandle handle;
    private final ClientUpgrade upgrade;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable WebSocketConnection connection;
    private @Nullable ConnectionLoop loop;
    private ByteBuffer in = ByteBuffer.allocate(HEAD_BYTES);
    private int answerBytes;
    private boolean requested;
    private boolean over;
    private long timerDue = Long.MAX_VALUE;

    /**
     * Makes a peer that has not connected.
     *
     * @param reactor whose thread it lives on
     * @param url where to connect
     * @param options limits and deadlines of its side
     */
    Peer(Reactor reactor, String url, ConnectionOptions options) {
        this.reactor = reactor;
        this.options = options;
        handle = WebSocketHandle.createClient(options.handleOptions(HandleOptions.defaults()));
        upgrade = new ClientUpgrade(handle, url, List.of(), List.of());
    }

    /** The connection is made and nothing was sent: the time to plan its faults. */
    abstract void connected(int localPort);

    /** The handshake succeeded. */
    abstract void opened();

    /**
     * It is over, exactly once.
     *
     * @param event how the connection ended; null when there never was one
     * @param failure why there was none; null when there was one
     */
    abstract void ended(@Nullable CloseEvent event, @Nullable Exception failure);

    /** {@return the bytes of the request} */
    final int requestBytes() {
        return upgrade.request().remaining();
    }

    /** {@return the bytes of the answer's head} */
    final int answerBytes() {
        return answerBytes;
    }

    final Reactor reactor() {
        return reactor;
    }

    final boolean isOver() {
        return over;
    }

    /** {@return the connection}; there is one from {@link #opened} on */
    final WebSocketConnection connection() {
        return Objects.requireNonNull(connection, "not open");
    }

    final void connect() {
        try {
            SocketChannel made = SocketChannel.open();
            channel = made;
            made.configureBlocking(false);
            made.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = reactor.register(made, SelectionKey.OP_CONNECT, this);
            if (made.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upgrade.port()))) {
                run();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Does what is possible now. */
    final void run() {
        if (over) {
            return;
        }
        try {
            if (loop == null && !upgraded()) {
                return;
            }
            pump(Objects.requireNonNull(loop));
        } catch (IOException | WebSocketHandshakeException e) {
            fail(e);
        }
    }

    /** Ends it without a word. */
    final void drop() {
        if (connection != null && !over) {
            connection.abort();
            run();
        }
    }

    private boolean upgraded() throws IOException {
        SocketChannel to = Objects.requireNonNull(channel);
        if (!requested) {
            if (!to.isConnected() && !to.finishConnect()) {
                return false;
            }
            requested = true;
            connected(((InetSocketAddress) to.getLocalAddress()).getPort());
            ByteBuffer request = upgrade.request();
            to.write(request);
            if (request.hasRemaining()) {
                throw new IOException("an empty socket took only a part of the request");
            }
            Objects.requireNonNull(key).interestOps(SelectionKey.OP_READ);
        }
        in.clear();
        int read = to.read(in);
        if (read < 0) {
            throw new EOFException("no answer to the upgrade");
        }
        in.flip();
        boolean accepted = upgrade.accept(in);
        answerBytes += read - in.remaining();
        if (accepted) {
            open(to);
        }
        return accepted;
    }

    private void open(SocketChannel to) {
        WebSocketConnection made = WebSocketConnection.open(handle, options, this, () -> {}, System.nanoTime());
        connection = made;
        loop = new ConnectionLoop(made, new ChannelTransport(to, in), this);
        in = ByteBuffer.allocate(0);
        opened();
    }

    private void pump(ConnectionLoop pumped) {
        int interest = pumped.run(System.nanoTime());
        if ((interest & Interest.CLOSED) != 0) {
            return;
        }
        Objects.requireNonNull(key)
                .interestOps(((interest & Interest.READ) != 0 ? SelectionKey.OP_READ : 0)
                        | ((interest & Interest.WRITE) != 0 ? SelectionKey.OP_WRITE : 0));
        long due = connection().nextDeadline();
        if (due < timerDue) {
            timerDue = due;
            reactor.at(due, this::timer);
        }
    }

    private void timer() {
        timerDue = Long.MAX_VALUE;
        run();
    }

    private void fail(Exception failure) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        if (!over) {
            over = true;
            ended(null, failure);
        }
    }

    @Override
    public final void onClosed(CloseEvent event) {
        over = true;
        ended(event, null);
    }

    /** Nothing to do: payloads are garbage then. */
    @Override
    public final void sendCompleted(@Nullable Object context, SendOutcome outcome) {}
}
