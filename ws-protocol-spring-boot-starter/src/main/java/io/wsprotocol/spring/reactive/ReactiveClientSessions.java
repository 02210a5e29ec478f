package io.wsprotocol.spring.reactive;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SessionIds;
import io.wsprotocol.spring.server.SessionSettings;
import io.wsprotocol.spring.server.SocketTransport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Makes the sessions of reactive clients. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactiveClientSessions {

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
    public ReactiveClientSessions(
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
     * @param handshake what the session knows from the handshake
     * @param handler the application's
     * @param context what the handler shall find in its Reactor context
     */
    public ConnectionShell open(
            ClientHandle handle,
            SessionSettings settings,
            @Nullable DeflateParameters compression,
            SocketTransport transport,
            HandshakeInfo handshake,
            WebSocketHandler handler,
            ContextView context) {
        ReactiveDispatcher dispatcher = new ReactiveDispatcher(handler, registry, Context.of(context));
        ConnectionShell shell = new ConnectionShell(
                handle,
                settings.options(),
                compression,
                transport,
                dispatcher,
                observers.connectionOpened(HandleRole.CLIENT, transport.name()),
                scheduler);
        dispatcher.session(new WsProtocolReactiveSession(SessionIds.next(), shell, handshake, settings.waits()));
        return shell;
    }
}
