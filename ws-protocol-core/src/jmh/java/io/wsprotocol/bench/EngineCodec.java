package io.wsprotocol.bench;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketException;
import io.wsprotocol.WebSocketHandle;
import java.nio.ByteBuffer;

/**
 * This engine through its public functions, with all limits and counters, in the loop that a driver runs: there is always a read out.
 * Text is delivered as verified bytes, not as a String. The receive buffer has 64 KiB, so longer messages come in chunks, as they do
 * from a socket; the send buffer of a client has 32 KiB.
 */
final class EngineCodec extends Codec {

    private static final int RECEIVE_BYTES = 64 * 1024;
    private static final int SEND_BYTES = 32 * 1024;

    private final WebSocketHandle handle;
    private Action read;
    private ByteBuffer payloadView = ByteBuffer.allocate(0);

    EngineCodec(boolean server) {
        HandleOptions.Builder options = HandleOptions.builder().receiveBufferSize(RECEIVE_BYTES);
        handle = server ? server(options) : client(options.sendBufferSize(SEND_BYTES));
        handle.receive(null, null);
        try {
            read = handle.getAction(ActionQueue.RECEIVE);
        } catch (WebSocketException e) {
            throw new IllegalStateException(e);
        }
    }

    private static WebSocketHandle server(HandleOptions.Builder options) {
        ServerHandle handle = WebSocketHandle.createServer(options.build());
        handle.assumeHandshakeDone();
        return handle;
    }

    private static WebSocketHandle client(HandleOptions.Builder options) {
        ClientHandle handle = WebSocketHandle.createClient(options.build());
        handle.assumeHandshakeDone();
        return handle;
    }

    @Override
    long receive(byte[] wire, int length) throws Exception {
        int given = 0;
        long delivered = 0;
        Action action = read;
        while (true) {
            if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                if (given == length) {
                    read = action;
                    return delivered;
                }
                ByteBuffer target = action.buffer();
                int size = Math.min(target.remaining(), length - given);
                target.put(wire, given, size);
                given += size;
                handle.completeAction(action, size);
            } else {
                delivered += action.totalBytes();
                handle.completeAction(action, 0);
                handle.receive(null, null);
            }
            action = handle.getAction(ActionQueue.RECEIVE);
        }
    }

    @Override
    long send(byte[] payload) throws Exception {
        ByteBuffer view = payloadView;
        if (view.array() != payload) {
            view = ByteBuffer.wrap(payload);
            payloadView = view;
        }
        handle.send(BufferType.BINARY_MESSAGE, view.clear(), null);
        long sent = 0;
        Action action = handle.getAction(ActionQueue.SEND);
        while (action.type() == ActionType.SEND_TO_NETWORK) {
            long bytes = action.totalBytes();
            handle.completeAction(action, bytes);
            sent += bytes;
            action = handle.getAction(ActionQueue.SEND);
        }
        handle.completeAction(action, 0);
        return sent;
    }
}
