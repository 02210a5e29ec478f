package io.wsprotocol.sample.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A STOMP 1.2 client on the JDK's WebSocket: what it sends and hears are frames, so that a test sees what a broker promised. Thread-safe.
 */
public final class StompClient implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<Frame> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> receipts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Frame> connected = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final WebSocket socket;

    private StompClient(int port) throws IOException {
        try {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("v12.stomp")
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/stomp"), new Listener())
                    .join();
        } catch (CompletionException e) {
            throw new IOException("no handshake with port " + port, e);
        }
    }

    /**
     * {@return a client that the broker has let in}
     *
     * @param port of the instance
     * @throws IOException when it does not
     */
    public static StompClient connect(int port) throws Exception {
        StompClient client = new StompClient(port);
        client.send(
                new Frame("CONNECT", Map.of("accept-version", "1.2", "host", "localhost", "heart-beat", "0,0"), ""));
        Object first = CompletableFuture.anyOf(client.connected, client.ended).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!(first instanceof Frame)) {
            throw new IOException("not connected: " + first);
        }
        return client;
    }

    /**
     * Subscribes, and waits until the broker has said so if it is one that says so. No other receipt may be due.
     *
     * @param id of the subscription
     * @param destination what to hear
     * @param receipt whether to wait
     * @param ack how messages are acknowledged
     */
    public void subscribe(String id, String destination, boolean receipt, String ack) throws Exception {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("id", id, "destination", destination, "ack", ack));
        if (receipt) {
            headers.put("receipt", "subscribed-" + id);
        }
        send(new Frame("SUBSCRIBE", headers, ""));
        String confirmed = receipt ? receipt(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)) : null;
        if (receipt && !("subscribed-" + id).equals(confirmed)) {
            throw new IOException("the receipt is " + confirmed + ", the end " + ended.getNow("none"));
        }
    }

    /**
     * Sends a message.
     *
     * @param destination whereto
     * @param body its text
     * @param receipt what the broker shall confirm it with; empty for nothing
     * @throws IOException when the connection is over
     */
    public void send(String destination, String body, String receipt) throws IOException {
        Map<String, String> headers =
                new LinkedHashMap<>(Map.of("destination", destination, "content-type", "text/plain"));
        if (!receipt.isEmpty()) {
            headers.put("receipt", receipt);
        }
        send(new Frame("SEND", headers, body));
    }

    /** Acknowledges a message; a connection that is over says so by its end. */
    public void acknowledge(Frame message) throws IOException {
        send(new Frame("ACK", Map.of("id", message.headers().get("ack")), ""));
    }

    /** {@return the next message; null when none came in that time} */
    public Frame message(long millis) throws InterruptedException {
        return messages.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** {@return what the broker has confirmed next; null when nothing in that time} */
    public String receipt(long millis) throws InterruptedException {
        return receipts.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** {@return whether the connection is over} */
    public boolean isOver() {
        return ended.isDone();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private void send(Frame frame) throws IOException {
        lock.lock();
        try {
            // The JDK's WebSocket takes one send at a time.
            socket.sendText(frame.encoded(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (Exception e) {
            throw new IOException("the connection is over", e);
        } finally {
            lock.unlock();
        }
    }

    private void heard(String text) {
        if (text.isBlank()) {
            return; // a heart beat
        }
        Frame frame = Frame.decoded(text);
        switch (frame.command()) {
            case "CONNECTED" -> connected.complete(frame);
            case "RECEIPT" -> receipts.add(frame.headers().get("receipt-id"));
            case "MESSAGE" -> messages.add(frame);
            default -> ended.complete(frame.command() + " " + frame.headers());
        }
    }

    /**
     * A STOMP frame. Immutable.
     *
     * @param command its first line
     * @param headers its headers
     * @param body its text
     */
    public record Frame(String command, Map<String, String> headers, String body) {

        String encoded() {
            StringBuilder text = new StringBuilder(command).append('\n');
            headers.forEach(
                    (name, value) -> text.append(name).append(':').append(value).append('\n'));
            return text.append('\n').append(body).append('\0').toString();
        }

        static Frame decoded(String text) {
            int body = text.indexOf("\n\n");
            String[] lines = text.substring(0, body).strip().split("\r?\n");
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                // Of headers that come twice the first counts (STOMP 1.2).
                headers.putIfAbsent(lines[i].substring(0, colon), unescaped(lines[i].substring(colon + 1)));
            }
            return new Frame(lines[0], headers, text.substring(body + 2, text.indexOf('\0', body)));
        }

        private static String unescaped(String value) {
            return value.replace("\\c", ":").replace("\\n", "\n").replace("\\\\", "\\");
        }
    }

    /** Puts the parts of a message together. Confined to the WebSocket's calls, one at a time. */
    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            ended.complete("closed " + statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            ended.complete(error.toString());
        }
    }
}
