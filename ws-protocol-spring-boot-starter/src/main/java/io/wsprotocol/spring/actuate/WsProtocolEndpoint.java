package io.wsprotocol.spring.actuate;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.CloseStatus;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.LiveConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The actuator endpoint {@code wsprotocol}: which engine carries which endpoint and why, what happened so far, the connections that
 * are worst off, and what was remarkable lately. Draining the server and closing a connection are there only where
 * {@code management.endpoint.wsprotocol.access} is {@code unrestricted}. Thread-safe.
 *
 * @since 0.1.0
 */
@Endpoint(id = "wsprotocol", defaultAccess = Access.READ_ONLY)
public final class WsProtocolEndpoint {

    private static final int DEFAULT_LIMIT = 10;

    private final ConnectionRegistry registry;
    private final GracefulDrain drain;
    private final ConnectionJournal journal;
    private final Supplier<List<EndpointInstaller.Decision>> endpoints;
    private final Engine engine;
    private final Clock clock;

    /**
     * What runs here. Immutable.
     *
     * @param version of this library; null when it runs from classes
     * @param transports ways to take a socket over, the preferred one first
     * @param virtualThreads whether the application asked for them
     * @since 0.1.0
     */
    public record Engine(@Nullable String version, List<String> transports, boolean virtualThreads) {

        /** Copies the list. */
        public Engine {
            transports = List.copyOf(transports);
        }
    }

    /**
     * The answer to a read without a selector. Immutable.
     *
     * @param engine what runs here
     * @param endpoints which endpoints it carries, and why not the others
     * @param totals what happened since the start, by role
     * @param queue what waits to be sent now, in all connections of the server
     * @param draining whether new handshakes are refused
     * @param connections those that are worst off, as sorted
     * @param events what was remarkable lately, the newest first
     * @since 0.1.0
     */
    public record Report(
            Engine engine,
            List<EndpointInstaller.Decision> endpoints,
            Map<HandleRole, ConnectionJournal.Totals> totals,
            Queue queue,
            boolean draining,
            List<Connection> connections,
            List<ConnectionJournal.Event> events) {}

    /**
     * What waits to be sent. Immutable.
     *
     * @param messages accepted and not written
     * @param bytes their payload
     * @since 0.1.0
     */
    public record Queue(int messages, long bytes) {}

    /**
     * One connection. Immutable.
     *
     * @param id the session's
     * @param path that was asked for
     * @param open whether messages may be sent: neither side has begun to close
     * @param age since the handshake
     * @param transport how its bytes travel
     * @param remoteAddress where the peer is; null if unknown
     * @param subprotocol what was agreed, or null
     * @param queue what waits to be sent
     * @since 0.1.0
     */
    public record Connection(
            String id,
            String path,
            boolean open,
            Duration age,
            String transport,
            @Nullable String remoteAddress,
            @Nullable String subprotocol,
            Queue queue) {}

    /**
     * In which order connections are reported.
     *
     * @since 0.1.0
     */
    public enum Order {
        /** Most bytes waiting first. */
        QUEUE,
        /** Oldest first. */
        AGE
    }

    /**
     * Makes the endpoint.
     *
     * @param registry the connections
     * @param drain empties the server
     * @param journal what happened
     * @param endpoints which engine carries which endpoint
     * @param engine what runs here
     * @param clock says how old connections are
     */
    public WsProtocolEndpoint(
            ConnectionRegistry registry,
            GracefulDrain drain,
            ConnectionJournal journal,
            Supplier<List<EndpointInstaller.Decision>> endpoints,
            Engine engine,
            Clock clock) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.drain = Objects.requireNonNull(drain, "drain");
        this.journal = Objects.requireNonNull(journal, "journal");
        this.endpoints = Objects.requireNonNull(endpoints, "endpoints");
        this.engine = Objects.requireNonNull(engine, "engine");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * {@return everything, and some of the connections}
     *
     * @param limit how many connections at most; 10 unless given
     * @param sort which of them; those with the longest queue unless given
     */
    @ReadOperation
    public Report report(@Nullable Integer limit, @Nullable Order sort) {
        List<Seen> seen = registry.connections().stream().map(Seen::of).toList();
        Map<HandleRole, ConnectionJournal.Totals> totals = new EnumMap<>(HandleRole.class);
        for (HandleRole role : HandleRole.values()) {
            totals.put(role, journal.totals(role));
        }
        return new Report(
                engine,
                endpoints.get(),
                totals,
                total(seen),
                registry.isDraining(),
                seen.stream()
                        .sorted(comparator(sort == null ? Order.QUEUE : sort))
                        .limit(Math.max(0, limit == null ? DEFAULT_LIMIT : limit))
                        .map(this::describe)
                        .toList(),
                journal.events());
    }

    /**
     * {@return one connection, or null: not found}
     *
     * @param id the session's
     */
    @ReadOperation
    public @Nullable Connection connection(@Selector String id) {
        return registry.find(id).map(Seen::of).map(this::describe).orElse(null);
    }

    /**
     * Drains the server, or lets handshakes in again.
     *
     * @param draining which of both
     */
    @WriteOperation
    public void drain(boolean draining) {
        if (draining) {
            // Its end is logged; an operator sees it in the next report.
            CompletableFuture<Void> unused = drain.begin();
        } else {
            drain.welcome();
        }
    }

    /**
     * Closes one connection.
     *
     * @param id the session's
     * @param code a close code that may be sent; 1000 unless given
     * @param reason at most 123 bytes, longer ones are cut; none unless given
     */
    @DeleteOperation
    public void close(@Selector String id, @Nullable Integer code, @Nullable String reason) {
        CloseInfo words = CloseInfo.truncated(code == null ? CloseStatus.NORMAL : code, reason == null ? "" : reason);
        registry.find(id).ifPresent(connection -> connection.shell().close(words.status(), words.reason()));
    }

    private Connection describe(Seen seen) {
        LiveConnection live = seen.live();
        return new Connection(
                live.id(),
                live.path(),
                live.shell().isOpen(),
                Duration.between(live.openedAt(), clock.instant()),
                live.shell().transportName(),
                live.remoteAddress() == null ? null : live.remoteAddress().toString(),
                live.subprotocol(),
                seen.queue());
    }

    private static Queue total(List<Seen> connections) {
        int messages = 0;
        long bytes = 0;
        for (Seen connection : connections) {
            messages += connection.queue().messages();
            bytes += connection.queue().bytes();
        }
        return new Queue(messages, bytes);
    }

    private static Comparator<Seen> comparator(Order order) {
        return switch (order) {
            case QUEUE ->
                Comparator.comparingLong((Seen connection) -> connection.queue().bytes())
                        .reversed();
            case AGE ->
                Comparator.comparing((Seen connection) -> connection.live().openedAt());
        };
    }

    /** A connection and its queue at one moment: sorting must not meet one that changes under it. */
    private record Seen(LiveConnection live, Queue queue) {

        static Seen of(LiveConnection live) {
            return new Seen(
                    live, new Queue(live.shell().queuedMessages(), live.shell().queuedBytes()));
        }
    }
}
