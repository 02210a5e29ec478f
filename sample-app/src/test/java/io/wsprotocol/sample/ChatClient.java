package io.wsprotocol.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guest of the chat room. */
final class ChatClient implements WebSocket.Listener, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long SECONDS = 20;

    private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    ChatClient(int port) throws Exception {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + "/chat"), this)
                .get(SECONDS, TimeUnit.SECONDS);
    }

    /** Joins and returns the welcome, or what is said instead. */
    JsonNode join(String name) throws Exception {
        sendJson(JSON.createObjectNode().put("type", "join").put("name", name).toString());
        return hear();
    }

    void say(String words) throws Exception {
        sendJson(JSON.createObjectNode().put("type", "say").put("text", words).toString());
    }

    void sendJson(String json) throws Exception {
        socket.sendText(json, true).get(SECONDS, TimeUnit.SECONDS);
    }

    /** The next thing that is heard. */
    JsonNode hear() throws Exception {
        JsonNode event = heard.poll(SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("Nothing was heard");
        }
        return event;
    }

    /** The next thing of a type, whatever is heard before. */
    JsonNode hear(String type) throws Exception {
        JsonNode event = hear();
        while (!event.get("type").asString().equals(type)) {
            event = hear();
        }
        return event;
    }

    int closeStatus() throws Exception {
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    /** Leaves by the door. */
    void leave() throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(SECONDS, TimeUnit.SECONDS);
        closeStatus();
    }

    /** Leaves through the window: the connection just ends. */
    void drop() {
        socket.abort();
    }

    @Override
    public void close() {
        drop();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            heard.add(JSON.readTree(text.toString()));
            text.setLength(0);
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
}
