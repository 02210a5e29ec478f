package io.wsprotocol.sample;

import java.io.IOException;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * Sends every text and binary message back as it came. The size limit of a message is the property {@code ws-protocol.limits.max-message-size}.
 *
 * <p>Thread-safe.
 */
final class EchoHandler extends AbstractWebSocketHandler {

    private final EndpointStatus status;

    EchoHandler(EndpointStatus status) {
        this.status = status;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        status.opened(WebSocketEndpoints.ECHO, session);
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
        session.sendMessage(message);
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws IOException {
        session.sendMessage(message);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus closeStatus) {
        status.closed(WebSocketEndpoints.ECHO);
    }
}
