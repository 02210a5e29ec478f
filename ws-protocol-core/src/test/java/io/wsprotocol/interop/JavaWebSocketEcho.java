package io.wsprotocol.interop;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** The server of Java-WebSocket; it echoes. */
final class JavaWebSocketEcho extends WebSocketServer implements AutoCloseable {

    private final CompletableFuture<Void> started = new CompletableFuture<>();

    JavaWebSocketEcho(PerMessageDeflateExtension compression) throws Exception {
        super(new InetSocketAddress("127.0.0.1", 0), 1, List.of(new Draft_6455(List.of(compression))));
        setDaemon(true);
        start();
        started.get(Correspondent.SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onStart() {
        started.complete(null);
    }

    @Override
    public void onMessage(WebSocket client, String text) {
        client.send(text);
    }

    @Override
    public void onMessage(WebSocket client, ByteBuffer bytes) {
        client.send(bytes);
    }

    @Override
    public void onOpen(WebSocket client, ClientHandshake handshake) {}

    @Override
    public void onClose(WebSocket client, int code, String reason, boolean remote) {}

    /** What goes wrong on a connection its client notices. */
    @Override
    public void onError(WebSocket client, Exception e) {
        started.completeExceptionally(e);
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
