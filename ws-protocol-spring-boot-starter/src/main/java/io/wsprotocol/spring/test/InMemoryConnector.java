package io.wsprotocol.spring.test;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.driver.ClientUpgrade;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.ClientConnector;
import io.wsprotocol.spring.client.ConnectAttempt;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Connects the engine's clients in memory. Thread-safe. */
final class InMemoryConnector implements ClientConnector {

    private final InMemoryServer server;
    private final WebSocketHandleFactory handles;
    private final @Nullable Principal user;

    InMemoryConnector(InMemoryServer server, WebSocketHandleFactory handles, @Nullable Principal user) {
        this.server = server;
        this.handles = handles;
        this.user = user;
    }

    @Override
    public Opened open(
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options,
            ConnectAttempt attempt)
            throws IOException {
        ClientHandle handle = handles.createClientHandle(options);
        boolean opened = false;
        try {
            ClientUpgrade upgrade = new ClientUpgrade(handle, uri.toString(), options, subprotocols, headers);
            ByteBuffer request = upgrade.request();
            byte[] head = new byte[request.remaining()];
            request.get(head);
            InMemoryLink link = server.open(head, user);
            attempt.through(() -> closed(link));
            readAnswer(upgrade, link);
            opened = true;
            return new Opened(
                    uri,
                    handle,
                    upgrade.result(),
                    upgrade.compression(),
                    upgrade.responseHeaders(),
                    new ClientEnd(link));
        } finally {
            if (!opened) {
                handle.close();
            }
        }
    }

    /** Byte by byte: what follows the answer is the connection's. */
    private static void readAnswer(ClientUpgrade upgrade, InMemoryLink link) throws IOException {
        byte[] next = new byte[1];
        do {
            if (link.read(next, FrameClient.PATIENCE) < 0) {
                throw new EOFException("the answer is cut");
            }
        } while (!upgrade.accept(ByteBuffer.wrap(next)));
    }

    private static void closed(InMemoryLink link) {
        link.toServer().end();
        link.toClient().abandon();
    }

    /** What an engine's client has of a connection in memory. */
    private record ClientEnd(InMemoryLink link) implements Link {

        @Override
        public @Nullable InetSocketAddress localAddress() {
            return null;
        }

        @Override
        public @Nullable InetSocketAddress remoteAddress() {
            return null;
        }

        @Override
        public void start(ShellStarter starter, Executor threads) {
            InMemoryTransport transport = new InMemoryTransport(link.toClient(), link.toServer(), threads);
            transport.start(starter.start(transport));
        }

        @Override
        public void close() {
            closed(link);
        }
    }
}
