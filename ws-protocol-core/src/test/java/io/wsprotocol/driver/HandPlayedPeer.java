package io.wsprotocol.driver;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose peer is the test: frames in by hand, frames out as lines. */
final class HandPlayedPeer {

    final ConnectionEnd end;
    final PipeTransport peer = new PipeTransport();
    final boolean server;

    HandPlayedPeer(boolean server, ConnectionOptions options) {
        this(server, options, null);
    }

    HandPlayedPeer(boolean server, ConnectionOptions options, @Nullable DeflateParameters compression) {
        this(server, options, HandleOptions.defaults(), compression);
    }

    HandPlayedPeer(
            boolean server, ConnectionOptions options, HandleOptions base, @Nullable DeflateParameters compression) {
        this.server = server;
        end = new ConnectionEnd(server, options, base, compression, 5_000_000_000L);
        PipeTransport.join(end.transport(), peer);
    }

    static HandPlayedPeer of(boolean server) {
        return new HandPlayedPeer(server, ConnectionOptions.defaults());
    }

    WebSocketConnection connection() {
        return end.connection();
    }

    HandPlayedPeer sends(int byte0, String payload) {
        return arrives(Frames.frame(server, byte0, payload));
    }

    HandPlayedPeer sends(int byte0, byte[] payload) {
        return arrives(Frames.frame(server, byte0, payload));
    }

    HandPlayedPeer closes(int status, String reason) {
        return arrives(Frames.close(server, status, reason));
    }

    HandPlayedPeer arrives(ByteBuffer bytes) {
        end.transport().arrive(bytes);
        end.settle();
        return this;
    }

    HandPlayedPeer ends() {
        end.transport().end();
        end.settle();
        return this;
    }

    HandPlayedPeer passes(long millis) {
        end.advance(Duration.ofMillis(millis));
        return this;
    }

    /** {@return the frames that the connection sent since the last time} */
    List<String> heard() {
        end.settle();
        try {
            return Frames.read(Frames.drain(peer), !server);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
