package io.wsprotocol.spring.server;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.HandleRole;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHandler;

/**
 * Makes the sessions of clients. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ClientSessions {

    private final ConnectionObserverFactory observers;
    private final DeadlineScheduler scheduler;
    private final ConnectionRegistry registry;

    /**
     * Makes a factory.
     *
     * @param observers hears of each connection
     * @param scheduler the timer of all connections
     * @param registry knows each connection from its start to its end
     */
    public ClientSessions(
            ConnectionObserverFactory observers, DeadlineScheduler scheduler, ConnectionRegistry registry) {
        this.observers = Objects.requireNonNull(observers, "observers");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * {@return the shell of a new session} Its handler hears of it on the first {@link ConnectionShell#readable}.
     *
     * @param handle open
     * @param settings those that the handshake was made with
     * @param compression what the handshake agreed on; null for none
     * @param transport the socket
     * @param known what the session knows from the handshake
     * @param attributes of the session
     * @param handler the application's
     */
    public ConnectionShell open(
            ClientHandle handle,
            SessionSettings settings,
            @Nullable DeflateParameters compression,
            SocketTransport transport,
            WsProtocolWebSocketSession.Request known,
            Map<String, Object> attributes,
            WebSocketHandler handler) {
        WsProtocolWebSocketSession session = new WsProtocolWebSocketSession(known, attributes, settings);
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ConnectionShell shell = new ConnectionShell(
                handle,
                settings.options(),
                compression,
                transport,
                new HandlerDispatcher(handler, session, registry, loader),
                observers.connectionOpened(HandleRole.CLIENT, transport.name()),
                scheduler);
        session.initializeNativeSession(shell);
        return shell;
    }
}
