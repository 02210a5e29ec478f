package io.wsprotocol.interop;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;

/** The client of Java-WebSocket. */
final class JavaWebSocketCorrespondent extends WebSocketClient implements Correspondent {

    private final BlockingQueue<Letter> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> agreed = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile String why = "";

    JavaWebSocketCorrespondent(URI uri, PerMessageDeflateExtension compression) throws Exception {
        super(uri, new Draft_6455(List.of(compression)));
        connectBlocking(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public String agreed() throws Exception {
        return agreed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Letter echo(Letter letter) throws Exception {
        if (letter.text()) {
            send(letter.string());
        } else {
            // It compresses in place.
            send(letter.payload().clone());
        }
        Letter back = received.poll(SECONDS, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError(
                    "nothing came back for " + letter + ", closed: " + closed.getNow(null) + " " + why);
        }
        return back;
    }

    @Override
    public int closeNormally() throws Exception {
        close(1000);
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
        agreed.complete(handshake.getFieldValue("Sec-WebSocket-Extensions"));
    }

    @Override
    public void onMessage(String text) {
        received.add(Letter.text(text));
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
        received.add(Letter.binary(bytes));
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
        why = reason;
        closed.complete(code);
    }

    @Override
    public void onError(Exception e) {
        agreed.completeExceptionally(e);
        closed.completeExceptionally(e);
    }
}
