package io.wsprotocol.bench;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.websocket.EndpointHolder;
import org.apache.tomcat.websocket.Transformation;
import org.apache.tomcat.websocket.WsFrameBase;
import org.apache.tomcat.websocket.WsRemoteEndpointImplBase;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;

/**
 * Tomcat's frame reader and remote endpoint in a session that has no socket. In its favour: writes end at once, no batching. Against
 * it: its input buffer has 8 KiB and cannot be made larger this way, so it works in slices as on a socket. Makes a String of text.
 */
final class TomcatCodec extends Codec {

    private static final int MESSAGE_BYTES = 2 << 20;

    private final Remote remote;
    private final Frames frames;
    private long delivered;

    TomcatCodec(boolean server) {
        try {
            remote = new Remote(!server);
            WsSession session = new WsSession(
                    new EndpointHolder(new Silent()),
                    remote,
                    new WsWebSocketContainer(),
                    List.of(),
                    null,
                    Map.of(),
                    false,
                    ClientEndpointConfig.Builder.create().build());
            session.setMaxTextMessageBufferSize(MESSAGE_BYTES);
            session.setMaxBinaryMessageBufferSize(MESSAGE_BYTES);
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> delivered += text.length());
            session.addMessageHandler(
                    ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) bytes -> delivered += bytes.remaining());
            frames = server ? new MaskedFrames(session) : new PlainFrames(session);
            remote.transformWith(frames.transformation());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    long receive(byte[] wire, int length) throws IOException {
        delivered = 0;
        frames.read(wire, length);
        return delivered;
    }

    @Override
    long send(byte[] payload) throws IOException {
        remote.written = 0;
        remote.sendBytes(ByteBuffer.wrap(payload));
        return remote.written;
    }

    /** An endpoint that only hears messages. */
    private static final class Silent extends Endpoint {

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            // Nothing opens here: the session is made, not connected.
        }
    }

    /** The loop around the reader's input buffer that the socket's callback runs. */
    private abstract static class Frames extends WsFrameBase {

        private static final Log LOG = LogFactory.getLog(TomcatCodec.class);

        Frames(WsSession session) {
            super(session, null);
        }

        final void read(byte[] wire, int length) throws IOException {
            int given = 0;
            while (given < length) {
                inputBuffer.mark();
                inputBuffer.position(inputBuffer.limit()).limit(inputBuffer.capacity());
                int size = Math.min(inputBuffer.remaining(), length - given);
                inputBuffer.put(wire, given, size);
                inputBuffer.limit(inputBuffer.position()).reset();
                given += size;
                processInputBuffer();
            }
        }

        final Transformation transformation() {
            return getTransformation();
        }

        @Override
        protected Log getLog() {
            return LOG;
        }

        @Override
        protected void resumeProcessing() {
            // Never suspended.
        }
    }

    /** What a server reads. */
    private static final class MaskedFrames extends Frames {

        MaskedFrames(WsSession session) {
            super(session);
        }

        @Override
        protected boolean isMasked() {
            return true;
        }
    }

    /** What a client reads. */
    private static final class PlainFrames extends Frames {

        PlainFrames(WsSession session) {
            super(session);
        }

        @Override
        protected boolean isMasked() {
            return false;
        }
    }

    /** Writes that end at once. */
    private static final class Remote extends WsRemoteEndpointImplBase {

        private static final SendResult OK = new SendResult((Session) null);

        private final boolean mask;
        private final ReentrantLock lock = new ReentrantLock();
        private long written;

        Remote(boolean mask) {
            this.mask = mask;
        }

        void transformWith(Transformation transformation) {
            setTransformation(transformation);
        }

        @Override
        protected void doWrite(SendHandler handler, long expiry, ByteBuffer... buffers) {
            for (ByteBuffer buffer : buffers) {
                written += buffer.remaining();
                buffer.position(buffer.limit());
            }
            handler.onResult(OK);
        }

        @Override
        protected boolean isMasked() {
            return mask;
        }

        @Override
        protected void doClose() {
            // There is no socket.
        }

        @Override
        protected ReentrantLock getLock() {
            return lock;
        }
    }
}
