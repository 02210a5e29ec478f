package io.wsprotocol.spring.test;

import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.security.Principal;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The application, as those see it who come without a socket: first its own way of requests, then the engine. Thread-safe. */
final class InMemoryServer implements ConnectionObserverFactory {

    private static final ThreadLocal<@Nullable InMemoryTransport> STARTING = new ThreadLocal<>();

    private final InMemoryRequests requests;
    private final Executor threads;

    InMemoryServer(InMemoryRequests requests, Executor threads) {
        this.requests = requests;
        this.threads = threads;
    }

    /** {@return the executor of all tasks} */
    Executor threads() {
        return threads;
    }

    /** Has the transport know of the end of the connection that is being made on it. */
    @Override
    public ConnectionObserver connectionOpened(HandleRole role, String name) {
        InMemoryTransport transport = STARTING.get();
        return role == HandleRole.SERVER && transport != null ? transport : ConnectionObserver.NONE;
    }

    /**
     * Sends a request.
     *
     * @param head as a client wrote it
     * @param user who asks; null for nobody
     * @return the client's end of the connection; it reads the answer first
     */
    InMemoryLink open(byte[] head, @Nullable Principal user) throws IOException {
        InMemoryRequests.Response response = requests.perform(InMemoryRequests.Request.of(head), user);
        ShellStarter starter = response.starter();
        Pipe toServer = new Pipe();
        Pipe toClient = new Pipe();
        toClient.write(response.head(), FrameClient.PATIENCE);
        if (starter == null) {
            toClient.end();
            toServer.abandon();
            return new InMemoryLink(toServer, toClient, null);
        }
        InMemoryTransport transport = new InMemoryTransport(toServer, toClient, threads);
        STARTING.set(transport);
        try {
            transport.start(starter.start(transport));
        } finally {
            STARTING.remove();
        }
        return new InMemoryLink(toServer, toClient, transport);
    }
}
