package io.wsprotocol.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.Handshakedata;
import org.jspecify.annotations.Nullable;

/** Java-WebSocket's draft: frames translated, then processed, as its connection does. */
final class JavaWebSocketDecoder implements Decoder {

    @Override
    public Reading read(boolean server, byte[] stream) {
        Reading reading = new Reading();
        Draft_6455 draft = new Draft_6455(List.of(), MOST_PAYLOAD);
        draft.setParseMode(server ? Role.SERVER : Role.CLIENT);
        WebSocketImpl connection = new WebSocketImpl(new Listener(reading), draft);
        try {
            int piece = Decoder.piece(stream.length);
            for (int i = 0; i < stream.length && !reading.isOver(); i += piece) {
                ByteBuffer bytes = ByteBuffer.wrap(stream, i, Math.min(piece, stream.length - i));
                for (Framedata frame : draft.translateFrame(bytes)) {
                    take(draft, connection, frame, reading);
                }
            }
        } catch (InvalidDataException e) {
            reading.refused(e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            reading.broken(e.getClass().getSimpleName());
        }
        return reading;
    }

    private static void take(Draft_6455 draft, WebSocketImpl connection, Framedata frame, Reading reading)
            throws InvalidDataException {
        if (frame.getOpcode() == Opcode.CLOSING && frame instanceof CloseFrame close) {
            reading.close(close.getCloseCode(), close.getMessage() == null ? "" : close.getMessage());
        } else {
            draft.processFrame(connection, frame);
        }
    }

    /** Notes what it is told. */
    private static final class Listener extends WebSocketAdapter {

        private final Reading reading;

        Listener(Reading reading) {
            this.reading = reading;
        }

        @Override
        public void onWebsocketMessage(WebSocket from, String message) {
            reading.part(true, message.getBytes(UTF_8), true);
        }

        @Override
        public void onWebsocketMessage(WebSocket from, ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            reading.part(false, bytes, true);
        }

        @Override
        public void onWebsocketPing(WebSocket from, Framedata frame) {}

        @Override
        public void onWebsocketPong(WebSocket from, Framedata frame) {
            byte[] bytes = new byte[frame.getPayloadData().remaining()];
            frame.getPayloadData().duplicate().get(bytes);
            reading.pong(bytes);
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
        public @Nullable InetSocketAddress getLocalSocketAddress(WebSocket from) {
            return null;
        }

        @Override
        public @Nullable InetSocketAddress getRemoteSocketAddress(WebSocket from) {
            return null;
        }
    }
}
