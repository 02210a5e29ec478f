package io.wsprotocol.driver;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client's and a server's connection joined by a pipe in memory, with one virtual clock. */
public final class ConnectionPair {

    private final ConnectionEnd client;
    private final ConnectionEnd server;
    private long now;

    /** Joins two connections with these options. */
    public ConnectionPair(ConnectionOptions clientOptions, ConnectionOptions serverOptions) {
        this(clientOptions, serverOptions, HandleOptions.defaults());
    }

    /** Joins two connections with default options. */
    public ConnectionPair() {
        this(ConnectionOptions.defaults(), ConnectionOptions.defaults());
    }

    /** Joins two connections over handles with these options. */
    public ConnectionPair(ConnectionOptions clientOptions, ConnectionOptions serverOptions, HandleOptions base) {
        this(clientOptions, serverOptions, base, null);
    }

    /** Joins two connections that agreed on compression. */
    public ConnectionPair(
            ConnectionOptions clientOptions,
            ConnectionOptions serverOptions,
            HandleOptions base,
            @Nullable DeflateParameters compression) {
        now = -1_000_000_000L; // a clock may begin anywhere
        client = new ConnectionEnd(false, clientOptions, base, compression, now);
        server = new ConnectionEnd(true, serverOptions, base, compression, now);
        PipeTransport.join(client.transport(), server.transport());
    }

    /** {@return the client's end} */
    public ConnectionEnd client() {
        return client;
    }

    /** {@return the server's end} */
    public ConnectionEnd server() {
        return server;
    }

    /** Runs both ends until nothing moves. */
    public void settle() {
        int before;
        int quiet = 0;
        do {
            before = movement();
            client.run(now);
            server.run(now);
            quiet = movement() == before ? quiet + 1 : 0;
        } while (quiet < 3);
    }

    private int movement() {
        return 31
                        * (client.transport().waiting() * 7
                                + client.events().size() * 1009
                                + client.completions().size())
                + server.transport().waiting() * 7
                + server.events().size() * 1009
                + server.completions().size();
    }

    /** Moves the clock, with a stop at each deadline, and settles. */
    public void advance(Duration time) {
        long target = now + time.toNanos();
        int stops = 0;
        for (long next = nextDeadline(); next - target <= 0 && next != WebSocketConnection.NO_DEADLINE; ) {
            if (++stops > 100_000) {
                throw new AssertionError("a deadline stays due");
            }
            now = Math.max(now, next);
            settle();
            next = nextDeadline();
        }
        now = target;
        settle();
    }

    private long nextDeadline() {
        return Math.min(client.connection().nextDeadline(), server.connection().nextDeadline());
    }
}
