package io.wsprotocol.spring.client;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is between the URL of a server and an open connection to it: the way there, and the opening handshake. Blocks; thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ClientConnector {

    /**
     * {@return what connects over sockets of the JDK: TCP, a proxy where one is set, TLS}
     *
     * @param handles makes the handle of each connection
     * @param reach how servers are reached
     */
    static ClientConnector overSockets(WebSocketHandleFactory handles, ClientSettings reach) {
        return new SocketHandshake(handles, reach);
    }

    /**
     * {@return an open connection} Whoever asked for it starts or closes it.
     *
     * @param uri of the server, {@code ws} or {@code wss}
     * @param subprotocols offered
     * @param headers further ones
     * @param options of the connection
     * @param attempt hears what the connection goes through before anything is waited for there, and says whether it is still wanted
     * @throws IOException when the server cannot be reached, does not answer in time, is given up, or redirects where nobody follows
     * @throws WebSocketHandshakeException when it refuses or breaks a rule
     * @throws IllegalArgumentException when the request cannot be made
     */
    Opened open(
            URI uri,
            List<String> subprotocols,
            List<HttpHeader> headers,
            ConnectionOptions options,
            ConnectAttempt attempt)
            throws IOException;

    /**
     * {@return the connector for one call, which may go on on another thread} Called by the caller's thread.
     *
     * @param context what the call's Reactor context has under a key, null for nothing
     */
    default ClientConnector within(Function<Object, @Nullable Object> context) {
        return this;
    }

    /**
     * A connection whose handshake succeeded. Immutable, but for its parts.
     *
     * @param uri where it ended, after redirects
     * @param handle open
     * @param result what was agreed
     * @param compression what was agreed about compression; null for none
     * @param responseHeaders the server's
     * @param link what it goes through
     * @since 0.1.0
     */
    record Opened(
            URI uri,
            ClientHandle handle,
            HandshakeResult result,
            @Nullable DeflateParameters compression,
            List<HttpHeader> responseHeaders,
            Link link) {

        /**
         * Starts the connection. When that fails, it is closed.
         *
         * @param starter makes the shell
         * @param threads runs each task on a thread of its own, without a bound
         * @throws IOException when the link is broken
         */
        public void start(ShellStarter starter, Executor threads) throws IOException {
            try {
                link.start(starter, threads);
            } catch (IOException | RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        /**
         * Closes the connection that nobody started.
         *
         * @throws IOException when the link does not close
         */
        public void close() throws IOException {
            handle.close();
            link.close();
        }
    }

    /**
     * What an open connection goes through, such as a socket. Confined to the thread that opened it.
     *
     * @since 0.1.0
     */
    interface Link {

        /** {@return this side's address, if there is one} */
        @Nullable
        InetSocketAddress localAddress();

        /** {@return the server's address, if there is one} */
        @Nullable
        InetSocketAddress remoteAddress();

        /**
         * Begins to carry bytes.
         *
         * @param starter makes the shell
         * @param threads runs each task on a thread of its own, without a bound
         * @throws IOException when the link is broken
         */
        void start(ShellStarter starter, Executor threads) throws IOException;

        /**
         * Closes it at once.
         *
         * @throws IOException when that fails
         */
        void close() throws IOException;
    }
}
