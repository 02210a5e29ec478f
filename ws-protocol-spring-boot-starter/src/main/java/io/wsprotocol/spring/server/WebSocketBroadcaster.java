package io.wsprotocol.spring.server;

import io.wsprotocol.driver.PreparedMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.web.socket.WebSocketSession;

/**
 * Sends one message to many sessions and never waits for any of them: it is encoded once, all sessions share it, and a session that has
 * no room is passed over, whatever its overflow policy says about waiting. Thread-safe.
 *
 * @since 0.1.0
 */
public final class WebSocketBroadcaster {

    /** Makes a broadcaster; it keeps nothing between two calls. */
    public WebSocketBroadcaster() {}

    /**
     * Sends a text message.
     *
     * @param text the message
     * @param sessions to whom
     * @return who gets it
     * @throws IllegalArgumentException when half of a surrogate pair stands alone in the text
     */
    public Broadcast send(String text, Collection<? extends WebSocketSession> sessions) {
        return send(PreparedMessage.text(text), sessions);
    }

    /**
     * Sends a message.
     *
     * @param message the message; it may be sent again and again
     * @param sessions to whom; also decorated, but sessions of this engine
     * @return who gets it, complete when the last one has it or lost it
     * @throws IllegalArgumentException when a session runs on another engine; nothing was sent then
     */
    public Broadcast send(PreparedMessage message, Collection<? extends WebSocketSession> sessions) {
        List<WsProtocolWebSocketSession> recipients = new ArrayList<>(sessions.size());
        for (WebSocketSession session : sessions) {
            recipients.add(ours(session));
        }
        Broadcast broadcast = new Broadcast(recipients);
        for (int i = 0; i < recipients.size(); i++) {
            broadcast.sendTo(i, message);
        }
        return broadcast;
    }

    private static WsProtocolWebSocketSession ours(WebSocketSession session) {
        WsProtocolWebSocketSession known = WsProtocolWebSocketSession.behind(session);
        if (known == null) {
            throw new IllegalArgumentException(
                    "the session " + session.getId() + " does not run on the ws-protocol engine");
        }
        return known;
    }
}
