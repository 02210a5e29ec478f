package io.wsprotocol.spring.server;

import java.io.IOException;

/**
 * A message was not sent, because the send queue of its session is full and nobody shall wait; the session goes on.
 *
 * @since 0.1.0
 */
public final class SendQueueFullException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Says whose queue.
     *
     * @param sessionId the session's id
     */
    public SendQueueFullException(String sessionId) {
        super("the send queue of session " + sessionId + " is full (ws-protocol.send.queue-bytes, .queue-messages)");
    }
}
