package io.wsprotocol.spring.server;

import io.wsprotocol.driver.CloseEvent;
import java.nio.ByteBuffer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.handler.ExceptionWebSocketHandlerDecorator;

/**
 * Calls Spring's {@link WebSocketHandler} for one session. Whatever the handler throws closes the session with 1011 and goes no
 * further. Confined to the pump of its connection.
 */
final class HandlerDispatcher implements ShellListener {

    private static final Log LOG = LogFactory.getLog(HandlerDispatcher.class);

    private final WebSocketHandler handler;
    private final WsProtocolWebSocketSession session;
    private final ClassLoader contextLoader;
    private long messageBytes;
    private boolean tooBig;

    /**
     * Makes a dispatcher.
     *
     * @param handler the application's handler
     * @param session the session it is called with
     * @param contextLoader the context class loader that the handler shall see
     */
    HandlerDispatcher(WebSocketHandler handler, WsProtocolWebSocketSession session, ClassLoader contextLoader) {
        this.handler = handler;
        this.session = session;
        this.contextLoader = contextLoader;
    }

    @Override
    public void opened() {
        call(() -> handler.afterConnectionEstablished(session));
    }

    @Override
    public void text(String payload, int bytes, boolean last) {
        if (withinLimit(bytes, session.getTextMessageSizeLimit(), last)) {
            message(new TextMessage(payload, last));
        }
    }

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        if (withinLimit(payload.remaining(), session.getBinaryMessageSizeLimit(), last)) {
            message(new BinaryMessage(payload, last));
        }
    }

    @Override
    public void pong(ByteBuffer payload) {
        message(new PongMessage(payload));
    }

    @Override
    public void closed(CloseEvent event) {
        Throwable cause = event.cause();
        if (cause != null) {
            call(() -> handler.handleTransportError(session, cause));
        }
        CloseStatus status = new CloseStatus(event.code(), event.reason());
        call(() -> handler.afterConnectionClosed(session, status));
    }

    private void message(WebSocketMessage<?> message) {
        if (!tooBig) {
            call(() -> handler.handleMessage(session, message));
        }
    }

    /** The session's own limits, which may be lower than the connection's (RFC 6455 §7.4.1: 1009). */
    private boolean withinLimit(int bytes, int limit, boolean last) {
        messageBytes += bytes;
        boolean within = messageBytes <= limit;
        if (last) {
            messageBytes = 0;
        }
        if (!within && !tooBig) {
            tooBig = true;
            call(() -> session.close(CloseStatus.TOO_BIG_TO_PROCESS));
        }
        return within;
    }

    /** One call of the handler. */
    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    private void call(Call call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(contextLoader);
        try {
            call.run();
        } catch (Throwable e) {
            ExceptionWebSocketHandlerDecorator.tryCloseWithError(session, e, LOG);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
