package io.wsprotocol.spring.server;

import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.HandleRole;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the shells of a server's connections, counted and observed. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ShellFactory {

    private final ConnectionObserverFactory observers;
    private final DeadlineScheduler scheduler;
    private final ConnectionCaps caps;

    /**
     * Makes a factory.
     *
     * @param observers hears of each connection
     * @param scheduler the timer of all connections
     * @param caps counts the sessions
     */
    public ShellFactory(ConnectionObserverFactory observers, DeadlineScheduler scheduler, ConnectionCaps caps) {
        this.observers = Objects.requireNonNull(observers, "observers");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.caps = Objects.requireNonNull(caps, "caps");
    }

    /**
     * {@return the shell of an accepted handshake}
     *
     * @param handshake what was agreed; its handle is the shell's from now on
     * @param transport the socket; the shell's from now on
     * @param listener hears the messages
     * @param remoteAddress the peer's address as text, if known
     */
    public ConnectionShell shell(
            ServerHandshakes.Answer.Accepted handshake,
            SocketTransport transport,
            ShellListener listener,
            @Nullable String remoteAddress) {
        Agreement compression = handshake.compression();
        ShellListener counted = caps.entered(remoteAddress, listener);
        try {
            return new ConnectionShell(
                    handshake.handle(),
                    handshake.settings().options(),
                    compression == null ? null : compression.parameters(),
                    transport,
                    counted,
                    observers.connectionOpened(HandleRole.SERVER, transport.name()),
                    scheduler);
        } catch (RuntimeException | Error e) {
            // Without a shell, nobody tells the listener of an end, and nobody owns the handle.
            caps.left(remoteAddress);
            handshake.handle().close();
            throw e;
        }
    }
}
