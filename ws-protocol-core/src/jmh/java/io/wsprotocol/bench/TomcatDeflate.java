package io.wsprotocol.bench;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.tomcat.websocket.EndpointHolder;
import org.apache.tomcat.websocket.MessagePart;
import org.apache.tomcat.websocket.Transformation;
import org.apache.tomcat.websocket.TransformationFactory;
import org.apache.tomcat.websocket.TransformationResult;
import org.apache.tomcat.websocket.WsRemoteEndpointImplBase;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;

/**
 * Tomcat's transformation. Against it: what is sent passes its remote endpoint, as nobody else may make parts of a message, so that a
 * frame header is written, too. In its favour: input comes as fast as its buffer of 8 KiB takes it.
 */
final class TomcatDeflate extends DeflateCodec {

    private static final int RSV1 = 4;
    private static final byte BINARY = 2;

    private final Transformation transformation;
    private final Ends ends = new Ends();
    private final Remote remote = new Remote();
    private final ByteBuffer inflated = ByteBuffer.allocate(MOST);

    TomcatDeflate(boolean takeover) {
        List<Extension.Parameter> parameters = takeover
                ? List.of()
                : List.of(new Parameter("server_no_context_takeover"), new Parameter("client_no_context_takeover"));
        transformation = TransformationFactory.getInstance().create("permessage-deflate", List.of(parameters), true);
        transformation.setNext(ends);
        try {
            new WsSession(
                    new EndpointHolder(new Silent()),
                    remote,
                    new WsWebSocketContainer(),
                    List.of(),
                    null,
                    Map.of(),
                    false,
                    ClientEndpointConfig.Builder.create().build());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
        remote.transformWith(transformation);
    }

    @Override
    byte[] deflate(byte[] payload) {
        ends.made = 0;
        try {
            remote.sendBytes(ByteBuffer.wrap(payload));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Arrays.copyOf(ends.out, ends.made);
    }

    @Override
    int inflate(byte[] message) {
        ends.input = ByteBuffer.wrap(message);
        inflated.clear();
        try {
            if (transformation.getMoreData(BINARY, true, RSV1, inflated) != TransformationResult.END_OF_FRAME) {
                throw new IllegalStateException("the message does not end");
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return inflated.position();
    }

    @Override
    void close() {
        transformation.close();
    }

    private record Parameter(String name) implements Extension.Parameter {

        @Override
        public String getName() {
            return name;
        }

        @Override
        @SuppressWarnings("NullAway") // a parameter without a value
        public String getValue() {
            return null;
        }
    }

    /** Where compressed bytes come from and go to. */
    private static final class Ends implements Transformation {

        private final byte[] out = new byte[MOST];
        private int made;
        private ByteBuffer input = ByteBuffer.allocate(0);

        @Override
        public TransformationResult getMoreData(byte opCode, boolean fin, int rsv, ByteBuffer dest) {
            int length = Math.min(dest.remaining(), input.remaining());
            dest.put(input.slice(input.position(), length));
            input.position(input.position() + length);
            return input.hasRemaining() ? TransformationResult.OVERFLOW : TransformationResult.END_OF_FRAME;
        }

        @Override
        public List<MessagePart> sendMessagePart(List<MessagePart> parts) {
            for (MessagePart part : parts) {
                ByteBuffer payload = part.getPayload();
                int length = payload.remaining();
                payload.duplicate().get(out, made, length);
                made += length;
            }
            return parts;
        }

        @Override
        public void setNext(Transformation next) {
            throw new IllegalStateException("this is the last one");
        }

        @Override
        public boolean validateRsvBits(int bits) {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // as Tomcat's own last transformation does
        public Extension getExtensionResponse() {
            return null;
        }

        @Override
        public boolean validateRsv(int rsv, byte opCode) {
            return true;
        }

        @Override
        public void close() {
            // There is nothing to give back.
        }
    }

    /** An endpoint that only hears messages. */
    private static final class Silent extends Endpoint {

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            // Nothing opens here: the session is made, not connected.
        }
    }

    /** Writes that end at once. */
    private static final class Remote extends WsRemoteEndpointImplBase {

        private static final SendResult OK = new SendResult((Session) null);

        private final ReentrantLock lock = new ReentrantLock();

        void transformWith(Transformation first) {
            setTransformation(first);
        }

        @Override
        protected void doWrite(SendHandler handler, long expiry, ByteBuffer... buffers) {
            for (ByteBuffer buffer : buffers) {
                buffer.position(buffer.limit());
            }
            handler.onResult(OK);
        }

        @Override
        protected boolean isMasked() {
            return false;
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
