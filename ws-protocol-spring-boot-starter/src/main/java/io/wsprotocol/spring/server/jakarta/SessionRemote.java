package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What both ways to send have in common. Messages are gathered into writes by the engine whether batching is allowed or not, and
 * never wait for a flush. Thread-safe.
 */
abstract class SessionRemote implements RemoteEndpoint {

    private static final int MOST_BYTES = 125;

    /** Sends for all remotes of the session. */
    final EngineSession session;

    SessionRemote(EngineSession session) {
        this.session = session;
    }

    @Override
    public void setBatchingAllowed(boolean allowed) {
        session.batching(allowed);
    }

    @Override
    public boolean getBatchingAllowed() {
        return session.batching();
    }

    /** Does nothing: nothing is held back. */
    @Override
    public void flushBatch() {}

    @Override
    public void sendPing(ByteBuffer payload) throws IOException {
        requireControl(payload);
        session.sender().ping(payload);
    }

    @Override
    public void sendPong(ByteBuffer payload) throws IOException {
        requireControl(payload);
        session.sender().pong(payload);
    }

    /** RFC 6455 §5.5: a control frame carries at most 125 bytes. */
    private static void requireControl(ByteBuffer payload) {
        if (payload.remaining() > MOST_BYTES) {
            throw new IllegalArgumentException("a control frame carries at most 125 bytes");
        }
    }

    /** {@return a copy; the caller's buffer is read, and his again} */
    static ByteBuffer copyOf(ByteBuffer payload) {
        return ByteBuffer.wrap(MessageCoders.bytes(payload));
    }
}
