package io.wsprotocol.interop;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** The client of Jetty. */
final class JettyCorrespondent implements Correspondent {

    private static final long MOST_BYTES = 2 << 20;

    private final WebSocketClient client = new WebSocketClient();
    private final Listener listener = new Listener();
    private final Session session;

    JettyCorrespondent(URI uri, String offer) throws Exception {
        client.setMaxTextMessageSize(MOST_BYTES);
        client.setMaxBinaryMessageSize(MOST_BYTES);
        client.start();
        try {
            ClientUpgradeRequest request = new ClientUpgradeRequest(uri);
            request.addExtensions(offer);
            session = client.connect(listener, request).get(SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            client.stop();
            throw e;
        }
    }

    @Override
    public String agreed() {
        String header = session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
        return header == null ? "" : header;
    }

    @Override
    public Letter echo(Letter letter) throws Exception {
        if (letter.text()) {
            session.sendText(letter.string(), Callback.NOOP);
        } else {
            session.sendBinary(letter.buffer(), Callback.NOOP);
        }
        Letter back = listener.received.poll(SECONDS, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError("nothing came back for " + letter + ", closed: " + listener.closed.getNow(null)
                    + " " + listener.why);
        }
        return back;
    }

    @Override
    public int closeNormally() throws Exception {
        session.close(1000, null, Callback.NOOP);
        return listener.closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** What arrives. Public, as Jetty looks for its methods by reflection. */
    public static final class Listener implements Session.Listener.AutoDemanding {

        private final BlockingQueue<Letter> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private volatile String why = "";

        @Override
        public void onWebSocketText(String text) {
            received.add(Letter.text(text));
        }

        @Override
        public void onWebSocketBinary(ByteBuffer bytes, Callback callback) {
            received.add(Letter.binary(bytes));
            callback.succeed();
        }

        @Override
        public void onWebSocketClose(int status, String reason, Callback callback) {
            why = String.valueOf(reason);
            closed.complete(status);
            callback.succeed();
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            closed.completeExceptionally(cause);
        }
    }
}
