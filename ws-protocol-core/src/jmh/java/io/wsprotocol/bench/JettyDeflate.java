package io.wsprotocol.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.internal.PerMessageDeflateExtension;

/** Jetty's extension between ends that take everything at once. It cuts what it makes into frames as its session would be told. */
final class JettyDeflate extends DeflateCodec {

    private final PerMessageDeflateExtension extension = new PerMessageDeflateExtension();
    private final byte[] out = new byte[MOST];
    private int made;
    private int inflated;

    JettyDeflate(boolean takeover) {
        extension.setCoreSession(new CoreSession.Empty());
        extension.init(
                ExtensionConfig.parse(
                        takeover
                                ? "permessage-deflate"
                                : "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
                new WebSocketComponents());
        extension.setNextOutgoingFrames(this::sent);
        extension.setNextIncomingFrames((frame, callback) -> {
            inflated += frame.getPayloadLength();
            callback.succeeded();
            extension.demand();
        });
        extension.setNextDemand(() -> {});
        extension.demand();
    }

    private void sent(OutgoingEntry entry) {
        ByteBuffer payload = entry.getFrame().getPayload();
        int length = payload.remaining();
        payload.duplicate().get(out, made, length);
        made += length;
        entry.getCallback().succeeded();
    }

    @Override
    byte[] deflate(byte[] payload) {
        made = 0;
        Frame frame = new Frame(OpCode.BINARY, ByteBuffer.wrap(payload));
        extension.sendFrame(new OutgoingEntry.Builder(frame, Callback.NOOP).build());
        return Arrays.copyOf(out, made);
    }

    @Override
    int inflate(byte[] message) {
        inflated = 0;
        Frame frame = new Frame(OpCode.BINARY, ByteBuffer.wrap(message));
        frame.setRsv1(true);
        extension.onFrame(frame, Callback.NOOP);
        return inflated;
    }

    @Override
    void close() {
        extension.close();
    }
}
