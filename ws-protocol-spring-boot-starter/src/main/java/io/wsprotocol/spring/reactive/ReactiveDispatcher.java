package io.wsprotocol.spring.reactive;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.LiveConnection;
import io.wsprotocol.spring.server.ShellListener;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.util.context.Context;

/**
 * Runs WebFlux's {@link WebSocketHandler} for one session: its end closes the session with 1000, its failure with 1011. Confined to the
 * pump of its connection, but for the handler's end.
 */
final class ReactiveDispatcher implements ShellListener {

    private static final Log LOG = LogFactory.getLog(ReactiveDispatcher.class);

    private final WebSocketHandler handler;
    private final ConnectionRegistry registry;
    private final Context context;
    private @Nullable WsProtocolReactiveSession session;

    /**
     * Makes a dispatcher.
     *
     * @param handler the application's handler
     * @param registry knows the session from its start to its end
     * @param context what the handler shall find in its Reactor context
     */
    ReactiveDispatcher(WebSocketHandler handler, ConnectionRegistry registry, Context context) {
        this.handler = handler;
        this.registry = registry;
        this.context = context;
    }

    /** Sets the session, before the connection reads. */
    void session(WsProtocolReactiveSession made) {
        session = made;
    }

    @Override
    public void opened() {
        WsProtocolReactiveSession opened = session();
        HandshakeInfo handshake = opened.getHandshakeInfo();
        // Not sooner: whoever finds a connection in the registry may close it.
        registry.add(new LiveConnection(
                opened.getId(),
                handshake.getUri().getPath(),
                Instant.now(),
                handshake.getRemoteAddress(),
                handshake.getSubProtocol(),
                opened.shell()));
        guarded(() -> handler.handle(opened)
                .checkpoint("WebSocket session " + opened.getId())
                .subscribe(null, this::failed, this::completed, context));
    }

    private void completed() {
        session().shell().close(CloseStatus.NORMAL.getCode(), null);
    }

    private void failed(Throwable cause) {
        if (session().isOpen()) {
            // Its id only: the rest of what it says of itself is the peer's.
            LOG.error("Closing session " + session().getId() + " after a failure of its handler", cause);
            session().shell().close(CloseStatus.SERVER_ERROR.getCode(), null);
        } else if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "The handler failed behind the end of session " + session().getId(), cause);
        }
    }

    @Override
    public boolean takesEncodedText() {
        return true;
    }

    @Override
    public void encodedText(ByteBuffer payload, boolean last) {
        message(WebSocketMessage.Type.TEXT, payload);
    }

    @Override
    public void text(String payload, boolean last) {
        throw new IllegalStateException("text comes encoded");
    }

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        message(WebSocketMessage.Type.BINARY, payload);
    }

    @Override
    public void pong(ByteBuffer payload) {
        message(WebSocketMessage.Type.PONG, payload);
    }

    @Override
    public void roomMade() {
        session().roomMade();
    }

    @Override
    public void closed(CloseEvent event) {
        session().closed(event, this::guarded);
        registry.remove(session().getId());
    }

    private void message(WebSocketMessage.Type type, ByteBuffer payload) {
        guarded(() ->
                session().message(new WebSocketMessage(type, DefaultDataBufferFactory.sharedInstance.wrap(payload))));
    }

    /**
     * Tells the application something. What it throws is a failure of the handler and goes no further: a handler may fail before it has given
     * back what it does, subscribers may throw although they must not (Reactive Streams §2.13), and what Reactor takes for fatal, a
     * {@link StackOverflowError} among it, goes through all of its operators.
     */
    private void guarded(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private WsProtocolReactiveSession session() {
        return Objects.requireNonNull(session, "session");
    }
}
