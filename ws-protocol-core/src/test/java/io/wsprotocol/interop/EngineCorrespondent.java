package io.wsprotocol.interop;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ClientUpgrade;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionLoop;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.Interest;
import io.wsprotocol.driver.MessageListener;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendListener;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.fixture.ChannelTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Our client: the driver over a channel, pumped by the thread that calls. */
final class EngineCorrespondent implements Correspondent, MessageListener, SendListener {

    private final SocketChannel channel;
    private final Selector selector = Selector.open();
    private final SelectionKey key;
    private final WebSocketConnection connection;
    private final ConnectionLoop loop;
    private final String agreed;
    private @Nullable Letter received;
    private @Nullable CloseEvent closed;

    EngineCorrespondent(URI uri, ConnectionOptions options) throws IOException {
        ClientHandle handle = WebSocketHandle.createClient(options.handleOptions(HandleOptions.defaults()));
        ClientUpgrade upgrade = new ClientUpgrade(handle, uri.toString(), options, List.of(), List.of());
        channel = SocketChannel.open(new InetSocketAddress(upgrade.host(), upgrade.port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ChannelTransport transport = ChannelTransport.upgraded(channel, upgrade);
        key = channel.register(selector, 0);
        agreed = String.join(", ", upgrade.result().extensions());
        connection =
                WebSocketConnection.open(handle, options, upgrade.compression(), this, () -> {}, System.nanoTime());
        loop = new ConnectionLoop(connection, transport, this);
    }

    @Override
    public String agreed() {
        return agreed;
    }

    @Override
    public Letter echo(Letter letter) throws IOException {
        SendResult result = letter.text()
                ? connection.trySendText(letter.string(), null)
                : connection.trySend(MessageType.BINARY, letter.buffer(), true, null);
        if (result != SendResult.ACCEPTED) {
            throw new AssertionError(letter + " was not accepted: " + result);
        }
        received = null;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (received == null && closed == null && System.nanoTime() - until < 0) {
            turn();
        }
        Letter back = received;
        if (back == null) {
            throw new AssertionError("nothing came back for " + letter + ", closed: " + closed);
        }
        return back;
    }

    @Override
    public int closeNormally() throws IOException {
        connection.close(1000, null);
        while (closed == null) {
            turn();
        }
        return closed.code();
    }

    private void turn() throws IOException {
        int interest = loop.run(System.nanoTime());
        if (received != null || closed != null) {
            return;
        }
        key.interestOps(((interest & Interest.READ) != 0 ? SelectionKey.OP_READ : 0)
                | ((interest & Interest.WRITE) != 0 ? SelectionKey.OP_WRITE : 0));
        selector.select(TimeUnit.SECONDS.toMillis(1));
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        connection.abort();
        channel.close();
        selector.close();
    }

    @Override
    public void onText(String text, boolean last) {
        received = Letter.text(text);
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean last) {
        received = Letter.binary(payload);
    }

    @Override
    public void onClosed(CloseEvent event) {
        closed = event;
    }

    /** Nothing to do: the payload is kept by nobody else. */
    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {}
}
