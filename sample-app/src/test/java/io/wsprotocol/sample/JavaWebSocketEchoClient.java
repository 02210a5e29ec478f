package io.wsprotocol.sample;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.enums.Opcode;
import org.java_websocket.handshake.ServerHandshake;

/** The client of Java-WebSocket. */
final class JavaWebSocketEchoClient implements EchoClient {

    private static final long SECONDS = 60;

    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final Client client;

    JavaWebSocketEchoClient(URI uri) throws Exception {
        client = new Client(uri);
        if (!client.connectBlocking(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("No connection to " + uri);
        }
    }

    @Override
    public Message echo(Message message, int fragmentBytes) throws Exception {
        byte[] payload = message.payload();
        Opcode opcode = message.isText() ? Opcode.TEXT : Opcode.BINARY;
        if (payload.length <= fragmentBytes) {
            send(message);
        } else {
            // Cuts characters in two wherever they happen to lie.
            for (int at = 0; at < payload.length; at += fragmentBytes) {
                int length = Math.min(fragmentBytes, payload.length - at);
                client.sendFragmentedFrame(
                        opcode, ByteBuffer.wrap(payload, at, length).slice(), at + length == payload.length);
            }
        }
        Message back = received.poll(SECONDS, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError("Nothing came back for " + message);
        }
        return back;
    }

    @Override
    public int closeNormally() throws Exception {
        client.close(1000);
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        client.close();
    }

    private void send(Message message) {
        if (message.isText()) {
            client.send(message.string());
        } else {
            client.send(message.payload());
        }
    }

    private final class Client extends WebSocketClient {

        Client(URI uri) {
            super(uri);
        }

        @Override
        public void onOpen(ServerHandshake handshake) {}

        @Override
        public void onMessage(String text) {
            received.add(new Message(true, text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void onMessage(ByteBuffer bytes) {
            byte[] payload = new byte[bytes.remaining()];
            bytes.get(payload);
            received.add(new Message(false, payload));
        }

        @Override
        public void onClose(int code, String reason, boolean remote) {
            closed.complete(code);
        }

        @Override
        public void onError(Exception e) {
            closed.completeExceptionally(e);
        }
    }
}
