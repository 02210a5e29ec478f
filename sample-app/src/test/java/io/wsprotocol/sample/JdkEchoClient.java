package io.wsprotocol.sample;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's own client. */
final class JdkEchoClient implements EchoClient, WebSocket.Listener {

    private static final long SECONDS = 60;

    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final WebSocket socket;

    JdkEchoClient(URI uri) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri, this)
                .get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Message echo(Message message, int fragmentBytes) throws Exception {
        if (message.isText()) {
            sendText(message.string(), fragmentBytes);
        } else {
            sendBinary(message.payload(), fragmentBytes);
        }
        Message back = received.poll(SECONDS, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError("Nothing came back for " + message);
        }
        return back;
    }

    @Override
    public int closeNormally() throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(SECONDS, TimeUnit.SECONDS);
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            received.add(new Message(true, text.toString().getBytes(StandardCharsets.UTF_8)));
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            received.add(new Message(false, binary.toByteArray()));
            binary.reset();
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }

    private void sendText(String string, int fragmentChars) throws Exception {
        int at = 0;
        do {
            int end = Math.min(string.length(), at + fragmentChars);
            // The JDK's client encodes each part for itself, so a part must not end between two surrogates.
            if (end < string.length() && Character.isHighSurrogate(string.charAt(end - 1))) {
                end++;
            }
            socket.sendText(string.substring(at, end), end == string.length()).get(SECONDS, TimeUnit.SECONDS);
            at = end;
        } while (at < string.length());
    }

    private void sendBinary(byte[] bytes, int fragmentBytes) throws Exception {
        int at = 0;
        do {
            int length = Math.min(bytes.length - at, fragmentBytes);
            socket.sendBinary(ByteBuffer.wrap(bytes, at, length), at + length == bytes.length)
                    .get(SECONDS, TimeUnit.SECONDS);
            at += length;
        } while (at < bytes.length);
    }
}
