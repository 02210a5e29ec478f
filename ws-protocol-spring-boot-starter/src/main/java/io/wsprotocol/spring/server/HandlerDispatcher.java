package io.wsprotocol.spring.server;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import java.nio.ByteBuffer;
import java.time.Instant;
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
    private final ConnectionRegistry registry;
    private final ClassLoader contextLoader;

    /**
     * Makes a dispatcher.
     *
     * @param handler the application's handler
     * @param session the session it is called with
     * @param registry knows the session from its start to its end
     * @param contextLoader the context class loader that the handler shall see
     */
    HandlerDispatcher(
            WebSocketHandler handler,
            WsProtocolWebSocketSession session,
            ConnectionRegistry registry,
            ClassLoader contextLoader) {
        this.handler = handler;
        this.session = session;
        this.registry = registry;
        this.contextLoader = contextLoader;
    }

    @Override
    public void opened() {
        // Not sooner: whoever finds a connection in the registry may close it, and a container must be ready for that.
        registry.add(session.live(Instant.now()));
        session.opened();
        call(() -> handler.afterConnectionEstablished(session));
    }

    @Override
    public void text(String payload, boolean last) {
        message(new TextMessage(payload, last));
    }

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        message(new BinaryMessage(payload, last));
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
        CloseStatus status = statusOf(event);
        call(() -> handler.afterConnectionClosed(session, status));
        // Last, so that a drain lets the handler finish.
        registry.remove(session.getId());
    }

    /** Spring has a status of its own for a peer that took nothing any more, where RFC 6455 §7.1.5 only has 1006. */
    private static CloseStatus statusOf(CloseEvent event) {
        return event.cause() instanceof ConnectionException failure && failure.reason() == FailureReason.WRITE_TIMEOUT
                ? CloseStatus.SESSION_NOT_RELIABLE
                : new CloseStatus(event.code(), event.reason());
    }

    private void message(WebSocketMessage<?> message) {
        call(() -> handler.handleMessage(session, message));
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
