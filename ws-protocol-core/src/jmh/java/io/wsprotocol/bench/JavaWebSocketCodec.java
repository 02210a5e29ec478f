package io.wsprotocol.bench;

import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Role;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.Handshakedata;

/**
 * Java-WebSocket's draft: frames translated and processed, frames created and encoded. In its favour: no queues, no threads. Makes a
 * String of text.
 */
final class JavaWebSocketCodec extends Codec {

    private final boolean server;
    private final Draft_6455 draft = new Draft_6455();
    private final WebSocketImpl connection;
    private ByteBuffer input = ByteBuffer.allocate(0);
    private long delivered;

    JavaWebSocketCodec(boolean server) {
        this.server = server;
        draft.setParseMode(server ? Role.SERVER : Role.CLIENT);
        connection = new WebSocketImpl(new Listener(), draft);
    }

    @Override
    long receive(byte[] wire, int length) throws Exception {
        if (input.capacity() < length) {
            input = ByteBuffer.allocate(length);
        }
        delivered = 0;
        input.clear().put(wire, 0, length).flip();
        List<Framedata> frames = draft.translateFrame(input);
        for (int i = 0; i < frames.size(); i++) {
            draft.processFrame(connection, frames.get(i));
        }
        return delivered;
    }

    @Override
    long send(byte[] payload) {
        long sent = 0;
        for (Framedata frame : draft.createFrames(ByteBuffer.wrap(payload), !server)) {
            sent += draft.createBinaryFrame(frame).remaining();
        }
        return sent;
    }

    /** Counts messages; nothing else happens without a socket. */
    private final class Listener extends WebSocketAdapter {

        @Override
        public void onWebsocketMessage(WebSocket from, String message) {
            delivered += message.length();
        }

        @Override
        public void onWebsocketMessage(WebSocket from, ByteBuffer message) {
            delivered += message.remaining();
        }

        @Override
        public void onWebsocketError(WebSocket from, Exception cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onWebsocketOpen(WebSocket from, Handshakedata handshake) {}

        @Override
        public void onWebsocketClose(WebSocket from, int code, String reason, boolean remote) {}

        @Override
        public void onWebsocketClosing(WebSocket from, int code, String reason, boolean remote) {}

        @Override
        public void onWebsocketCloseInitiated(WebSocket from, int code, String reason) {}

        @Override
        public void onWriteDemand(WebSocket from) {}

        @Override
        public java.net.@org.jspecify.annotations.Nullable InetSocketAddress getLocalSocketAddress(WebSocket from) {
            return null;
        }

        @Override
        public java.net.@org.jspecify.annotations.Nullable InetSocketAddress getRemoteSocketAddress(WebSocket from) {
            return null;
        }
    }
}
