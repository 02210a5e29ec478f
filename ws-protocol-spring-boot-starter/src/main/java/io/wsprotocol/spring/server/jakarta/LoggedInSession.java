package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.spring.server.HttpSessionEnd;
import jakarta.websocket.CloseReason;
import org.springframework.web.socket.CloseStatus;

/**
 * A session whose user logged in. Thread-safe.
 *
 * @param session the session
 */
record LoggedInSession(EngineSession session) implements HttpSessionEnd.LoggedIn {

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public void close(CloseStatus status) {
        session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(status.getCode()), status.getReason()));
    }
}
