package io.wsprotocol.spring.test;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's end of a connection in memory. Not thread-safe.
 *
 * @param toServer what the client writes
 * @param toClient what it reads
 * @param server the other end; null when there is none, because the handshake was refused
 */
record InMemoryLink(Pipe toServer, Pipe toClient, @Nullable InMemoryTransport server) implements ByteLink {

    @Override
    public int read(byte[] target, Duration patience) throws IOException {
        return toClient.read(target, patience);
    }

    @Override
    public void write(byte[] bytes, Duration patience) throws IOException {
        toServer.write(bytes, patience);
    }

    @Override
    public void settle(Duration patience) throws IOException {
        toServer.awaitEmpty(patience);
    }

    @Override
    public void shutdownOutput() {
        toServer.end();
    }

    @Override
    public void close(Duration patience) throws IOException {
        toServer.end();
        toClient.abandon();
        try {
            if (server != null && !server.awaitOver(patience)) {
                throw new AssertionError("the handler has not returned from the end of its session within "
                        + patience.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
